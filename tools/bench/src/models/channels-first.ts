import { convNetBatch, convNetSizes, convNetWeights } from './conv-net.ts';
import type { Weight } from './training-model.ts';

/**
 * The weights of the ConvNet for libraries that have channels before rows and columns: filters [out, in, 3, 3], and the
 * rows of the dense layer in the order in which such images are flattened.
 */
export function channelsFirstWeights(): Record<string, Weight> {
  const weights = convNetWeights();
  for (const name of ['w0', 'w1']) {
    const { shape, values } = weights[name] as Weight;
    const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
    weights[name] = {
      shape: [outputs, inputs, height, width],
      values: rearranged(
        values,
        [outputs, inputs, height, width],
        ([o, i, y, x]) => ((y * width + x) * inputs + i) * outputs + o,
      ),
    };
  }
  const { shape, values } = weights.dense as Weight;
  const [channels, side, classes] = [convNetSizes.channels[2], 7, convNetSizes.classes];
  weights.dense = {
    shape,
    values: rearranged(
      values,
      [channels, side, side, classes],
      ([c, y, x, k]) => ((y * side + x) * channels + c) * classes + k,
    ),
  };
  return weights;
}

/** The batch of the ConvNet: with one channel the order of the dimensions makes no difference. */
export const channelsFirstBatch: typeof convNetBatch = convNetBatch;

type Four = [number, number, number, number];

function rearranged(values: Float32Array, shape: Four, from: (index: Four) => number): Float32Array {
  const result = new Float32Array(values.length);
  let at = 0;
  for (let a = 0; a < shape[0]; a++)
    for (let b = 0; b < shape[1]; b++)
      for (let c = 0; c < shape[2]; c++)
        for (let d = 0; d < shape[3]; d++) result[at++] = values[from([a, b, c, d])] as number;
  return result;
}
