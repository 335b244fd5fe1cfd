import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from './backends.ts';
import { table } from './entries/index.ts';
import { type Entry, entry, families } from './entry.ts';
import { exactly } from './expected.ts';
import type { NdArray } from './nd-array.ts';
import { runEntry, staleness } from './run.ts';
import { seed, shape } from './sizes.ts';

beforeAll(() => startBackend('cpu'));

/** `x + x`, as a call and a reference do it. */
function doubling(run: (x: tf.Tensor) => tf.Tensor, slope = 2): Entry {
  return entry<null>({
    op: 'doubling',
    family: 'elementwise',
    cases: fc.record({ shape: shape(), seed }).map((drawn) => ({
      inputs: [{ shape: drawn.shape }],
      attrs: null,
      seed: drawn.seed,
    })),
    run: ([x]) => run(x as tf.Tensor),
    reference: ([x]) => [
      exactly(
        (x as NdArray).shape,
        (x as NdArray).data.map((value) => 2 * value),
      ),
    ],
    adjoint: ([x], _, [dy]) => [
      exactly(
        (x as NdArray).shape,
        (dy as NdArray).data.map((value) => slope * value),
      ),
    ],
  });
}

it('accepts what is right, and makes the same calls for the same seed', () => {
  const sizes: number[] = [];
  const right = doubling((x) => {
    sizes.push(x.size);
    return tf.mul(x, 2);
  });
  expect(runEntry(right, 'cpu', { runs: 10, seed: 3 })).toEqual({ op: 'doubling', calls: 10, faulty: 0 });
  const first = sizes.splice(0);
  runEntry(right, 'cpu', { runs: 10, seed: 3 });
  expect(sizes).toEqual(first);
});

it('shrinks a failure to the smallest call and says what is wrong with it', () => {
  const wrong = doubling((x) => (x.size > 4 ? tf.mul(x, 3) : tf.mul(x, 2)));
  const { failure } = runEntry(wrong, 'cpu');
  expect(failure).toMatch(
    /^doubling \(value\): the result, shape \[5\]: element \[0\] is .*, expected .* ± 0\.00; 5 of 5 elements/,
  );
  expect(failure).toContain('inputs [{"shape":[5]}]');
  expect(failure).toContain('input 0: [');
});

it.each([
  ['a wrong gradient', doubling((x) => tf.mul(x, 2), 3), /\(gradient\): the gradient by input 0/],
  ['a wrong shape', doubling((x) => tf.expandDims(tf.mul(x, 2))), /has shape \[1\], expected \[\]/],
  ['a wrong dtype', doubling((x) => tf.cast(x, 'int32')), /is int32, expected float32/],
  [
    'a changed input',
    doubling((x) => {
      const result = tf.mul(x, 2);
      x.dataSync()[0] = 7;
      return result;
    }),
    /input 0 after the call/,
  ],
  ['a leak', doubling((x) => tf.mul(x, tf.keep(tf.scalar(2)))), /it leaves \d+ tensors/],
  [
    'an error',
    doubling(() => {
      throw new RangeError('too large');
    }),
    /it throws: too large/,
  ],
])('finds %s', (_, wrong, message) => {
  expect(runEntry(wrong, 'cpu').failure).toMatch(message);
});

it('notices when a known fault is gone, or when no call meets it', () => {
  const right = doubling((x) => tf.mul(x, 2));
  expect(staleness(right, { ops: ['doubling'], reason: 'gone' }, 'cpu')).toMatch(/"gone" is gone from \d+ calls/);
  expect(staleness(right, { ops: ['doubling'], reason: 'far', when: () => false }, 'cpu')).toMatch(/no call meets/);
  expect(
    staleness(
      doubling((x) => tf.neg(x)),
      { ops: ['doubling'], reason: 'there' },
      'cpu',
    ),
  ).toBeUndefined();
});

it('has every op once, and every family', () => {
  const names = table.map(({ op }) => op);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(table.map(({ family }) => family))).toEqual(new Set(families));
});
