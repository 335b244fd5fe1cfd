import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { Dtype, NdArray } from '../../nd-array.ts';
import { pointwise, pointwiseGradient } from '../../references/broadcasting.ts';
import { seed, shape } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';
import { unaryCases } from './unary.ts';

/** Multiples of 1/8, which float32 holds exactly. */
const eighths = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: low * 8, max: high * 8 }).map((value) => value / 8);

const clipByValue = entry<{ low: number; high: number }>({
  op: 'clipByValue',
  family: 'elementwise',
  cases: unaryCases(
    fc.tuple(eighths(-2, 2), eighths(0, 2)).map(([low, length]) => ({ low, high: low + length })),
    {},
  ),
  run: ([x], { low, high }) => tf.clipByValue(x as tf.Tensor, low, high),
  reference: ([x], { low, high }) => [
    pointwise([x as NdArray], (value) => (low === high ? low : Math.min(Math.max(value, low), high))),
  ],
  adjoint: ([x], { low, high }, [dy]) => [
    low === high
      ? null
      : pointwiseGradient([x as NdArray], dy as NdArray, 0, (value) => (value >= low && value <= high ? 1 : 0)),
  ],
});

const leakyRelu = entry<{ alpha: number }>({
  op: 'leakyRelu',
  family: 'elementwise',
  cases: unaryCases(fc.record({ alpha: eighths(-1, 2) }), {}),
  run: ([x], { alpha }) => tf.leakyRelu(x as tf.Tensor, alpha),
  reference: ([x], { alpha }) => [pointwise([x as NdArray], (value) => (value < 0 ? alpha * value : value))],
  adjoint: ([x], { alpha }, [dy]) => [
    pointwiseGradient([x as NdArray], dy as NdArray, 0, (value) => (value > 0 ? 1 : alpha)),
  ],
});

const step = entry<{ alpha: number }>({
  op: 'step',
  family: 'elementwise',
  cases: unaryCases(fc.record({ alpha: eighths(-1, 2) }), {}),
  run: ([x], { alpha }) => tf.step(x as tf.Tensor, alpha),
  reference: ([x], { alpha }) => [
    pointwise([x as NdArray], (value) => (Number.isNaN(value) ? value : value > 0 ? 1 : alpha)),
  ],
  adjoint: ([x], _, [dy]) => [pointwiseGradient([x as NdArray], dy as NdArray, 0, () => 0)],
});

const casts: fc.Arbitrary<OpCase<{ to: Dtype }>> = fc
  .record({
    shape: shape({ maxRank: 6 }),
    from: fc.constantFrom<Dtype[]>('float32', 'int32', 'bool'),
    to: fc.constantFrom<Dtype[]>('float32', 'int32', 'bool'),
    wide: fc.boolean(),
    whole: fc.boolean(),
    seed,
  })
  .map(({ shape: sizes, from, to, wide, whole, seed: values }) => {
    // What a float32 beyond int32's range becomes is up to the machine.
    const input: InputSpec = { shape: sizes, dtype: from, wide: wide && to !== 'int32', whole, range: [-100, 100] };
    return { inputs: [input], attrs: { to }, seed: values, gradient: from === 'float32' && to === 'float32' };
  });

function castValue(value: number, to: Dtype): number {
  if (to === 'bool') return Number(value !== 0);
  return to === 'int32' ? Math.trunc(value) : value;
}

const cast = entry<{ to: Dtype }>({
  op: 'cast',
  family: 'elementwise',
  cases: casts,
  run: ([x], { to }) => tf.cast(x as tf.Tensor, to),
  reference: ([x], { to }) => [pointwise([x as NdArray], (value) => castValue(value, to), to)],
  adjoint: ([x], _, [dy]) => [pointwiseGradient([x as NdArray], dy as NdArray, 0, () => 1)],
});

const logicalNot = entry<null>({
  op: 'logicalNot',
  family: 'elementwise',
  cases: fc.record({ shape: shape({ maxRank: 6 }), seed }).map(({ shape: sizes, seed: values }) => ({
    inputs: [{ shape: sizes, dtype: 'bool' }],
    attrs: null,
    seed: values,
  })),
  run: ([x]) => tf.logicalNot(x as tf.Tensor),
  reference: ([x]) => [pointwise([x as NdArray], (value) => 1 - value, 'bool')],
});

export const unaryEntriesWithSettings: readonly Entry[] = [cast, clipByValue, leakyRelu, logicalNot, step];
