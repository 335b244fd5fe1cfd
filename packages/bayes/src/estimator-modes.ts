import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** How the value of a variable is taken from its posterior distribution; see {@link EstimatorModes}. */
export type EstimatorMode = 'sample' | 'mean' | 'last';

/** A mode; or, where it is to change, a function that gives it or a scalar string tensor, read at every connection. */
export type SamplingMode = EstimatorMode | tf.Tensor | (() => EstimatorMode | tf.Tensor);

/** The names of the modes of {@link EstimatorModes}. */
export interface EstimatorModeNames {
  /** A random value: what training needs. */
  readonly sample: 'sample';
  /** The mean of the distribution: what prediction with a single network uses. */
  readonly mean: 'mean';
  /** With the random numbers of the latest sample: the same network once more. */
  readonly lastSample: 'last';
}

/**
 * The ways in which the value of a variable is taken from its posterior distribution.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.EstimatorModes`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, EstimatorModes } from '@sonnetjs/bayes';
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * let mode: 'sample' | 'mean' | 'last' = EstimatorModes.sample;
 * const linear = new Linear(1, { customGetter: bayesByBackpropGetter({ samplingModeTensor: () => mode }) });
 * const predict = () => linear(tf.ones([1, 2])).dataSync()[0];
 * const sampled = predict();
 * mode = EstimatorModes.lastSample;
 * assert.equal(predict(), sampled);
 * mode = EstimatorModes.mean;
 * assert.notEqual(predict(), sampled);
 * ```
 */
export const EstimatorModes: EstimatorModeNames = Object.freeze({ sample: 'sample', mean: 'mean', lastSample: 'last' });

/**
 * The mode that holds now.
 *
 * @throws ValueError when there is no such mode.
 * @throws TypeError when the mode is a tensor that is no scalar string.
 */
export function readMode(samplingMode: SamplingMode, where: string): EstimatorMode {
  const given = typeof samplingMode === 'function' ? samplingMode() : samplingMode;
  const mode: unknown = given instanceof tf.Tensor ? readString(given, where) : given;
  const names: readonly unknown[] = Object.values(EstimatorModes);
  if (names.includes(mode)) return mode as EstimatorMode;
  throw new ValueError(
    `${where}: invalid posterior estimate mode: ${JSON.stringify(mode)}. Expected "sample", "mean" or "last"; see ` +
      'EstimatorModes.',
  );
}

function readString(tensor: tf.Tensor, where: string): unknown {
  if (tensor.dtype === 'string' && tensor.rank === 0) return (tensor.dataSync() as unknown as string[])[0];
  throw new TypeError(
    `${where}: samplingModeTensor must be a scalar string tensor; got ${tensor.dtype} [${tensor.shape.join(', ')}].`,
  );
}
