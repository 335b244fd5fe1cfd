import { IncompatibleShapeError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { shown } from './shown.ts';

/** A mask: numbers that are multiplied with the weights. */
export interface Mask {
  readonly shape: readonly number[];
  /** Makes a tensor of the mask. */
  readonly make: () => tf.Tensor;
}

/**
 * Reads the option `mask`.
 *
 * @param mask A float32 tensor, or an array of numbers: nested, or a Float32Array.
 * @returns Null without a mask.
 * @throws TypeError when it is something else.
 */
export function checkedMask(mask: unknown, where: string): Mask | null {
  if (mask === undefined || mask === null) return null;
  if (mask instanceof tf.Tensor) {
    if (mask.dtype === 'float32') return { shape: mask.shape, make: () => tf.clone(mask) };
    throw new TypeError(
      `${where}: the mask must be float32; got a tensor of ${mask.dtype} [${mask.shape.join(', ')}].`,
    );
  }
  const numbers = mask instanceof Float32Array ? [...mask] : mask;
  const shape = shapeOf(numbers);
  if (shape === null || shape.length === 0) {
    throw new TypeError(
      `${where}: the mask must be a float32 tensor or a (nested) array of numbers, as long in each dimension; got ` +
        `${shown(mask)}.`,
    );
  }
  const flat = (numbers as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
  return { shape, make: () => tf.tensor(flat, [...shape], 'float32') };
}

/** The shape of nested arrays of numbers; null when they are not regular or hold something else. */
function shapeOf(value: unknown): number[] | null {
  if (typeof value === 'number') return [];
  if (!Array.isArray(value) || value.length === 0) return null;
  const shapes = value.map(shapeOf);
  const first = shapes[0] ?? null;
  const regular = first !== null && shapes.every((shape) => shape !== null && shape.join() === first.join());
  return regular ? [value.length, ...first] : null;
}

/**
 * Checks that a mask has the leading sizes of the weights.
 *
 * @throws IncompatibleShapeError when it has not.
 */
export function checkMaskFits(mask: Mask, weightShape: readonly number[], where: object): void {
  if (mask.shape.length > weightShape.length) {
    throw new IncompatibleShapeError(
      `${where}: the mask may have at most ${weightShape.length} dimensions, as the weights have; got ` +
        `${mask.shape.length} (mask ${shown(mask.shape)}, weights ${shown(weightShape)}).`,
    );
  }
  if (mask.shape.every((size, axis) => size === weightShape[axis])) return;
  throw new IncompatibleShapeError(
    `${where}: the mask must have the shape of the weights, or their leading dimensions; got ${shown(mask.shape)} for ` +
      `weights of ${shown(weightShape)}.`,
  );
}
