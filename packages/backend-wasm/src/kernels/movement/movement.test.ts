import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

/** A tensor whose elements are their own positions. */
function counting(shape: number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (dtype === 'bool' ? (i % 3 === 0 ? 1 : 0) : i)),
    shape,
    dtype,
  );
}

/** The same element of a tensor, by its position in plain nested arrays. */
function elementAt(nested: unknown, position: readonly number[]): unknown {
  return position.reduce<unknown>((value, index) => (value as unknown[])[index], nested);
}

function positionsOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((position) => Array.from({ length }, (_, i) => [...position, i])),
    [[]],
  );
}

const shapes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 17), { minLength: 1, maxLength: 5 });
const dtypes = fc.constantFrom('float32', 'int32', 'bool');

describe('kernels that move elements', () => {
  it('transpose by any permutation', () => {
    const cases = shapes.chain((shape) =>
      fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }), dtypes),
    );
    fc.assert(
      fc.property(cases, ([shape, permutation, dtype]) => {
        tf.tidy(() => {
          const x = counting(shape, dtype);
          const [from, to] = [x.arraySync(), tf.transpose(x, permutation)];
          const nested = to.arraySync();
          for (const position of positionsOf(to.shape)) {
            const source = permutation.reduce<number[]>(
              (p, axis, i) => p.with(axis, position[i] ?? 0),
              shape.map(() => 0),
            );
            expect(elementAt(nested, position)).toBe(elementAt(from, source));
          }
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('reverse any axes', () => {
    const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()]), dtypes));
    fc.assert(
      fc.property(cases, ([shape, axes, dtype]) => {
        tf.tidy(() => {
          const x = counting(shape, dtype);
          const [from, to] = [x.arraySync(), tf.reverse(x, axes).arraySync()];
          for (const position of positionsOf(shape)) {
            const source = position.map((i, axis) => (axes.includes(axis) ? (shape[axis] ?? 0) - 1 - i : i));
            expect(elementAt(to, position)).toBe(elementAt(from, source));
          }
        });
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('take slices and put them together again', () => {
    const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.nat(shape.length - 1), dtypes));
    fc.assert(
      fc.property(cases, ([shape, axis, dtype]) => {
        tf.tidy(() => {
          const x = counting(shape, dtype);
          const length = shape[axis] ?? 1;
          const pieces = tf.split(x, length > 1 ? [1, length - 1] : 1, axis);
          expect(tf.concat(pieces, axis).arraySync()).toEqual(x.arraySync());
          expect(tf.stack(tf.unstack(x, axis), axis).arraySync()).toEqual(x.arraySync());
        });
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('repeat along every axis', () => {
    const x = counting([2, 1, 3]);
    expect(tf.tile(x, [1, 2, 2]).arraySync()).toEqual([
      [
        [0, 1, 2, 0, 1, 2],
        [0, 1, 2, 0, 1, 2],
      ],
      [
        [3, 4, 5, 3, 4, 5],
        [3, 4, 5, 3, 4, 5],
      ],
    ]);
    expect(tf.tile(counting([1]), [9]).arraySync()).toEqual(new Array(9).fill(0));
  });

  it('take every other element, backwards too', () => {
    const x = counting([5, 6]);
    expect(tf.stridedSlice(x, [4, 0], [0, 6], [-2, 3]).arraySync()).toEqual([
      [24, 27],
      [12, 15],
    ]);
    expect(tf.stridedSlice(x, [1, 0], [2, 6], [1, 1], 0, 0, 0, 0, 1).shape).toEqual([6]);
  });

  it('share the data of a tensor that is concatenated with nothing', () => {
    const [x, nothing] = [counting([2, 3]), tf.zeros([0, 3])];
    const joined = tf.concat([x, nothing], 0);
    x.dispose();
    expect(joined.arraySync()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const before = tf.memory().numDataBuffers;
    joined.dispose();
    expect(tf.memory().numDataBuffers).toBe(before - 1);
  });

  it('share the data of clones, which live on when the tensor is gone', () => {
    const before = tf.memory().numDataBuffers;
    const x = counting([5]);
    const copies = [tf.clone(x), tf.cast(x, 'float32'), tf.tidy(() => tf.clone(tf.clone(x)))];
    expect(tf.memory().numDataBuffers).toBe(before + 1);
    x.dispose();
    for (const copy of copies) {
      expect([...copy.dataSync()]).toEqual([0, 1, 2, 3, 4]);
      copy.dispose();
    }
    expect(tf.memory().numDataBuffers).toBe(before);
  });

  it('do not change a clone of a variable that is assigned to', () => {
    const variable = tf.variable(tf.zeros([3]));
    const before = tf.clone(variable);
    variable.assign(tf.ones([3]));
    expect([...before.dataSync(), ...variable.dataSync()]).toEqual([0, 0, 0, 1, 1, 1]);
    tf.dispose([before, variable]);
  });
});
