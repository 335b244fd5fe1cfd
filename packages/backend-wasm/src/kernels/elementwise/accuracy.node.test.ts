import { readFileSync } from 'node:fs';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModuleBuilder } from '../../emitter/index.ts';
import { wasm } from '../../wasm.ts';
import { elu, sigmoid } from './exponential.ts';
import { emitMap, type Lanes } from './map.ts';

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

type Evaluate = (x: Float32Array) => ArrayLike<number>;

/** What an op of tfjs makes of numbers. */
function op(evaluate: (x: tf.Tensor) => tf.Tensor): Evaluate {
  return (x) => tf.tidy(() => evaluate(tf.tensor1d(x)).dataSync());
}

/** What generated code makes of numbers, where no kernel has it for itself. */
function lanes(evaluate: Lanes): Evaluate {
  const module = new ModuleBuilder();
  emitMap(module, 'map', evaluate);
  const memory = new WebAssembly.Memory({ initial: 64 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  return (x) => {
    new Float32Array(memory.buffer, 0, x.length).set(x);
    (exports.map as (...args: number[]) => number)(0, x.byteLength, x.length);
    return new Float32Array(memory.buffer, x.byteLength, x.length).slice();
  };
}

/** Each function with its float64 reference and the bound that its documentation states, in ulp. */
const functions: readonly [string, Evaluate, (x: number) => number, number][] = [
  ['exp', op(tf.exp), Math.exp, 1.5],
  ['expm1', op(tf.expm1), Math.expm1, 2],
  ['tanh', op(tf.tanh), Math.tanh, 3],
  ['sigmoid', lanes(sigmoid), (x) => 1 / (1 + Math.exp(-x)), 3],
  ['elu', lanes(elu), (x) => (x >= 0 ? x : Math.expm1(x)), 2],
  ['selu', op(tf.selu), (x) => (x >= 0 ? seluScale * x : seluScale * seluAlpha * Math.expm1(x)), 3],
  ['log', op(tf.log), Math.log, 1.5],
  ['log1p', op(tf.log1p), Math.log1p, 2],
  ['softplus', op(tf.softplus), (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 3],
  ['erf', op(tf.erf), erf, 3],
  ['sin', op(tf.sin), Math.sin, 1.6],
  ['cos', op(tf.cos), Math.cos, 1.6],
  ['tan', op(tf.tan), Math.tan, 4],
  ['asin', op(tf.asin), Math.asin, 2.5],
  ['acos', op(tf.acos), Math.acos, 2],
  ['atan', op(tf.atan), Math.atan, 2],
  ['sinh', op(tf.sinh), Math.sinh, 3],
  ['cosh', op(tf.cosh), Math.cosh, 3],
  ['asinh', op(tf.asinh), Math.asinh, 4],
  ['acosh', op(tf.acosh), Math.acosh, 4],
  ['atanh', op(tf.atanh), Math.atanh, 3],
  ['sqrt', op(tf.sqrt), Math.sqrt, 0.5],
  ['rsqrt', op(tf.rsqrt), (x) => 1 / Math.sqrt(x), 1.5],
  ['reciprocal', op(tf.reciprocal), (x) => 1 / x, 0.5],
  ['floor', op(tf.floor), Math.floor, 0],
  ['ceil', op(tf.ceil), Math.ceil, 0],
  ['sign', op(tf.sign), Math.sign, 0],
  ['relu6', op(tf.relu6), (x) => Math.min(Math.max(x, 0), 6), 0],
  ['leakyRelu', op((x) => tf.leakyRelu(x, 0.1)), (x) => (x < 0 ? Math.fround(0.1) * x : x), 0.5],
  ['clipByValue', op((x) => tf.clipByValue(x, -1, 2)), (x) => Math.min(Math.max(x, -1), 2), 0],
];

/** The bound of `pow`, in ulp. */
const powBound = 1;

/** The bound of `atan2`, in ulp. */
const atan2Bound = 3;

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
  it.each(functions)('%s is as accurate as stated', (_, evaluate, reference, bound) => {
    for (const values of [allKinds(), ordinary]) {
      const { worst, at } = worstError(values, evaluate(values), reference);
      expect(worst, `at ${at}`).toBeLessThanOrEqual(bound);
    }
  });

  it('keep the sign of zero where the function does', () => {
    for (const evaluate of [
      tf.tan,
      tf.asin,
      tf.atan,
      tf.sinh,
      tf.asinh,
      tf.atanh,
      tf.tanh,
      tf.sin,
      tf.expm1,
      tf.log1p,
      tf.erf,
    ]) {
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
    expect(worst).toBeLessThanOrEqual(powBound);
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

describe('atan2', () => {
  it('is within 3 ulp of all signs and exponents', () => {
    const [y, x] = [allKinds(), allKinds().reverse()];
    const results = tf.tidy(() => tf.atan2(tf.tensor1d(y), tf.tensor1d(x)).dataSync());
    let worst = 0;
    y.forEach((value, i) => {
      const expected = Math.atan2(value, x[i] as number);
      const got = results[i] as number;
      if (Object.is(Math.fround(expected), got)) return;
      const error = Math.abs(got - expected) / ulp(expected);
      if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    });
    expect(worst).toBeLessThanOrEqual(atan2Bound);
  });

  it('knows the special cases', () => {
    const special = [0, -0, 1, -1, 0.4142, -2.5, 1e38, -3e38, 1e-40, Infinity, -Infinity, Number.NaN];
    const pairs = special.flatMap((y) => special.map((x) => [y, x] as const));
    const results = tf.tidy(() =>
      tf.atan2(tf.tensor1d(pairs.map(([y]) => y)), tf.tensor1d(pairs.map(([, x]) => x))).dataSync(),
    );
    pairs.forEach(([y, x], i) => {
      const expected = Math.atan2(Math.fround(y), Math.fround(x));
      if (Object.is(results[i], Math.fround(expected))) return;
      expect(Math.abs((results[i] as number) - expected) / ulp(expected), `${y}, ${x}`).toBeLessThanOrEqual(atan2Bound);
    });
  });
});

describe('the table in the README', () => {
  it('has these functions with these bounds', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, table = ''] = readme.split('## Accuracy');
    const rows = [...table.matchAll(/^\| `(\w+)` +\| ([\d.]+) +\|$/gm)].map(([, name, bound]) => [name, Number(bound)]);
    expect(rows).toEqual([
      ...functions.map(([name, , , bound]) => [name, bound]),
      ['pow', powBound],
      ['atan2', atan2Bound],
    ]);
  });
});
