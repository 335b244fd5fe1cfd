import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { Dtype } from '../../nd-array.ts';
import { pointwise, pointwiseGradient } from '../../references/broadcasting.ts';
import { erf, roundHalfToEven, sigmoid, softplus } from '../../references/special-functions.ts';
import { seed, shape } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';

interface Unary {
  readonly call: (x: tf.Tensor) => tf.Tensor;
  readonly value: (x: number) => number;
  readonly derivative?: (x: number) => number;
  /** Where the derivative is well-conditioned. Default -2 to 2. */
  readonly range?: readonly [number, number];
  /** Whether integers are taken, and stay integers. */
  readonly integers?: boolean;
  readonly dtype?: Dtype;
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
const none = (): number => 0;

const unaries: Readonly<Record<string, Unary>> = {
  abs: { call: tf.abs, value: Math.abs, derivative: Math.sign, integers: true },
  acos: { call: tf.acos, value: Math.acos, derivative: (x) => -1 / Math.sqrt(1 - x * x), range: [-0.9, 0.9] },
  acosh: { call: tf.acosh, value: Math.acosh, derivative: (x) => 1 / Math.sqrt(x * x - 1), range: [1.2, 5] },
  asin: { call: tf.asin, value: Math.asin, derivative: (x) => 1 / Math.sqrt(1 - x * x), range: [-0.9, 0.9] },
  asinh: { call: tf.asinh, value: Math.asinh, derivative: (x) => 1 / Math.sqrt(x * x + 1) },
  atan: { call: tf.atan, value: Math.atan, derivative: (x) => 1 / (1 + x * x) },
  atanh: { call: tf.atanh, value: Math.atanh, derivative: (x) => 1 / (1 - x * x), range: [-0.9, 0.9] },
  ceil: { call: tf.ceil, value: Math.ceil, derivative: none },
  cos: { call: tf.cos, value: Math.cos, derivative: (x) => -Math.sin(x), range: [-7, 7] },
  cosh: { call: tf.cosh, value: Math.cosh, derivative: Math.sinh },
  elu: {
    call: tf.elu,
    value: (x) => (x >= 0 ? x : Math.expm1(x)),
    derivative: (x) => (x >= 0 ? 1 : Math.exp(x)),
  },
  erf: { call: tf.erf, value: erf, derivative: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), range: [-4, 4] },
  exp: { call: tf.exp, value: Math.exp, derivative: Math.exp },
  expm1: { call: tf.expm1, value: Math.expm1, derivative: Math.exp },
  floor: { call: tf.floor, value: Math.floor, derivative: none },
  isFinite: { call: tf.isFinite, value: (x) => Number(Number.isFinite(x)), dtype: 'bool' },
  isInf: { call: tf.isInf, value: (x) => Number(Math.abs(x) === Infinity), dtype: 'bool' },
  isNaN: { call: tf.isNaN, value: (x) => Number(Number.isNaN(x)), dtype: 'bool' },
  log: { call: tf.log, value: Math.log, derivative: (x) => 1 / x, range: [0.1, 8] },
  log1p: { call: tf.log1p, value: Math.log1p, derivative: (x) => 1 / (1 + x), range: [-0.8, 4] },
  logSigmoid: { call: tf.logSigmoid, value: (x) => -softplus(-x), derivative: (x) => sigmoid(-x), range: [-9, 9] },
  neg: { call: tf.neg, value: (x) => -x, derivative: () => -1, integers: true },
  reciprocal: { call: tf.reciprocal, value: (x) => 1 / x, derivative: (x) => -1 / (x * x), range: [0.2, 4] },
  relu: { call: tf.relu, value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0), integers: true },
  relu6: {
    call: tf.relu6,
    value: (x) => Math.min(Math.max(x, 0), 6),
    derivative: (x) => (x > 0 && x < 6 ? 1 : 0),
    range: [-8, 8],
    integers: true,
  },
  round: { call: tf.round, value: roundHalfToEven, derivative: none },
  rsqrt: { call: tf.rsqrt, value: (x) => 1 / Math.sqrt(x), derivative: (x) => -0.5 * x ** -1.5, range: [0.1, 8] },
  selu: {
    call: tf.selu,
    value: (x) => SELU_SCALE * (x >= 0 ? x : SELU_ALPHA * Math.expm1(x)),
    derivative: (x) => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
  },
  sigmoid: { call: tf.sigmoid, value: sigmoid, derivative: (x) => sigmoid(x) * sigmoid(-x), range: [-9, 9] },
  sign: { call: tf.sign, value: Math.sign, derivative: none },
  sin: { call: tf.sin, value: Math.sin, derivative: Math.cos, range: [-7, 7] },
  sinh: { call: tf.sinh, value: Math.sinh, derivative: Math.cosh },
  softplus: { call: tf.softplus, value: softplus, derivative: sigmoid, range: [-40, 40] },
  sqrt: { call: tf.sqrt, value: Math.sqrt, derivative: (x) => 0.5 / Math.sqrt(x), range: [0.1, 8] },
  square: { call: tf.square, value: (x) => x * x, derivative: (x) => 2 * x, integers: true },
  tan: { call: tf.tan, value: Math.tan, derivative: (x) => 1 / Math.cos(x) ** 2, range: [-1.3, 1.3] },
  tanh: { call: tf.tanh, value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2, range: [-9, 9] },
};

/** Calls with ordinary values, where the gradient is checked, and calls with all kinds of values. */
export function unaryCases<Attrs>(
  attrs: fc.Arbitrary<Attrs>,
  { range, integers = false }: Pick<Unary, 'range' | 'integers'>,
): fc.Arbitrary<OpCase<Attrs>> {
  const kinds: Omit<InputSpec, 'shape'>[] = [{ range }, { wide: true }];
  if (integers) kinds.push({ dtype: 'int32', range: [-100, 100] });
  return fc
    .record({ shape: shape({ maxRank: 6 }), kind: fc.constantFrom(...kinds), attrs, seed })
    .map(({ shape: sizes, kind, ...rest }) => ({
      ...rest,
      inputs: [{ shape: sizes, ...kind }],
      gradient: kind.wide !== true && kind.dtype === undefined,
    }));
}

function unaryEntry(op: string, unary: Unary): Entry {
  const { call, value, derivative, dtype } = unary;
  return entry<null>({
    op,
    family: 'elementwise',
    cases: unaryCases(fc.constant(null), unary),
    run: ([x]) => call(x as tf.Tensor),
    reference: ([x]) => [pointwise([x as never], value, dtype ?? (x as { dtype: Dtype }).dtype)],
    adjoint: derivative && (([x], _, [dy]) => [pointwiseGradient([x as never], dy as never, 0, derivative)]),
  });
}

export const unaryEntries: readonly Entry[] = Object.entries(unaries).map(([op, unary]) => unaryEntry(op, unary));
