import { GraphKeys, getCollection } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Bindings } from './bindings.ts';
import { callArguments, type PythonArguments, withSonnetDefaults } from './call-site.ts';
import { bodyOf, type Case, type Json, type JsonObject, type Step } from './case-format.ts';
import { runContext } from './contexts.ts';
import { runDynamicRnn } from './dynamic-rnn.ts';
import { camelCase, lastPart, methodName } from './python-names.ts';
import { methodParameters, type Parameter, parametersOf } from './signatures.ts';
import { type Constructor, exported, isClassName, publicNamespace, resolveClass, resolveSymbol } from './symbols.ts';
import { takesOptions, tensorFlowFunction } from './tensorflow-functions.ts';
import { decode, decodeDictionary, decodeList } from './values.ts';

/** A place where something of the library is called. */
export interface Site {
  /** The path of the step, such as `calls[1].body[0]`, or `constructor`; of a step inside a lambda, `lambda[0]`. */
  readonly step: string;
  /** The object that the step works on, if it is a module. */
  readonly target: unknown;
}

/** Follows a case while it runs. */
export interface RunObserver {
  /** Just before something is called, after its arguments were made. Not for steps inside lambdas. */
  beforeCall?(site: Site): unknown;
  /** Just after such a call threw, while the contexts around it are open; with what `beforeCall` gave for it. */
  afterFailure?(site: Site, before: unknown): void;
  /** After a step, with what it gave. Not for steps inside lambdas. */
  afterStep?(path: string, step: Step, result: unknown): void;
  /** With each tensor that stands in an argument. */
  onInput?(path: string, tensor: tf.Tensor): void;
}

/** Where a case failed. */
export interface Failure {
  /** The innermost step, which may be inside a lambda. */
  readonly step: string;
  /** The innermost site that is not inside a lambda. */
  outer: Site | null;
}

/** Runs the steps of one case in the graph that is the default one. */
export class Interpreter implements Bindings {
  readonly names: Map<string, unknown> = new Map();
  /** Where the case failed, once it has. */
  failure: Failure | null = null;
  readonly #observer: RunObserver;
  #step = '';

  constructor(observer: RunObserver = {}) {
    this.#observer = observer;
  }

  /** Runs a whole case: setup, the primary object, the calls. */
  run(item: Case): void {
    this.runSteps(item.setup ?? [], 'setup');
    if (item.module !== undefined) {
      this.#step = 'constructor';
      this.names.set('m', this.construct(item.module, item.config ?? {}, 'config'));
    }
    this.runSteps(item.calls ?? [], 'calls');
  }

  runSteps(steps: readonly Step[], path: string): void {
    steps.forEach((step, index) => {
      this.#runStep(step, `${path}[${index}]`);
    });
  }

  onInput(path: string, tensor: tf.Tensor): void {
    this.#observer.onInput?.(path, tensor);
  }

  decode(value: Json, path: string): unknown {
    return decode(value, path, this);
  }

  construct(module: string, config: JsonObject, path: string): unknown {
    const type = resolveClass(module);
    const { '*args': listed = [], ...named } = config;
    const args = decodeList(listed, `${path}.*args`, this);
    const kwargs = withSonnetDefaults(lastPart(module), decodeDictionary(named, path, this));
    const given = callArguments(lastPart(module), parametersOf(lastPart(module)), { args, kwargs });
    return this.#guarded(null, () => new type(...given));
  }

  callFunction(name: string, args: readonly Json[], kwargs: JsonObject, path: string): unknown {
    const call = {
      args: decodeList([...args], `${path}.args`, this),
      kwargs: decodeDictionary(kwargs, `${path}.kwargs`, this),
    };
    const op = tensorFlowFunction(name);
    if (op !== undefined) {
      const given = takesOptions(name)
        ? callArguments(name, parametersOf(name), call)
        : [...call.args, ...Object.values(call.kwargs)];
      return this.#guarded(null, () => op(...given));
    }
    const given = callArguments(lastPart(name), functionParameters(name), call);
    if (lastPart(name) === 'parse_string_to_constructor') given.push(publicNamespace());
    return this.#guarded(null, () => invoke(name, given));
  }

  #runStep(step: Step, path: string): void {
    const outer = this.#step;
    this.#step = path;
    const result = this.#perform(step, path);
    this.#bind(step, result);
    if (!inLambda(path)) this.#observer.afterStep?.(path, step, result);
    this.#step = outer;
  }

  #perform(step: Step, path: string): unknown {
    const body = bodyOf(step);
    if (body !== null) {
      const inside = (): void => this.runSteps(body.steps, `${path}.${body.key}`);
      return runContext(step, path, this, (open) => this.#guarded(null, () => open(inside)));
    }
    if (step.new !== undefined) return this.construct(step.module ?? '', step.config ?? {}, `${path}.config`);
    if (step.get !== undefined) return this.#read(step.get, step.target ?? 'm');
    if (step.run_update_ops === true) return this.#runUpdates();
    if (step.function !== undefined) return this.callFunction(step.function, step.args ?? [], step.kwargs ?? {}, path);
    return this.#callTarget(step, path);
  }

  #bind(step: Step, result: unknown): void {
    if (step.new !== undefined) this.names.set(step.new, result);
    if (typeof step.as === 'string') this.names.set(step.as, result);
    else
      for (const [index, name] of (step.as ?? []).entries()) this.names.set(name, Reflect.get(Object(result), index));
  }

  #read(path: string, targetName: string): unknown {
    const target = this.#bound(targetName);
    return this.#guarded(target, () =>
      path.split('.').reduce<unknown>((object, key) => Reflect.get(Object(object), camelCase(key)), target),
    );
  }

  #runUpdates(): number {
    const count = getCollection(GraphKeys.UPDATE_OPS).length;
    const run = exported('runUpdates') as ((collection: string, options: object) => void) | undefined;
    if (count > 0) this.#guarded(null, () => run?.(GraphKeys.UPDATE_OPS, { keep: true }));
    return count;
  }

  #callTarget(step: Step, path: string): unknown {
    const target = this.#bound(step.target ?? 'm');
    const call = {
      args: decodeList(step.args ?? [], `${path}.args`, this),
      kwargs: decodeDictionary(step.kwargs ?? {}, `${path}.kwargs`, this),
    };
    if (step.method === 'dynamic_rnn') return this.#guarded(target, () => runDynamicRnn(target, call));
    if (isClass(target) && step.method === undefined) return this.#constructBound(target, call);
    const given = callArguments('', methodParameters(classNamesOf(target), step.method ?? '__call__'), call);
    return this.#guarded(target, () => {
      if (step.method !== undefined) return callMethod(target, methodName(step.method), given);
      return (target as (...args: unknown[]) => unknown)(...given);
    });
  }

  /** Constructs from a class that a step has made; one that wraps another takes the other's arguments. */
  #constructBound(type: Constructor, call: PythonArguments): unknown {
    const wrapped: unknown = Reflect.get(type, 'wrappedClass');
    const { name } = isClass(wrapped) ? wrapped : type;
    return this.#guarded(null, () => new type(...callArguments(name, parametersOf(name), call)));
  }

  #bound(name: string): unknown {
    const value = this.names.get(name);
    if (value === undefined || value === null) throw new Error(`The case has bound nothing to the name "${name}".`);
    return value;
  }

  /** Calls into the library and notes where it failed. */
  #guarded<T>(target: unknown, run: () => T): T {
    const site: Site = { step: this.#step, target };
    const before = inLambda(site.step) ? undefined : this.#observer.beforeCall?.(site);
    try {
      return run();
    } catch (error) {
      this.failure ??= { step: site.step, outer: null };
      if (!inLambda(site.step) && this.failure.outer === null) {
        this.failure.outer = site;
        this.#observer.afterFailure?.(site, before);
      }
      throw error;
    }
  }
}

function inLambda(path: string): boolean {
  return path.startsWith('lambda');
}

function functionParameters(name: string): readonly Parameter[] {
  const parts = name.split('.');
  const className = parts.find(isClassName);
  const last = lastPart(name);
  return className === undefined || className === last ? parametersOf(last) : methodParameters([className], last);
}

/** Calls a function, a static method or a class by its Python name. */
function invoke(name: string, args: readonly unknown[]): unknown {
  const owner = name.slice(0, -lastPart(name).length - 1);
  if (isClassName(owner)) return callMethod(resolveClass(owner), methodName(lastPart(name)), args);
  const value = resolveSymbol(name);
  if (isClass(value)) return new value(...args);
  return (value as (...args: unknown[]) => unknown)(...args);
}

function callMethod(target: unknown, name: string, args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(Object(target), name);
  if (typeof method !== 'function') throw new Error(`The runner finds no method "${name}" on ${String(target)}.`);
  return Reflect.apply(method, target, args);
}

function isClass(value: unknown): value is Constructor {
  return typeof value === 'function' && Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}

/** The name of the class of an object (or of a class itself) and those of its base classes. */
function classNamesOf(value: unknown): string[] {
  const names: string[] = [];
  let prototype: unknown = isClass(value) ? value.prototype : Object.getPrototypeOf(Object(value));
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    names.push((prototype.constructor as { name: string }).name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}
