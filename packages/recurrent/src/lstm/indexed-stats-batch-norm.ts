import { AbstractModule, type BuildParameters, required } from '@sonnetjs/core';
import { BatchNorm } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

/** Options of a call of an {@link IndexedStatsBatchNorm}. */
export interface IndexedStatsCallOptions {
  /** Whether this is training. */
  readonly isTraining: boolean | tf.Tensor;
  /** Whether to normalize by the statistics of the batch also when it is not. */
  readonly testLocalStats: boolean | tf.Tensor;
}

/**
 * Batch normalizations with statistics of their own for each of the first steps of a sequence, and the same for all later
 * ones. The step is a tensor, so that nothing has to be read back.
 */
export class IndexedStatsBatchNorm extends AbstractModule<
  [inputs: tf.Tensor, index: tf.Tensor | null, options: IndexedStatsCallOptions],
  tf.Tensor
> {
  static override readonly moduleName: string = 'indexed_stats_bn';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    index: required,
    isTraining: required,
  };

  readonly #maxUniqueStats: number;
  readonly #updateOpsCollection: string | null;
  #norms: readonly BatchNorm[] | null = null;

  constructor(maxUniqueStats: number, name: string, updateOpsCollection: string | null) {
    super({ name });
    this.#maxUniqueStats = maxUniqueStats;
    this.#updateOpsCollection = updateOpsCollection;
  }

  /** @param index The step: an int32 scalar; null where all steps have the same statistics. */
  protected override build(inputs: tf.Tensor, index: tf.Tensor | null, options: IndexedStatsCallOptions): tf.Tensor {
    const updateOpsCollection = this.#updateOpsCollection;
    const norms =
      (this.isConnected ? this.#norms : null) ??
      Array.from(
        { length: this.#maxUniqueStats },
        () => new BatchNorm({ offset: false, scale: false, updateOpsCollection }),
      );
    this.#norms = norms;
    const [first] = norms as [BatchNorm, ...BatchNorm[]];
    if (index === null || norms.length === 1) return first(inputs, options);
    const last = norms.length - 1;
    const results = norms.map((norm, i) => {
      const isStep = i === last ? tf.greaterEqual(index, i) : tf.equal(index, i);
      return { isStep, output: norm(inputs, { ...options, isTraining: and(options.isTraining, isStep) }) };
    });
    return results
      .map(({ output }) => output)
      .reduceRight((later, output, i) => tf.where(results[i]?.isStep as tf.Tensor, output, later));
  }
}

function and(flag: boolean | tf.Tensor, condition: tf.Tensor): boolean | tf.Tensor {
  if (flag === false) return false;
  return flag === true ? condition : tf.logicalAnd(flag, condition);
}
