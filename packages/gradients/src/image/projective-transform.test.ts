import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex, type NdArray } from '../testing/nd-array.ts';

type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest';

/** A coordinate beyond the edges, brought back: [abcd] goes on as [dcba], as [abcd], or as its edge. */
function continued(coordinate: number, size: number, mode: FillMode): number {
  if (mode === 'constant') return coordinate;
  const clamp = (value: number): number => Math.min(Math.max(value, 0), size - 1);
  if (mode === 'nearest') return clamp(coordinate);
  if (mode === 'reflect') {
    const period = 2 * size;
    if (coordinate < 0) {
      const near = coordinate + period * Math.trunc(-coordinate / period);
      return clamp(near < -size ? near + period : -near - 1);
    }
    if (coordinate <= size - 1) return coordinate;
    const near = coordinate - period * Math.trunc(coordinate / period);
    return clamp(near >= size ? period - near - 1 : near);
  }
  if (coordinate < 0) return clamp(coordinate + size * (Math.trunc(-coordinate / (size - 1)) + 1));
  return coordinate > size - 1 ? clamp(coordinate - size * Math.trunc(coordinate / (size - 1))) : coordinate;
}

function transformed(
  image: NdArray,
  t: number[],
  isBilinear: boolean,
  mode: FillMode,
  [rows, columns]: [number, number],
): NdArray {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  return fromIndex([batch, rows, columns, channels], (...index) => {
    const [b, row, column, c] = index as [number, number, number, number];
    const [a0, a1, a2, b0, b1, b2, c0, c1] = t as [number, number, number, number, number, number, number, number];
    const depth = c0 * column + c1 * row + 1;
    const x = continued((a0 * column + a1 * row + a2) / depth, width, mode);
    const y = continued((b0 * column + b1 * row + b2) / depth, height, mode);
    const read = (py: number, px: number): number =>
      py >= 0 && py < height && px >= 0 && px < width ? at(image, b, py, px, c) : 0.5;
    if (!isBilinear) return read(Math.round(y), Math.round(x));
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [dy, dx] = [y - top, x - left];
    return (
      (1 - dy) * ((1 - dx) * read(top, left) + dx * read(top, left + 1)) +
      dy * ((1 - dx) * read(top + 1, left) + dx * read(top + 1, left + 1))
    );
  });
}

const transforms: readonly (readonly [string, number[]])[] = [
  ['shift', [1, 0, 1.31, 0, 1, -0.63, 0, 0]],
  ['turn', [0.83, -0.61, 1.12, 0.63, 0.79, -0.71, 0, 0]],
  ['shrink', [2.13, 0.11, -2.31, -0.21, 1.92, -1.64, 0, 0]],
  ['perspective', [1.1, 0.2, -0.4, 0.1, 0.9, 0.3, 0.05, 0.02]],
];

onEachBackend((backendName) => {
  // The kernel of wasm reflects coordinates before the first pixel to the wrong side.
  const fillModes: readonly FillMode[] =
    backendName === 'cpu' ? ['constant', 'reflect', 'wrap', 'nearest'] : ['constant', 'wrap', 'nearest'];

  it.each(
    transforms.flatMap(([name, values]) =>
      fillModes.flatMap((mode) =>
        (['nearest', 'bilinear'] as const).map((interpolation) => ({ name, values, mode, interpolation })),
      ),
    ),
  )('the gradient of a $name is right, $interpolation, fill mode $mode', ({ values, mode, interpolation }) => {
    expectRightGradient({
      // The kernel of cpu computes the first image of a batch only.
      op: (image: tf.Tensor4D) => tf.image.transform(image, tf.tensor2d([values]), interpolation, mode, 0.5, [3, 5]),
      reference: (image) => transformed(image, values, interpolation === 'bilinear', mode, [3, 5]),
      inputs: [[1, 4, 3, 2]],
    });
  });

  it('there is no gradient by the transforms', () => {
    const transform = (t: tf.Tensor): tf.Tensor => tf.image.transform(tf.ones([1, 2, 2, 1]), t as tf.Tensor2D);
    expect(() => tf.grad(transform)(tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]]))).toThrow('no gradient by its transforms');
  });
});
