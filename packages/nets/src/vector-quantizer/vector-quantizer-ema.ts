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
  updateVariable,
  ValueError,
  variableScope,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import {
  type Assignment,
  assign,
  checkFinite,
  checkInputs,
  lookUp,
  meanSquaredDifference,
  perplexityOf,
  type VectorQuantizerCallOptions,
  type VectorQuantizerOutput,
} from './quantization.ts';

/** Options of {@link VectorQuantizerEMA}. */
export interface VectorQuantizerEMAOptions extends Pick<ModuleOptions, 'name'> {
  /** Added to the number of vectors of each embedding, so that unused ones do not divide by zero. Default: 1e-5. */
  readonly epsilon?: number;
}

/** The variables that the constructor makes, by their names in the module. */
interface StateVariables {
  readonly embedding: tf.Tensor;
  readonly ema_cluster_size: tf.Tensor;
  readonly ema_dw: tf.Tensor;
}

/**
 * Replaces every vector by the nearest one of a codebook, as in a VQ-VAE; the codebook follows moving averages of the
 * vectors that it is used for.
 *
 * Unlike {@link VectorQuantizer} it needs no optimizer for the codebook, and mostly trains faster. A training call
 * changes the codebook at once, for the next call.
 *
 * Variables: `embedding` and its average `ema_dw` of shape [embeddingDim, numEmbeddings] and `ema_cluster_size` of shape
 * [numEmbeddings], made by the constructor; the first training call adds what it takes to undo the bias of the averages
 * towards zero. The first three are trainable, as in Sonnet, but no gradient leads to them.
 *
 * Sonnet: `snt.nets.VectorQuantizerEMA`. Van den Oord et al., "Neural Discrete Representation Learning" (2017).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { VectorQuantizerEMA } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const quantizer = new VectorQuantizerEMA(2, 4, 0.25, 0.9);
 * const data = tf.tensor2d([[1, 1], [1, 1.2], [-1, -1], [-1.2, -1]]);
 * const lossOf = () => Number(quantizer(data, { isTraining: true }).loss.dataSync()[0]);
 * const before = lossOf();
 * for (let step = 0; step < 20; step++) lossOf();
 * assert(lossOf() < before);
 * ```
 */
export class VectorQuantizerEMA extends AbstractModule<
  [inputs: tf.Tensor, options: VectorQuantizerCallOptions],
  VectorQuantizerOutput
> {
  static override readonly moduleName: string = 'VectorQuantizerEMA';
  static override readonly buildParameters: BuildParameters = { inputs: required, isTraining: required };

  readonly #embeddingDim: number;
  readonly #commitmentCost: number;
  readonly #decay: number;
  readonly #epsilon: number;
  readonly #requests: Readonly<Record<keyof StateVariables, GetVariableOptions>>;
  readonly #embedding: tf.Tensor;

  /**
   * @param embeddingDim The size of the vectors.
   * @param numEmbeddings The number of vectors in the codebook.
   * @param commitmentCost The weight of the loss that keeps inputs near their embeddings (β in the paper).
   * @param decay How much of the averages each training call keeps: at least 0, below 1.
   * @param options See {@link VectorQuantizerEMAOptions}.
   * @throws ValueError when a size is not a positive integer, another number is not finite, or `decay` not in its range.
   */
  constructor(
    embeddingDim: number,
    numEmbeddings: number,
    commitmentCost: number,
    decay: number,
    options: VectorQuantizerEMAOptions = {},
  ) {
    const { epsilon = 1e-5 } = options;
    checkSizes('VectorQuantizerEMA', { embeddingDim, numEmbeddings });
    checkFinite('VectorQuantizerEMA', { commitmentCost, decay, epsilon });
    if (decay < 0 || decay >= 1) {
      throw new ValueError(`VectorQuantizerEMA: decay must be at least 0 and below 1; got ${decay}.`);
    }
    super({ name: options.name ?? VectorQuantizerEMA.moduleName });
    this.#embeddingDim = embeddingDim;
    this.#commitmentCost = commitmentCost;
    this.#decay = decay;
    this.#epsilon = epsilon;
    this.#requests = requestsFor(embeddingDim, numEmbeddings);
    this.#embedding = this.enterVariableScope(() => this.#stateVariables().embedding);
  }

  /**
   * @param inputs float32 [..., embeddingDim].
   * @param options `isTraining`, which is required: whether the averages and the codebook change. A tensor is read back
   *   at run time, so that the call cannot be compiled.
   * @throws TypeError when `isTraining` is missing; in training when a partitioner or a custom getter stands before the
   *   variables.
   * @throws ValueError when the last dimension of the inputs is not `embeddingDim`, or they are not float32.
   */
  protected override build(inputs: tf.Tensor, options: VectorQuantizerCallOptions): VectorQuantizerOutput {
    const isTraining = booleanArgument(options?.isTraining, `${String(this)}: isTraining`);
    checkInputs(inputs, this.#embeddingDim, String(this));
    const variables = this.#stateVariables();
    const assignment = assign(inputs, variables.embedding);
    const { indices, encodings } = assignment;
    const encodingIndices = tf.reshape(indices, inputs.shape.slice(0, -1));
    const quantized = stopGradient(lookUp(variables.embedding, encodingIndices));
    if (isTraining) this.#update(variables, assignment);
    return {
      quantize: tf.add(inputs, stopGradient(tf.sub(quantized, inputs))),
      loss: tf.mul(meanSquaredDifference(quantized, inputs), this.#commitmentCost),
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

  #stateVariables(): StateVariables {
    const embedding = getVariable('embedding', this.#requests.embedding);
    return {
      embedding,
      ema_cluster_size: getVariable('ema_cluster_size', this.#requests.ema_cluster_size),
      // The average begins as a copy of the codebook, not as the same data under two names.
      ema_dw: getVariable('ema_dw', { ...this.#requests.ema_dw, initializer: () => tf.add(embedding, 0) }),
    };
  }

  /** Moves the averages, and sets every embedding to the mean of the vectors that it was used for. */
  #update({ embedding, ema_cluster_size, ema_dw }: StateVariables, { vectors, encodings }: Assignment): void {
    this.#moveAverage('ema_cluster_size', ema_cluster_size, [encodings], (rows) => tf.sum(rows, 0));
    this.#moveAverage('ema_dw', ema_dw, [vectors, encodings], (rows, columns) => tf.matMul(rows, columns, true));
    const epsilon = this.#epsilon;
    updateVariable(embedding, [ema_cluster_size, ema_dw], (_, sizes, sums) => {
      const total = tf.sum(sizes);
      const smoothed = tf.div(tf.add(sizes, epsilon), tf.add(total, sizes.size * epsilon));
      return tf.div(sums, tf.reshape(tf.mul(smoothed, total), [1, -1]));
    });
  }

  /**
   * Moves an average towards a value. It is kept twice: as it is, biased towards the zeros of its beginning, and in the
   * given variable without that bias.
   */
  #moveAverage(
    name: keyof StateVariables,
    average: tf.Tensor,
    operands: tf.Tensor[],
    target: (...operands: tf.Tensor[]) => tf.Tensor,
  ): void {
    const decay = this.#decay;
    // TensorFlow repeats the full name of the variable here.
    const [biased, steps] = variableScope(`${this.scopeName}/${name}`, () => [
      getVariable('biased', { ...ZEROS, shape: average.shape }),
      getVariable('local_step', { ...ZEROS, shape: [] }),
    ]);
    updateVariable(biased as tf.Tensor, operands, (current, ...given) =>
      tf.sub(current, tf.mul(tf.sub(current, target(...given)), 1 - decay)),
    );
    updateVariable(steps as tf.Tensor, [], (current) => tf.add(current, 1));
    updateVariable(average, [biased as tf.Tensor, steps as tf.Tensor], (_, total, count) =>
      tf.div(total, tf.sub(1, tf.pow(decay, count))),
    );
  }
}

/** A first connection may be without training: what only training needs may still be made later. */
const ZEROS: GetVariableOptions = { initializer: initializers.zeros(), trainable: false, reuse: 'auto' };

function requestsFor(
  embeddingDim: number,
  numEmbeddings: number,
): Readonly<Record<keyof StateVariables, GetVariableOptions>> {
  const shape = [embeddingDim, numEmbeddings];
  return {
    embedding: { shape, initializer: initializers.randomNormal(), reuse: 'auto' },
    ema_cluster_size: { shape: [numEmbeddings], initializer: initializers.zeros(), reuse: 'auto' },
    ema_dw: { shape, reuse: 'auto' },
  };
}
