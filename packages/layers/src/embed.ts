import {
  AbstractModule,
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  getVariable,
  type Initializer,
  initializers,
  type ModuleOptions,
  type Partitioner,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link Embed}. One of `vocabSize` and `existingVocab` is needed. */
export interface EmbedOptions extends ModuleOptions {
  /** The number of different ids. */
  readonly vocabSize?: number | null;
  /** The size of an embedding. Default: `6 * vocabSize ** (1 / 4)`, rounded. */
  readonly embedDim?: number | null;
  /**
   * The embeddings to begin with: [vocabSize, embedDim], cast to float32. A tensor must not be disposed before the first
   * connection, which copies it.
   */
  readonly existingVocab?: tf.Tensor | readonly (readonly number[])[] | null;
  /** Has no effect: all gradients are dense. Default: false. */
  readonly densifyGradients?: boolean;
  /** The initializer for `embeddings`. Default: a normal distribution of standard deviation 1. */
  readonly initializers?: { readonly embeddings?: Initializer } | null;
  /** The partitioner for `embeddings`. Default: none. */
  readonly partitioners?: { readonly embeddings?: Partitioner } | null;
  /** The regularizer for `embeddings`. Default: none. */
  readonly regularizers?: { readonly embeddings?: Regularizer } | null;
  /** Whether optimizers change the embeddings. Default: true. */
  readonly trainable?: boolean;
}

const KEYS = ['embeddings'];
const WHERE = { moduleName: 'Embed' };

/**
 * Looks up a learned vector for each id.
 *
 * Variable: `embeddings` of shape [vocabSize, embedDim].
 *
 * Sonnet: `snt.Embed`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Embed } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const embed = new Embed({ vocabSize: 100, embedDim: 16 });
 * const sentences = tf.tensor2d([[5, 99, 0], [7, 7, 1]], [2, 3], 'int32');
 * assert.deepEqual(embed(sentences).shape, [2, 3, 16]);
 * ```
 */
export class Embed extends AbstractModule<[ids: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'embed';
  static override readonly buildParameters: BuildParameters = { ids: required };

  readonly #vocabSize: number;
  readonly #embedDim: number;
  readonly #request: GetVariableOptions;

  /**
   * @param options See {@link EmbedOptions}.
   * @throws ValueError when neither `vocabSize` nor `existingVocab` is given; when `existingVocab` comes with `vocabSize`,
   *   `embedDim`, `initializers` or `partitioners`, or is not a matrix; when a size is not a positive integer.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `embeddings`.
   * @throws TypeError when one of their entries is not a function.
   */
  constructor(options: EmbedOptions = {}) {
    const given = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    const [vocabSize, embedDim] = sizesOf(options);
    super({ name: options.name ?? Embed.moduleName, customGetter: options.customGetter ?? null });
    this.#vocabSize = vocabSize;
    this.#embedDim = embedDim;
    const { existingVocab = null } = options;
    this.#request = {
      shape: [vocabSize, embedDim],
      initializer:
        existingVocab === null
          ? (given.initializers.embeddings ?? initializers.randomNormal())
          : () => this.#copyVocab(existingVocab),
      partitioner: given.partitioners.embeddings ?? null,
      regularizer: given.regularizers.embeddings ?? null,
      trainable: options.trainable !== false,
    };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param ids int32 of any shape: integers from 0 to vocabSize - 1.
   * @returns float32 [...shape of ids, embedDim].
   * @throws TypeError when `ids` is not int32.
   * @throws ValueError when an id is out of range, where the backend notices that (cpu and wasm do).
   */
  protected override build(ids: tf.Tensor): tf.Tensor {
    if (ids.dtype !== 'int32') {
      throw new TypeError(`${String(this)}: ids must be int32; got ${ids.dtype} [${ids.shape.join(', ')}].`);
    }
    const embeddings = getVariable('embeddings', this.#request);
    if (ids.rank === 1) return this.#lookUp(embeddings, ids);
    return tf.reshape(this.#lookUp(embeddings, tf.reshape(ids, [-1])), [...ids.shape, this.#embedDim]);
  }

  /** The number of different ids. */
  get vocabSize(): number {
    return this.#vocabSize;
  }

  /** The size of an embedding. */
  get embedDim(): number {
    return this.#embedDim;
  }

  /**
   * The embeddings: [vocabSize, embedDim].
   *
   * @throws NotConnectedError before the first connection.
   */
  get embeddings(): tf.Tensor {
    return this.ownVariable('embeddings');
  }

  #lookUp(embeddings: tf.Tensor, ids: tf.Tensor): tf.Tensor {
    try {
      return tf.gather(embeddings, ids as tf.Tensor1D);
    } catch (error) {
      // The backend has read the ids already; doing it here is for the message.
      const wrong = [...ids.dataSync()].find((id) => id < 0 || id >= this.#vocabSize);
      if (wrong === undefined) throw error;
      throw new ValueError(
        `${String(this)}: every id must be in [0, ${this.#vocabSize}), since vocabSize is ${this.#vocabSize}; got ${wrong}.`,
      );
    }
  }

  #copyVocab(vocab: tf.Tensor | readonly (readonly number[])[]): tf.Tensor {
    if (!(vocab instanceof tf.Tensor)) return tf.tensor2d(vocab as number[][], undefined, 'float32');
    if (vocab.isDisposed) {
      throw new ValueError(
        `${String(this)}: existingVocab was disposed before the first connection. Keep it until then: tf.keep(vocab).`,
      );
    }
    return tf.cast(vocab, 'float32');
  }
}

function sizesOf(options: EmbedOptions): [vocabSize: number, embedDim: number] {
  const { vocabSize = null, embedDim = null, existingVocab = null } = options;
  if (existingVocab !== null) {
    const inferred = [vocabSize, embedDim, options.initializers ?? null, options.partitioners ?? null];
    if (inferred.some((option) => option !== null)) {
      throw new ValueError(
        'Embed: with existingVocab, none of vocabSize, embedDim, initializers and partitioners may be given.',
      );
    }
    return vocabShape(existingVocab);
  }
  if (vocabSize === null) throw new ValueError('Embed: one of vocabSize and existingVocab must be given.');
  return [checkSize(vocabSize, 'vocabSize'), checkSize(embedDim ?? defaultEmbedDim(vocabSize), 'embedDim')];
}

function vocabShape(vocab: tf.Tensor | readonly (readonly number[])[]): [number, number] {
  const shape = vocab instanceof tf.Tensor ? vocab.shape : [vocab.length, vocab[0]?.length ?? Number.NaN];
  const isMatrix = vocab instanceof tf.Tensor ? shape.length === 2 : vocab.every((row) => row.length === shape[1]);
  if (isMatrix) return [shape[0] as number, shape[1] as number];
  throw new ValueError(
    `Embed: existingVocab must be a matrix [vocabSize, embedDim] of rank 2; got the shape [${shape.join(', ')}].`,
  );
}

function checkSize(size: number, name: string): number {
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new ValueError(`Embed: ${name} must be a positive integer; got ${String(size)}.`);
}

/** Six times the fourth root: a rule of thumb. */
function defaultEmbedDim(vocabSize: number): number {
  return Math.round(6 * Math.sqrt(Math.sqrt(vocabSize)));
}
