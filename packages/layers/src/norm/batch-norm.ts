import {
  type BuildParameters,
  IncompatibleShapeError,
  NotImplementedError,
  required,
  ValueError,
} from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import {
  type BatchLayout,
  BatchNormalization,
  type BatchNormalizationOptions,
  batchNormalizationSettings,
} from './batch-normalization.ts';

/** Options of {@link BatchNorm}. */
export interface BatchNormOptions extends BatchNormalizationOptions {
  /** The dimensions over which the statistics are taken. Default: all but the last. */
  readonly axis?: Iterable<number> | null;
  /**
   * Whether to work as TensorFlow's fused kernel does, which is for inputs of rank 4: the moving variance is fed with the
   * unbiased variance of the batch, and `beta` and `gamma` exist in any case, not trainable where they are not asked for.
   * Default: false.
   */
  readonly fused?: boolean;
}

/**
 * Normalizes each channel by its mean and variance over the batch, and keeps moving averages of both for later.
 *
 * In training it normalizes by the statistics of the batch and updates the moving averages. Otherwise it normalizes by
 * the statistics of the batch, or by the moving averages with `testLocalStats: false`, which most often is what you want
 * once training is over: results then do not depend on the rest of the batch.
 *
 * Unlike Sonnet's, the averages are updated during the call unless `updateOpsCollection` names a collection.
 *
 * Variables: `moving_mean`, `moving_variance`, `beta` and `gamma`, of the shape of the inputs with 1 for each dimension in
 * `axis`: [1, …, 1, channels] by default. A bias right before this module has no effect, so leave it out there.
 *
 * Sonnet: `snt.BatchNorm`. Ioffe and Szegedy, "Batch Normalization" (2015).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchNorm } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const norm = new BatchNorm({ decayRate: 0.9 });
 * const batch = tf.tensor2d([[1], [3]]);
 * assert.deepEqual([...norm(batch, { isTraining: true }).dataSync()].map(Math.round), [-1, 1]);
 * assert.equal(norm.movingMean.dataSync()[0]?.toFixed(3), '0.200');
 * norm(batch, { isTraining: false, testLocalStats: false }); // by the moving averages
 * ```
 */
export class BatchNorm extends BatchNormalization {
  static override readonly moduleName: string = 'batch_norm';
  static override readonly buildParameters: BuildParameters = {
    inputBatch: required,
    isTraining: required,
    testLocalStats: true,
  };

  readonly #axis: readonly number[] | null;
  readonly #fused: boolean;

  /**
   * @param options See {@link BatchNormOptions}.
   * @throws KeyError when `initializers` has another key than `gamma`, `beta`, `moving_mean` and `moving_variance`, or
   *   `partitioners` or `regularizers` another one than `gamma` and `beta`.
   * @throws TypeError when one of their entries is not a function, or another option has the wrong type.
   * @throws ValueError when `axis` is empty, or holds something other than integers, or one of them twice.
   */
  constructor(options: BatchNormOptions = {}) {
    const axis = checkAxis(options.axis ?? null);
    const { fused = false } = options;
    const settings = batchNormalizationSettings('BatchNorm', options, { fused, testLocalStats: true });
    super(options.name ?? BatchNorm.moduleName, settings);
    this.#axis = axis;
    this.#fused = fused;
  }

  /**
   * The moving average of the mean.
   *
   * @throws NotConnectedError before the first connection.
   */
  get movingMean(): tf.Tensor {
    return this.ownVariable('moving_mean');
  }

  /**
   * The moving average of the variance.
   *
   * @throws NotConnectedError before the first connection.
   */
  get movingVariance(): tf.Tensor {
    return this.ownVariable('moving_variance');
  }

  /**
   * The offset.
   *
   * @throws NotConnectedError before the first connection.
   * @throws SonnetError when there is none.
   */
  get beta(): tf.Tensor {
    return this.ownParameter('beta');
  }

  /**
   * The scale.
   *
   * @throws NotConnectedError before the first connection.
   * @throws SonnetError when there is none.
   */
  get gamma(): tf.Tensor {
    return this.ownParameter('gamma');
  }

  /**
   * @throws IncompatibleShapeError when `axis` has a dimension that the inputs do not have, or a negative one.
   * @throws NotImplementedError when a fused normalization gets inputs of another rank than 4.
   * @throws ValueError when `axis` is none that a fused normalization can work on.
   */
  protected override layoutOf(shape: readonly number[]): BatchLayout {
    const axes = this.#axis ?? shape.slice(0, -1).map((_, i) => i);
    if (this.#axis !== null) this.#checkAxisFits(this.#axis, shape);
    if (this.#fused) this.#checkFused(axes, shape);
    const reduced = shape.map((size, i) => (axes.includes(i) ? 1 : size));
    return { axes, variableShape: reduced, broadcastShape: reduced };
  }

  #checkAxisFits(axis: readonly number[], shape: readonly number[]): void {
    const [axes, inputs] = [`[${axis.join(', ')}]`, `[${shape.join(', ')}]`];
    if (axis.length > shape.length) {
      throw new IncompatibleShapeError(
        `${String(this)}: axis ${axes} has more dimensions than the inputs ${inputs}: ${axis.length} > ${shape.length}.`,
      );
    }
    if (axis.some((index) => index >= shape.length)) {
      throw new IncompatibleShapeError(
        `${String(this)}: axis ${axes} has a dimension that is too large for inputs ${inputs} of rank ${shape.length}.`,
      );
    }
    if (axis.some((index) => index < 0)) {
      throw new IncompatibleShapeError(
        `${String(this)}: the dimensions in axis must not be negative, at least 0; got ${axes} for inputs ${inputs}.`,
      );
    }
  }

  #checkFused(axes: readonly number[], shape: readonly number[]): void {
    if (shape.length !== 4) {
      throw new NotImplementedError(
        `${String(this)}: a fused batch normalization takes only inputs of 4 dimensions; got ${shape.length} ` +
          `([${shape.join(', ')}]). Make it with { fused: false }, or use BatchNormV2.`,
      );
    }
    if (['0,1,2', '0,2,3'].includes(axes.join())) return;
    throw new ValueError(
      `${String(this)}: the axis of a fused batch normalization must be [0, 1, 2] (NHWC) or [0, 2, 3] (NCHW); ` +
        `got [${axes.join(', ')}].`,
    );
  }
}

function checkAxis(axis: Iterable<number> | null): readonly number[] | null {
  if (axis === null) return null;
  const axes = typeof axis === 'object' && typeof axis[Symbol.iterator] === 'function' ? [...axis] : [];
  if (axes.length > 0 && axes.every(Number.isSafeInteger) && new Set(axes).size === axes.length) return axes;
  throw new ValueError(`BatchNorm: axis must be an array of distinct integers, at least one; got ${String(axis)}.`);
}
