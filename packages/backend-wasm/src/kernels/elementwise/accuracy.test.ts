import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

/** The distance between neighbouring float32 at a value. */
function ulp(value: number): number {
  const magnitude = Math.abs(value);
  return magnitude < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** A float64 error function: the series near 0, the continued fraction beyond. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a >= 2.5) {
    let fraction = a;
    for (let k = 150; k >= 1; k--) fraction = a + k / 2 / fraction;
    return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
  }
  let [sum, term] = [0, x];
  for (let n = 0; n < 80; n++) {
    sum += term / (2 * n + 1);
    term *= (-a * a) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** Each function with its float64 reference and the bound that its documentation states, in ulp. */
const functions: readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, number][] = [
  ['exp', tf.exp, Math.exp, 1.5],
  ['expm1', tf.expm1, Math.expm1, 2],
  ['tanh', tf.tanh, Math.tanh, 3],
  ['selu', tf.selu, (x) => (x >= 0 ? seluScale * x : seluScale * seluAlpha * Math.expm1(x)), 3],
  ['log', tf.log, Math.log, 1.5],
  ['log1p', tf.log1p, Math.log1p, 2],
  ['softplus', tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 3],
  ['erf', tf.erf, erf, 3],
  ['sin', tf.sin, Math.sin, 1.6],
  ['cos', tf.cos, Math.cos, 1.6],
  ['sqrt', tf.sqrt, Math.sqrt, 0.5],
  ['rsqrt', tf.rsqrt, (x) => 1 / Math.sqrt(x), 1.5],
  ['reciprocal', tf.reciprocal, (x) => 1 / x, 0.5],
  ['floor', tf.floor, Math.floor, 0],
  ['ceil', tf.ceil, Math.ceil, 0],
  ['sign', tf.sign, Math.sign, 0],
];

/** Float32 of all signs, exponents and kinds: evenly through the bit patterns, with the special ones in front. */
function allKinds(): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from({ length: 2 ** 18 }, (_, i) => (i * 16381 + 7) >>> 0);
  bits.set([0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x80000001, 0x7f7fffff, 0xff7fffff, 0x3f800000]);
  return new Float32Array(bits.buffer);
}

const ordinary = Float32Array.from({ length: 2 ** 18 }, (_, i) => (i / 2 ** 18 - 0.5) * 24);

function worstError(values: Float32Array, results: ArrayLike<number>, reference: (x: number) => number) {
  let [worst, at] = [0, 0];
  values.forEach((x, i) => {
    const expected = reference(x);
    const got = results[i] ?? Number.NaN;
    // Equal covers infinities and results that round to the reference; NaN must be NaN.
    if (got === Math.fround(expected) || (Number.isNaN(got) && Number.isNaN(expected))) return;
    const error = Math.abs(got - expected) / ulp(expected);
    if (!(error <= worst)) [worst, at] = [Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, x];
  });
  return { worst, at };
}

describe('functions of one argument', () => {
  it.each(functions)('tf.%s is as accurate as stated', (_, evaluate, reference, bound) => {
    for (const values of [allKinds(), ordinary]) {
      const results = tf.tidy(() => evaluate(tf.tensor1d(values)).dataSync());
      const { worst, at } = worstError(values, results, reference);
      expect(worst, `at ${at}`).toBeLessThanOrEqual(bound);
    }
  });

  it('keep the sign of zero where the function does', () => {
    for (const evaluate of [tf.tanh, tf.sin, tf.expm1, tf.log1p, tf.erf]) {
      const [minus, plus] = tf.tidy(() => evaluate(tf.tensor1d([-0, 0])).dataSync());
      expect([minus, plus], evaluate.name).toEqual([-0, 0]);
    }
  });
});

describe('pow', () => {
  it('is within 1 ulp over bases and exponents', () => {
    const count = 2 ** 16;
    const bases = Float32Array.from({ length: count }, (_, i) => 2 ** (((i * 40503) % 65536) / 2048 - 16));
    const exponents = Float32Array.from({ length: count }, (_, i) => ((i * 30011) % 4001) / 400 - 5);
    const results = tf.tidy(() => tf.pow(tf.tensor1d(bases), tf.tensor1d(exponents)).dataSync());
    let worst = 0;
    bases.forEach((base, i) => {
      const expected = base ** (exponents[i] ?? 0);
      if (Math.fround(expected) === results[i]) return;
      worst = Math.max(worst, Math.abs((results[i] ?? Number.NaN) - expected) / ulp(expected));
    });
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('knows the special cases', () => {
    const special = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, 1e30, -1e30, Infinity, -Infinity, Number.NaN, 1e-40];
    const pairs = special.flatMap((base) => special.map((exponent) => [base, exponent] as const));
    const results = tf.tidy(() =>
      tf.pow(tf.tensor1d(pairs.map(([base]) => base)), tf.tensor1d(pairs.map(([, exponent]) => exponent))).dataSync(),
    );
    pairs.forEach(([base, exponent], i) => {
      // C's pow, unlike JavaScript's, says 1 for a base of 1 or -1 whatever the infinite exponent, and for 1 ** NaN.
      const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Infinity);
      const expected = isOne ? 1 : Math.fround(Math.fround(base) ** Math.fround(exponent));
      expect(results[i], `${base} ** ${exponent}`).toBe(expected);
    });
  });
});
