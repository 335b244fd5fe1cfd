import { namedTuple, required } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Bindings } from './bindings.ts';
import { decodeCustomGetter, decodeInitializer, decodePartitioner, decodeRegularizer } from './callables.ts';
import { isObject, isTensorValue, type Json, type JsonObject, type Step } from './case-format.ts';
import { camelCase } from './python-names.ts';
import { exported, resolveClass, resolveSymbol } from './symbols.ts';
import { tensorFlowFunction } from './tensorflow-functions.ts';
import { dtypeHere, makeTensor } from './tensors.ts';

/** The forms of values that are objects with a certain key. The value of that key must be of the given type. */
const FORMS: readonly [key: string, type: string, decode: (value: JsonObject, path: string, b: Bindings) => unknown][] =
  [
    ['tuple', 'object', (value, path, b) => decodeList(value.tuple, path, b)],
    ['namedtuple', 'string', decodeNamedTuple],
    ['lstmStateTuple', 'object', decodeLstmStateTuple],
    ['tensorShape', 'object', (value) => value.tensorShape],
    ['dtypeName', 'string', (value) => dtypeHere(String(value.dtypeName))],
    ['array', 'object', decodeArray],
    ['className', 'string', (value) => resolveClass(String(value.className))],
    ['ref', 'string', decodeReference],
    ['fn', 'string', decodeFunction],
    ['lambda', 'object', decodeLambda],
    ['initializer', 'string', decodeInitializer],
    ['regularizer', 'string', decodeRegularizer],
    ['partitioner', 'string', decodePartitioner],
    ['custom_getter', 'string', decodeCustomGetter],
    ['call_of', 'object', decodeCall],
    ['module', 'string', decodeModule],
  ];

/** What a value of a case's arguments or configuration stands for. */
export function decode(value: Json, path: string, bindings: Bindings): unknown {
  if (isTensorValue(value)) {
    const tensor = makeTensor(value);
    bindings.onInput(path, tensor);
    return tensor;
  }
  if (Array.isArray(value)) return decodeList(value, path, bindings);
  if (!isObject(value)) return value;
  for (const [key, type, decodeForm] of FORMS) {
    if (value[key] !== null && typeof value[key] === type) return decodeForm(value, path, bindings);
  }
  return decodeDictionary(value, path, bindings);
}

/** The entries of a dictionary, each decoded under its own path. */
export function decodeDictionary(value: JsonObject, path: string, bindings: Bindings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, decode(inner, `${path}.${key}`, bindings)]),
  );
}

/** The items of a list or tuple, each decoded under its own path. */
export function decodeList(value: Json | undefined, path: string, bindings: Bindings): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${path}: expected a list.`);
  return value.map((item, index) => decode(item, `${path}[${index}]`, bindings));
}

interface NamedTupleClass {
  from(values: Record<string, unknown>): unknown;
}

function decodeNamedTuple(value: JsonObject, path: string, bindings: Bindings): unknown {
  const fields = decodeDictionary(value.fields as JsonObject, path, bindings);
  const name = String(value.namedtuple);
  const type = (exported(name) ?? namedTuple(name, Object.keys(fields))) as NamedTupleClass;
  return type.from(fields);
}

function decodeLstmStateTuple(value: JsonObject, path: string, bindings: Bindings): unknown {
  const [c, h] = decodeList(value.lstmStateTuple, path, bindings);
  const type = (exported('LSTMStateTuple') ?? namedTuple('LSTMStateTuple', ['c', 'h'])) as NamedTupleClass;
  return type.from({ c, h });
}

function decodeArray(value: JsonObject): unknown {
  return tf.tensor(value.array as tf.TensorLike, undefined, dtypeHere(String(value.arrayDtype ?? 'float32')));
}

function decodeReference(value: JsonObject, _path: string, bindings: Bindings): unknown {
  const name = String(value.ref);
  if (!bindings.names.has(name)) throw new Error(`The case refers to "${name}", which no step has bound.`);
  const steps = (value.path ?? []) as (string | number)[];
  return steps.reduce<unknown>(
    (object, key) => Reflect.get(Object(object), typeof key === 'string' ? camelCase(key) : key),
    bindings.names.get(name),
  );
}

function decodeFunction(value: JsonObject): unknown {
  const name = String(value.fn);
  return tensorFlowFunction(name) ?? resolveSymbol(name);
}

function decodeLambda(value: JsonObject, _path: string, bindings: Bindings): unknown {
  const {
    params,
    steps,
    return: result,
  } = value.lambda as unknown as { params: string[]; steps: Step[]; return: Json };
  const fn = (...args: unknown[]): unknown => {
    for (const [name, argument] of namedArguments(params, args)) bindings.names.set(name, argument);
    bindings.runSteps(steps, 'lambda');
    return decode(result, 'lambda.return', bindings);
  };
  Object.defineProperty(fn, 'name', { value: value.name ?? '', configurable: true });
  return Object.assign(fn, { buildParameters: Object.fromEntries(params.map((name) => [camelCase(name), required])) });
}

/** The arguments of a call by the names of the parameters: those in a last object of options have their names. */
function namedArguments(params: readonly string[], args: readonly unknown[]): [string, unknown][] {
  const last: unknown = args.at(-1);
  const keys = Object.getPrototypeOf(Object(last)) === Object.prototype ? Object.keys(Object(last)) : [];
  const byKey = new Map(params.map((name) => [camelCase(name), name]));
  const isOptions = keys.length > 0 && keys.every((key) => byKey.has(key));
  const positional = (isOptions ? args.slice(0, -1) : args).map((argument, index): [string, unknown] => [
    params[index] ?? `argument ${index}`,
    argument,
  ]);
  const named = isOptions
    ? keys.map((key): [string, unknown] => [byKey.get(key) ?? key, Reflect.get(Object(last), key)])
    : [];
  return [...positional, ...named];
}

function decodeCall(value: JsonObject, path: string, bindings: Bindings): unknown {
  const call = value.call_of as unknown as { function: string; args?: Json[]; kwargs?: JsonObject };
  return bindings.callFunction(call.function, call.args ?? [], call.kwargs ?? {}, path);
}

function decodeModule(value: JsonObject, path: string, bindings: Bindings): unknown {
  const module = bindings.construct(String(value.module), (value.config ?? {}) as JsonObject, path);
  if (typeof value.as === 'string') bindings.names.set(value.as, module);
  return module;
}
