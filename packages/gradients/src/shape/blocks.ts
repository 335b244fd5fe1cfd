import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { reshape } from '../kernel-calls.ts';
import { permuted } from '../layout.ts';

/** Gathers square blocks of pixels into channels: the inverse of depthToSpace. `x: [batch, height, width, channels]`. */
function spaceToDepth(x: tf.Tensor, block: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [height / block, width / block];
  const split = reshape(x, [batch * rows, block, columns, block * channels]);
  return reshape(permuted(split, [0, 2, 1, 3]), [batch, rows, columns, block * block * channels]);
}

function depthToSpaceGradient(dy: tf.Tensor, { blockSize, dataFormat }: tf.DepthToSpaceAttrs): tf.Tensor {
  if (dataFormat === 'NHWC') return spaceToDepth(dy, blockSize);
  return permuted(spaceToDepth(permuted(dy, [0, 2, 3, 1]), blockSize), [0, 3, 1, 2]);
}

/** Blocks of positions moved to and from the batch or the channels. */
export const blocks: readonly tf.GradConfig[] = [
  fromInputs(tf.BatchToSpaceND, [], (dy, _, { blockShape, crops }: tf.BatchToSpaceNDAttrs) => ({
    x: () => tf.spaceToBatchND(dy, blockShape, crops),
  })),
  fromInputs(tf.SpaceToBatchND, [], (dy, _, { blockShape, paddings }: tf.SpaceToBatchNDAttrs) => ({
    x: () => tf.batchToSpaceND(dy, blockShape, paddings),
  })),
  fromInputs(tf.DepthToSpace, [], (dy, _, attrs: tf.DepthToSpaceAttrs) => ({
    x: () => depthToSpaceGradient(dy, attrs),
  })),
];
