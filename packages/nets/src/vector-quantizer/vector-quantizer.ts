import {
  AbstractModule,
  type BuildParameters,
  booleanArgument,
  type GetVariableOptions,
  getVariable,
  initializers,
  type ModuleOptions,
  required,
  stopGradient,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import {
  assign,
  checkFinite,
  checkInputs,
  lookUp,
  meanSquaredDifference,
  perplexityOf,
  type VectorQuantizerCallOptions,
  type VectorQuantizerOutput,
} from './quantization.ts';

/** Options of {@link VectorQuantizer}. */
export type VectorQuantizerOptions = Pick<ModuleOptions, 'name'>;

/**
 * Replaces every vector by the nearest one of a codebook, as in a VQ-VAE; the codebook learns by a term of the loss.
 *
 * Inputs may have any shape whose last dimension is `embeddingDim`: all other dimensions count as one large batch. The
 * quantized vectors pass their gradient on to the inputs as it is.
 *
 * Variable: `embedding` of shape [embeddingDim, numEmbeddings], made by the constructor.
 *
 * Sonnet: `snt.nets.VectorQuantizer`. Van den Oord et al., "Neural Discrete Representation Learning" (2017).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { VectorQuantizer } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const quantizer = new VectorQuantizer(8, 16, 0.25);
 * const encoded = tf.randomNormal([2, 7, 7, 8], 0, 1, 'float32', 1);
 * const { quantize, loss, encodingIndices } = quantizer(encoded, { isTraining: true });
 * assert.deepEqual(quantize.shape, [2, 7, 7, 8]);
 * assert.deepEqual(encodingIndices.shape, [2, 7, 7]);
 * assert.deepEqual(quantizer.quantize(encodingIndices).shape, quantize.shape);
 * assert(Number(loss.dataSync()[0]) > 0);
 * ```
 */
export class VectorQuantizer extends AbstractModule<
  [inputs: tf.Tensor, options: VectorQuantizerCallOptions],
  VectorQuantizerOutput
> {
  static override readonly moduleName: string = 'vq_layer';
  static override readonly buildParameters: BuildParameters = { inputs: required, isTraining: required };

  readonly #embeddingDim: number;
  readonly #commitmentCost: number;
  readonly #request: GetVariableOptions;
  readonly #embedding: tf.Tensor;

  /**
   * @param embeddingDim The size of the vectors.
   * @param numEmbeddings The number of vectors in the codebook.
   * @param commitmentCost The weight of the loss that keeps inputs near their embeddings (β in the paper).
   * @param options `name`.
   * @throws ValueError when a size is not a positive integer, or the cost is not a finite number.
   */
  constructor(
    embeddingDim: number,
    numEmbeddings: number,
    commitmentCost: number,
    options: VectorQuantizerOptions = {},
  ) {
    checkSizes('VectorQuantizer', { embeddingDim, numEmbeddings });
    checkFinite('VectorQuantizer', { commitmentCost });
    super({ name: options.name ?? VectorQuantizer.moduleName });
    const limit = Math.sqrt(3 / embeddingDim);
    this.#embeddingDim = embeddingDim;
    this.#commitmentCost = commitmentCost;
    this.#request = {
      shape: [embeddingDim, numEmbeddings],
      initializer: initializers.randomUniform({ minval: -limit, maxval: limit }),
      reuse: 'auto',
    };
    this.#embedding = this.enterVariableScope(() => getVariable('embedding', this.#request));
  }

  /**
   * @param inputs float32 [..., embeddingDim].
   * @param options `isTraining`, which is required, and changes nothing here.
   * @throws TypeError when `isTraining` is missing.
   * @throws ValueError when the last dimension of the inputs is not `embeddingDim`, or they are not float32.
   */
  protected override build(inputs: tf.Tensor, options: VectorQuantizerCallOptions): VectorQuantizerOutput {
    booleanArgument(options?.isTraining, `${String(this)}: isTraining`);
    checkInputs(inputs, this.#embeddingDim, String(this));
    const embeddings = getVariable('embedding', this.#request);
    const { indices, encodings } = assign(inputs, embeddings);
    const encodingIndices = tf.reshape(indices, inputs.shape.slice(0, -1));
    const quantized = lookUp(embeddings, encodingIndices);
    const commitmentLoss = meanSquaredDifference(stopGradient(quantized), inputs);
    const embeddingLoss = meanSquaredDifference(quantized, stopGradient(inputs));
    return {
      quantize: tf.add(inputs, stopGradient(tf.sub(quantized, inputs))),
      loss: tf.add(embeddingLoss, tf.mul(commitmentLoss, this.#commitmentCost)),
      perplexity: perplexityOf(encodings),
      encodings,
      encodingIndices,
    };
  }

  /** The codebook: [embeddingDim, numEmbeddings]. It exists from the construction on. */
  get embeddings(): tf.Tensor {
    return this.isConnected ? this.ownVariable('embedding') : this.#embedding;
  }

  /**
   * The vectors of the codebook that have some indices.
   *
   * @param encodingIndices int32 of any shape, with values from 0 to numEmbeddings - 1.
   * @returns float32 [...encodingIndices.shape, embeddingDim].
   */
  quantize(encodingIndices: tf.Tensor): tf.Tensor {
    return tf.tidy(() => lookUp(this.embeddings, encodingIndices));
  }
}
