import {
  AbstractModule,
  type BuildParameters,
  booleanArgument,
  dropout,
  getVariable,
  IncompatibleShapeError,
  type Initializer,
  initializers,
  type ModuleOptions,
  required,
  stopGradient,
  ValueError,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import { relativeShift } from './position-encodings.ts';
import { AttentionState, type LayerMemory, partsOf } from './states.ts';
import { lastOf } from './steps.ts';

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions extends Pick<ModuleOptions, 'name'> {
  /** Whether queries are scaled by `1 / sqrt(keySize)`. Default: true. */
  readonly scaling?: boolean;
  /**
   * Whether position encodings count by distance, as in Transformer-XL, instead of being added to keys and queries.
   * Default: false.
   */
  readonly useRelativePositions?: boolean;
  /** The variance of initial weights, times their number of inputs. Default: 2. */
  readonly initStd?: number;
}

/** Options of a call of {@link MultiheadAttention}. */
export interface MultiheadAttentionCallOptions {
  /** What attends: [B, L, D]. Default: the inputs. */
  readonly queryInputs?: tf.Tensor;
  /** What comes before the inputs: [B, M, D], or compressed and episodic memory. Default: nothing. */
  readonly state?: LayerMemory | null;
  /** Added to the logits: [1, 1, L, N] or longer at the front, which is cut off, where N counts memory and inputs. */
  readonly mask?: tf.Tensor | null;
  /**
   * Encodings of the positions, [1, N, D], the last one for the latest input; where N is longer than memory and inputs, the
   * front is cut off. For each part of the memory there is one, for that part and the inputs after it. Default: none.
   */
  readonly positionEncodings?: readonly tf.Tensor[];
  /** Whether dropout applies. Default: false. */
  readonly isTraining?: boolean | tf.Tensor;
  /** The probability that dropout keeps an attention weight. Default: 0.5. */
  readonly dropoutKeepProb?: number;
}

/**
 * Attention with several heads: every query gets a mean of values, weighted by how well their keys match it.
 *
 * Variables: `query/linear/w`, `key/linear/w`, `value/linear/w`, for the outputs `linear/w` and `linear/b`, and with
 * relative positions `r_w_bias`, `relative_keys/linear/w` and `r_r_bias` (for all but the last position encodings
 * `relative_keys_0/linear/w`, `r_r_bias_0`, …).
 *
 * Sonnet: `MultiheadAttention` of `snt.nets.transformer`; mask and position encodings belong to a call here. Vaswani et
 * al., "Attention Is All You Need" (2017); Dai et al., "Transformer-XL" (2019).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { futureMask, MultiheadAttention } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const attention = new MultiheadAttention(4, 4, 2);
 * const [outputs, { weights }] = attention(tf.ones([3, 5, 8]), { mask: futureMask(5) });
 * assert.deepEqual(outputs.shape, [3, 5, 8]);
 * assert.deepEqual(weights.shape, [3, 2, 5, 5]); // batch, heads, queries, keys
 * ```
 */
export class MultiheadAttention extends AbstractModule<
  [inputs: tf.Tensor, options?: MultiheadAttentionCallOptions],
  [outputs: tf.Tensor, state: AttentionState]
> {
  static override readonly moduleName: string = 'multihead_attention';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    queryInputs: null,
    state: null,
    mask: null,
    positionEncodings: [],
    isTraining: false,
    dropoutKeepProb: 0.5,
  };

  readonly #valueSize: number;
  readonly #keySize: number;
  readonly #numHeads: number;
  readonly #options: MultiheadAttentionOptions;
  readonly #initializer: Initializer;
  #linear: Linear | null = null;

  /**
   * @param valueSize The size of the values of a head.
   * @param keySize The size of the keys and queries of a head.
   * @param numHeads The number of heads.
   * @param options See {@link MultiheadAttentionOptions}.
   * @throws ValueError when a size is not a positive integer, or `initStd` is not a positive number.
   */
  constructor(valueSize: number, keySize: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    checkSizes('MultiheadAttention', { valueSize, keySize, numHeads });
    const { initStd = 2 } = options;
    if (!(initStd > 0)) throw new ValueError(`MultiheadAttention: initStd must be positive; got ${String(initStd)}.`);
    super({ name: options.name ?? MultiheadAttention.moduleName });
    this.#valueSize = valueSize;
    this.#keySize = keySize;
    this.#numHeads = numHeads;
    this.#options = options;
    this.#initializer = initializers.varianceScaling({ scale: initStd });
  }

  /**
   * @param inputs float32 [B, N, D].
   * @param options See {@link MultiheadAttentionCallOptions}.
   * @returns The outputs, [B, L, D], and an {@link AttentionState}.
   * @throws IncompatibleShapeError when inputs or queries are not of rank 3, or the position encodings do not fit.
   * @throws ValueError when more than one position encoding is given without relative positions.
   */
  protected override build(
    inputs: tf.Tensor,
    options: MultiheadAttentionCallOptions = {},
  ): [outputs: tf.Tensor, state: AttentionState] {
    const {
      queryInputs = inputs,
      state: memory = null,
      mask = null,
      isTraining = false,
      dropoutKeepProb = 0.5,
    } = options;
    const drops = booleanArgument(isTraining, `${String(this)}: isTraining`);
    for (const tensor of [inputs, queryInputs]) this.#checkRank(tensor);
    const seen = memory === null ? inputs : tf.concat([...partsOf(memory), inputs], 1);
    const encodings = options.positionEncodings ?? [];
    const absolute = this.#options.useRelativePositions ? null : this.#absolutePositions(encodings, seen.shape[1] ?? 0);
    const queries = this.#queries(absolute === null ? queryInputs : addEncodings(queryInputs, absolute));
    const keys = this.#heads(absolute === null ? seen : addEncodings(seen, absolute), 'key', this.#keySize);
    const values = this.#heads(seen, 'value', this.#valueSize);
    const chunkSize = inputs.shape[1] as number;
    const { content, logits } = this.#logits(queries, keys, encodings, chunkSize);
    let weights = tf.softmax(mask === null ? logits : tf.add(logits, lastOf(mask, 3, keys.shape[2] as number)));
    if (drops) weights = dropout(weights, dropoutKeepProb);
    const outputs = this.#combine(tf.matMul(weights, values), inputs.shape[2] as number);
    return [outputs, new AttentionState(queries, keys, values, content, weights, inputs, outputs)];
  }

  /**
   * What queries read from a memory by content alone: without scaling, positions or mask. The module's own weights stand
   * still: no gradient leads to them.
   *
   * @param queries [B, H, L, keySize], as in an {@link AttentionState}.
   * @param memory [B, M, D].
   * @returns [B, H, L, valueSize].
   * @throws NotConnectedError before the first connection.
   */
  readByContent(queries: tf.Tensor, memory: tf.Tensor): tf.Tensor {
    const heads = (name: string): tf.Tensor =>
      splitHeads(memory, stopGradient(this.ownVariable(`${name}/linear/w`)), this.#numHeads);
    return tf.tidy(() => tf.matMul(tf.softmax(tf.matMul(queries, heads('key'), false, true)), heads('value')));
  }

  #queries(inputs: tf.Tensor): tf.Tensor {
    const queries = this.#heads(inputs, 'query', this.#keySize);
    return this.#options.scaling === false ? queries : tf.mul(queries, this.#keySize ** -0.5);
  }

  /** Maps [B, N, D] to [B, H, N, size]. */
  #heads(inputs: tf.Tensor, name: string, size: number): tf.Tensor {
    const w = getVariable(`${name}/linear/w`, {
      shape: [inputs.shape[2] as number, this.#numHeads * size],
      initializer: this.#initializer,
    });
    return splitHeads(inputs, w, this.#numHeads);
  }

  #logits(
    queries: tf.Tensor,
    keys: tf.Tensor,
    encodings: readonly tf.Tensor[],
    chunkSize: number,
  ): { readonly content: tf.Tensor; readonly logits: tf.Tensor } {
    if (!this.#options.useRelativePositions) {
      const logits = tf.matMul(queries, keys, false, true);
      return { content: logits, logits };
    }
    const content = tf.matMul(tf.add(queries, this.#bias('r_w_bias')), keys, false, true);
    const numKeys = keys.shape[2] as number;
    const byDistance = encodings.map((encoding, i) => {
      const isLast = i === encodings.length - 1;
      const logits = this.#logitsByDistance(queries, lastOf(encoding, 1, numKeys), isLast ? '' : `_${i}`);
      // Only the last encodings are for the inputs too; the others are for their own part of the memory.
      const [batch = 0, heads = 0, rows = 0, columns = 0] = logits.shape;
      return isLast ? logits : tf.slice(logits, [0, 0, 0, 0], [batch, heads, rows, columns - chunkSize]);
    });
    const positions = tf.concat(byDistance, 3);
    this.#checkPositions(positions.shape[3] as number, numKeys);
    return { content, logits: tf.add(content, positions) };
  }

  #logitsByDistance(queries: tf.Tensor, encoding: tf.Tensor, suffix: string): tf.Tensor {
    const [batch = 0] = queries.shape;
    const keys = this.#heads(encoding, `relative_keys${suffix}`, this.#keySize);
    const biased = tf.add(queries, this.#bias(`r_r_bias${suffix}`));
    const repeated = batch === 1 ? keys : tf.tile(keys, [batch, 1, 1, 1]);
    return relativeShift(tf.matMul(biased, repeated, false, true));
  }

  #bias(name: string): tf.Tensor {
    return getVariable(name, { shape: [1, this.#numHeads, 1, this.#keySize] });
  }

  /** Mixes what the heads have read, [B, H, L, valueSize], into outputs [B, L, D]. */
  #combine(read: tf.Tensor, outputSize: number): tf.Tensor {
    const [batch = 0, heads = 0, rows = 0, size = 0] = read.shape;
    const known = this.isConnected ? this.#linear : null;
    const linear = known ?? new Linear(outputSize, { allowManyBatchDims: true });
    const outputs = linear(tf.reshape(tf.transpose(read, [0, 2, 1, 3]), [batch, rows, heads * size]));
    this.#linear = linear;
    return outputs;
  }

  #checkRank({ rank, shape }: tf.Tensor): void {
    if (rank === 3) return;
    throw new IncompatibleShapeError(
      `${String(this)}: inputs and queries must have rank 3, [batch, steps, features]; got ${rank} ([${shape.join(', ')}]).`,
    );
  }

  #absolutePositions(encodings: readonly tf.Tensor[], numKeys: number): tf.Tensor | null {
    if (encodings.length > 1) {
      throw new ValueError(
        `${String(this)}: absolute position encodings are for one memory only; found ${encodings.length} of them. ` +
          'Make the module with useRelativePositions: true.',
      );
    }
    const [encoding = null] = encodings;
    return encoding === null ? null : lastOf(encoding, 1, numKeys);
  }

  #checkPositions(given: number, numKeys: number): void {
    if (given === numKeys) return;
    throw new IncompatibleShapeError(
      `${String(this)}: position encodings must be given for ${numKeys} positions, those of memory and inputs; got ${given}.`,
    );
  }
}

/** Multiplies [B, N, D] by weights [D, H · size], for [B, H, N, size]. */
function splitHeads(inputs: tf.Tensor, w: tf.Tensor, numHeads: number): tf.Tensor {
  const [batch = 0, rows = 0, size = 0] = inputs.shape;
  const product = tf.matMul(tf.reshape(inputs, [batch * rows, size]), w);
  const headSize = (w.shape[1] as number) / numHeads;
  return tf.transpose(tf.reshape(product, [batch, rows, numHeads, headSize]), [0, 2, 1, 3]);
}

/** Adds to inputs [B, N, D] the last N of the encodings [1, M, D]. */
function addEncodings(inputs: tf.Tensor, encodings: tf.Tensor): tf.Tensor {
  return tf.add(inputs, lastOf(encodings, 1, inputs.shape[1] as number));
}
