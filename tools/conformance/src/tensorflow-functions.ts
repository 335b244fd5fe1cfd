import { getVariable, globalVariables, localVariables, trainableVariables, variableName } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { camelCase, lastPart } from './python-names.ts';

/** A function of the cases, called with the arguments that Python gives it. */
type AnyFunction = (...args: never[]) => unknown;

/** Functions that the format describes in words. */
const HELPER_FUNCTIONS: Readonly<Record<string, AnyFunction>> = {
  first: (s: readonly unknown[]): unknown => s[0],
  second: (s: readonly unknown[]): unknown => s[1],
  self: (s: unknown): unknown => s,
  identity_pair: (...a: unknown[]): unknown => a,
  double: (x: number | tf.Tensor): unknown => (typeof x === 'number' ? 2 * x : tf.mul(x, 2)),
  add_one: (x: number | tf.Tensor): unknown => (typeof x === 'number' ? x + 1 : tf.add(x, 1)),
  add_two: (a: number | tf.Tensor, b: number | tf.Tensor): unknown =>
    typeof a === 'number' && typeof b === 'number' ? a + b : tf.add(a, b),
};

/** Ops of TensorFlow, by the last part of their name, that tfjs calls otherwise or gives other defaults. */
const OPS: Readonly<Record<string, AnyFunction>> = {
  identity: (x: tf.Tensor): unknown => tf.clone(x),
  leaky_relu: (x: tf.Tensor, alpha = 0.2): unknown => tf.leakyRelu(x, alpha),
  negative: (x: tf.Tensor): unknown => tf.neg(x),
  subtract: (a: tf.Tensor, b: tf.Tensor): unknown => tf.sub(a, b),
  multiply: (a: tf.Tensor, b: tf.Tensor): unknown => tf.mul(a, b),
  divide: (a: tf.Tensor, b: tf.Tensor): unknown => tf.div(a, b),
  matmul: (a: tf.Tensor, b: tf.Tensor): unknown => tf.matMul(a, b),
  reduce_sum: (x: tf.Tensor, axis?: number | number[] | null): unknown => tf.sum(x, axis ?? undefined),
  reduce_mean: (x: tf.Tensor, axis?: number | number[] | null): unknown => tf.mean(x, axis ?? undefined),
  reduce_max: (x: tf.Tensor, axis?: number | number[] | null): unknown => tf.max(x, axis ?? undefined),
  reduce_min: (x: tf.Tensor, axis?: number | number[] | null): unknown => tf.min(x, axis ?? undefined),
  get_variable: getVariable as AnyFunction,
  global_variables: (): unknown => globalVariables(),
  local_variables: (): unknown => localVariables(),
  trainable_variables: (): unknown => trainableVariables(),
};

/** Functions whose optional arguments are one options object here, as everywhere in this project. */
const WITH_OPTIONS: ReadonlySet<string> = new Set(['get_variable']);

function find(name: string): AnyFunction | undefined {
  if (Object.hasOwn(HELPER_FUNCTIONS, name)) return HELPER_FUNCTIONS[name];
  if (!name.startsWith('tf.')) return undefined;
  const last = lastPart(name);
  if (Object.hasOwn(OPS, last)) return OPS[last];
  const op: unknown = Reflect.get(tf, camelCase(last));
  return typeof op === 'function' ? (op as AnyFunction) : undefined;
}

/**
 * The function that a Python name stands for: an op of TensorFlow (`tf.nn.relu`) or a helper of the format; undefined for
 * other names. It has the name that Python's function has, which names of modules are made from.
 */
export function tensorFlowFunction(name: string): ((...args: unknown[]) => unknown) | undefined {
  const fn = find(name) as ((...args: unknown[]) => unknown) | undefined;
  if (fn === undefined) return undefined;
  return Object.defineProperty((...args: unknown[]) => fn(...args), 'name', { value: lastPart(name) });
}

/** Whether a function of TensorFlow takes its optional arguments as one options object here. */
export function takesOptions(name: string): boolean {
  return WITH_OPTIONS.has(lastPart(name));
}

/** The name of a variable as the cases write it. */
export function goldenName(variable: tf.Variable): string {
  return `${variableName(variable)}:0`;
}
