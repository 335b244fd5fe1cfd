import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A batch size that may be given as a scalar tensor, which is then read back.
 *
 * @throws ValueError when it is not an integer of at least 0.
 */
export function readBatchSize(batchSize: number | tf.Tensor, where: string): number {
  const isScalar = batchSize instanceof tf.Tensor && batchSize.size === 1;
  const size: unknown = isScalar ? batchSize.dataSync()[0] : batchSize;
  if (Number.isSafeInteger(size) && Number(size) >= 0) return Number(size);
  const found = size instanceof tf.Tensor ? `a tensor of shape [${size.shape.join(', ')}]` : String(size);
  throw new ValueError(`${where}: the batch size must be an integer of at least 0, or a scalar tensor; got ${found}.`);
}
