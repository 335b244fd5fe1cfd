import { getVariable, globalVariables, localVariables, trainableVariables, variableName } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

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

/** TensorFlow's ops of one or two tensors that the cases use, by their name in Python without `tf.`. */
const OPS: Readonly<Record<string, AnyFunction>> = {
  identity: (x: tf.Tensor): unknown => tf.clone(x),
  'nn.relu': (x: tf.Tensor): unknown => tf.relu(x),
  'nn.relu6': (x: tf.Tensor): unknown => tf.relu6(x),
  'nn.elu': (x: tf.Tensor): unknown => tf.elu(x),
  'nn.selu': (x: tf.Tensor): unknown => tf.selu(x),
  'nn.leaky_relu': (x: tf.Tensor, alpha = 0.2): unknown => tf.leakyRelu(x, alpha),
  'nn.softplus': (x: tf.Tensor): unknown => tf.softplus(x),
  'nn.softmax': (x: tf.Tensor): unknown => tf.softmax(x),
  'nn.log_softmax': (x: tf.Tensor): unknown => tf.logSoftmax(x),
  'nn.tanh': (x: tf.Tensor): unknown => tf.tanh(x),
  'nn.sigmoid': (x: tf.Tensor): unknown => tf.sigmoid(x),
  tanh: (x: tf.Tensor): unknown => tf.tanh(x),
  sigmoid: (x: tf.Tensor): unknown => tf.sigmoid(x),
  abs: (x: tf.Tensor): unknown => tf.abs(x),
  exp: (x: tf.Tensor): unknown => tf.exp(x),
  negative: (x: tf.Tensor): unknown => tf.neg(x),
  square: (x: tf.Tensor): unknown => tf.square(x),
  sqrt: (x: tf.Tensor): unknown => tf.sqrt(x),
  zeros_like: (x: tf.Tensor): unknown => tf.zerosLike(x),
  ones_like: (x: tf.Tensor): unknown => tf.onesLike(x),
  reduce_sum: (x: tf.Tensor, axis?: number | number[]): unknown => tf.sum(x, axis ?? undefined),
  reduce_mean: (x: tf.Tensor, axis?: number | number[]): unknown => tf.mean(x, axis ?? undefined),
  reshape: (x: tf.Tensor, shape: number[]): unknown => tf.reshape(x, shape),
  concat: (values: tf.Tensor[], axis: number): unknown => tf.concat(values, axis),
  matmul: (a: tf.Tensor, b: tf.Tensor): unknown => tf.matMul(a, b),
  add: (a: tf.Tensor, b: tf.Tensor): unknown => tf.add(a, b),
  subtract: (a: tf.Tensor, b: tf.Tensor): unknown => tf.sub(a, b),
  multiply: (a: tf.Tensor, b: tf.Tensor): unknown => tf.mul(a, b),
  divide: (a: tf.Tensor, b: tf.Tensor): unknown => tf.div(a, b),
  maximum: (a: tf.Tensor, b: tf.Tensor): unknown => tf.maximum(a, b),
  minimum: (a: tf.Tensor, b: tf.Tensor): unknown => tf.minimum(a, b),
};

/** What TensorFlow's functions around variables are here; they take Python's keyword arguments, in camelCase. */
const VARIABLE_FUNCTIONS: Readonly<Record<string, AnyFunction>> = {
  get_variable: getVariable as AnyFunction,
  global_variables: (): unknown => globalVariables(),
  local_variables: (): unknown => localVariables(),
  trainable_variables: (): unknown => trainableVariables(),
};

/** Whether the format describes a function of this name. */
export function hasHelperFunction(name: string): boolean {
  return Object.hasOwn(HELPER_FUNCTIONS, name);
}

/** Whether this is one of TensorFlow's functions that the runner knows. */
export function hasTensorFlowFunction(name: string): boolean {
  return tensorFlowFunction(name) !== undefined;
}

/** TensorFlow's function `tf.…`, or a helper of the format; undefined for other names. */
export function tensorFlowFunction(name: string): ((...args: unknown[]) => unknown) | undefined {
  if (hasHelperFunction(name)) return HELPER_FUNCTIONS[name] as (...args: unknown[]) => unknown;
  if (!name.startsWith('tf.')) return undefined;
  const short = name.slice('tf.'.length);
  const fn = Object.hasOwn(OPS, short) ? OPS[short] : VARIABLE_FUNCTIONS[short];
  return fn as ((...args: unknown[]) => unknown) | undefined;
}

/** Whether a function of TensorFlow takes Python's keyword arguments as one options object here. */
export function isVariableFunction(name: string): boolean {
  return Object.hasOwn(VARIABLE_FUNCTIONS, name.slice('tf.'.length));
}

/** The name of a variable as the cases write it. */
export function goldenName(variable: tf.Variable): string {
  return `${variableName(variable)}:0`;
}
