import { type BuildParameters, IncompatibleShapeError, required, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  type BatchLayout,
  BatchNormalization,
  type BatchNormalizationOptions,
  type BatchNormCallOptions,
  batchNormalizationSettings,
} from './batch-normalization.ts';

/** The data formats of {@link BatchNormV2}: the meaning of each dimension of the inputs. */
export type BatchNormDataFormat = 'NC' | 'NWC' | 'NCW' | 'NHWC' | 'NCHW' | 'NDHWC' | 'NCDHW';

/** Options of {@link BatchNormV2}. */
export interface BatchNormV2Options extends BatchNormalizationOptions {
  /** The data format. The default has the channels last, for the rank that the inputs have at the first connection. */
  readonly dataFormat?: BatchNormDataFormat | null;
  /**
   * Whether to work as TensorFlow's fused kernel does: the moving variance is fed with the unbiased variance of the
   * batch, and `beta` and `gamma` exist in any case, not trainable where they are not asked for. Default: true.
   */
  readonly fused?: boolean;
}

const DATA_FORMATS: readonly string[] = ['NC', 'NWC', 'NCW', 'NHWC', 'NCHW', 'NDHWC', 'NCDHW'];

/** The format for inputs of a rank whose channels are last. */
const CHANNELS_LAST: Readonly<Record<number, string>> = { 2: 'NC', 3: 'NWC', 4: 'NHWC', 5: 'NDHWC' };

/**
 * Normalizes each channel by its mean and variance over the batch, and keeps moving averages of both for later.
 *
 * In training it normalizes by the statistics of the batch and updates the moving averages. Otherwise it normalizes by
 * the moving averages, or by the statistics of the batch with `testLocalStats: true`.
 *
 * It differs from {@link BatchNorm} in its defaults, in taking a data format in place of axes, and in the shape of its
 * variables.
 *
 * Variables: `moving_mean`, `moving_variance`, `beta` and `gamma`, of shape [channels]. A bias right before this module has
 * no effect, so leave it out there.
 *
 * Sonnet: `snt.BatchNormV2`. Ioffe and Szegedy, "Batch Normalization" (2015).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchNormV2 } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const norm = new BatchNormV2({ dataFormat: 'NCHW', scale: true });
 * norm(tf.ones([8, 3, 28, 28]), { isTraining: true });
 * const outputs = norm(tf.ones([1, 3, 32, 32]), { isTraining: false });
 * assert.deepEqual(outputs.shape, [1, 3, 32, 32]);
 * assert.deepEqual(norm.variables.map((variable) => variable.shape), [[3], [3], [3], [3]]);
 * ```
 */
export class BatchNormV2 extends BatchNormalization {
  static override readonly moduleName: string = 'batch_norm';
  static override readonly buildParameters: BuildParameters = {
    inputBatch: required,
    isTraining: required,
    testLocalStats: false,
  };

  readonly #givenFormat: string | null;
  #dataFormat: string | null = null;

  /**
   * @param options See {@link BatchNormV2Options}.
   * @throws ValueError when `dataFormat` is not one of those that exist.
   * @throws KeyError when `initializers` has another key than `gamma`, `beta`, `moving_mean` and `moving_variance`, or
   *   `partitioners` or `regularizers` another one than `gamma` and `beta`.
   * @throws TypeError when one of their entries is not a function, or another option has the wrong type.
   */
  constructor(options: BatchNormV2Options = {}) {
    const { dataFormat = null, fused = true } = options;
    if (dataFormat !== null && !DATA_FORMATS.includes(dataFormat)) {
      throw new ValueError(
        `BatchNormV2: invalid dataFormat '${String(dataFormat)}': it must be one of ${DATA_FORMATS.join(', ')}.`,
      );
    }
    const settings = batchNormalizationSettings('BatchNormV2', options, { fused, testLocalStats: false });
    super(options.name ?? BatchNormV2.moduleName, settings);
    this.#givenFormat = dataFormat;
  }

  /**
   * The moving average of the mean, in a shape that can be broadcast to the inputs: a new tensor at every call.
   *
   * @throws NotConnectedError before the first connection.
   */
  get movingMean(): tf.Tensor {
    return this.#spread(this.ownVariable('moving_mean'));
  }

  /**
   * The moving average of the variance, in a shape that can be broadcast to the inputs: a new tensor at every call.
   *
   * @throws NotConnectedError before the first connection.
   */
  get movingVariance(): tf.Tensor {
    return this.#spread(this.ownVariable('moving_variance'));
  }

  /**
   * The offset, in a shape that can be broadcast to the inputs: a new tensor at every call.
   *
   * @throws NotConnectedError before the first connection.
   * @throws SonnetError when there is none.
   */
  get beta(): tf.Tensor {
    return this.#spread(this.ownParameter('beta'));
  }

  /**
   * The scale, in a shape that can be broadcast to the inputs: a new tensor at every call.
   *
   * @throws NotConnectedError before the first connection.
   * @throws SonnetError when there is none.
   */
  get gamma(): tf.Tensor {
    return this.#spread(this.ownParameter('gamma'));
  }

  protected override build(inputBatch: tf.Tensor, options: BatchNormCallOptions): tf.Tensor {
    const outputs = super.build(inputBatch, options);
    this.#dataFormat = this.#formatFor(inputBatch.shape);
    return outputs;
  }

  /** @throws IncompatibleShapeError when the inputs do not have the rank of the data format. */
  protected override layoutOf(shape: readonly number[]): BatchLayout {
    const format = this.#formatFor(shape);
    if (format.length !== shape.length) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs of the data format ${format} must have ${format.length} dimensions; ` +
          `got [${shape.join(', ')}].`,
      );
    }
    const channels = shape[format.indexOf('C')] as number;
    return {
      axes: [...format].flatMap((letter, i) => (letter === 'C' ? [] : [i])),
      variableShape: [channels],
      broadcastShape: [...format].map((letter) => (letter === 'C' ? channels : 1)),
    };
  }

  #formatFor(shape: readonly number[]): string {
    const known = this.isConnected ? this.#dataFormat : null;
    const format = this.#givenFormat ?? known ?? CHANNELS_LAST[shape.length];
    if (format !== undefined) return format;
    throw new IncompatibleShapeError(
      `${String(this)}: the inputs have too many or too few dimensions: [${shape.join(', ')}]. It takes 2 to 5.`,
    );
  }

  #spread(variable: tf.Tensor): tf.Tensor {
    const format = this.#givenFormat ?? this.#dataFormat ?? 'C';
    return tf.reshape(
      variable,
      [...format].map((letter) => (letter === 'C' ? variable.size : 1)),
    );
  }
}
