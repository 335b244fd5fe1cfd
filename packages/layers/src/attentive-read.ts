import {
  AbstractModule,
  type BuildParameters,
  IncompatibleShapeError,
  type ModuleOptions,
  type NamedTuple,
  type NamedTupleClass,
  namedTuple,
  required,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { BatchApply } from './shape/batch-apply.ts';

type AttentionFields = readonly ['read', 'weights', 'weightLogits'];

/** What an {@link AttentiveRead} gives. Sonnet: `snt.python.modules.attention.AttentionOutput`. */
export const AttentionOutput: NamedTupleClass<AttentionFields> = namedTuple('AttentionOutput', [
  'read',
  'weights',
  'weightLogits',
]);

/**
 * What an {@link AttentiveRead} gives: `read` [batchSize, memoryWordSize], the weighted sum of the memory's words; `weights`
 * [batchSize, memorySize]; and `weightLogits` [batchSize, memorySize], whose softmax the weights are.
 */
export type AttentionOutput = NamedTuple<
  AttentionFields,
  [read: tf.Tensor, weights: tf.Tensor, weightLogits: tf.Tensor]
>;

/** Options of a call of an {@link AttentiveRead}. */
export interface AttentiveReadCallOptions {
  /**
   * bool [batchSize, memorySize]: false for words that are left out. Every row needs one that is true; the mask is read
   * back to check that, so that a call with a mask waits for the backend and cannot be compiled. Default: all words.
   */
  readonly memoryMask?: tf.Tensor | null;
}

/** The logit of what is masked: the lowest float32. */
const LOWEST = -3.4028234663852886e38;

/**
 * Reads from a memory with attention: a weighted sum of its words. How well each word goes with the query is what another
 * module says.
 *
 * Sonnet: `snt.AttentiveRead`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AttentiveRead, Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const attention = new AttentiveRead(new Linear(1));
 * const memory = tf.ones([2, 5, 8]);
 * const memoryMask = tf.tensor2d([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], [2, 5], 'bool');
 * const { read, weights } = attention(memory, tf.ones([2, 3]), { memoryMask });
 * assert.deepEqual([read.shape, weights.shape], [[2, 8], [2, 5]]);
 * ```
 */
export class AttentiveRead extends AbstractModule<
  [memory: tf.Tensor, query: tf.Tensor, options?: AttentiveReadCallOptions],
  AttentionOutput
> {
  static override readonly moduleName: string = 'attention';
  static override readonly buildParameters: BuildParameters = { memory: required, query: required, memoryMask: null };

  readonly #attentionLogitMod: (inputs: tf.Tensor) => tf.Tensor;

  /**
   * @param attentionLogitMod A module (or function) that maps [batchSize * memorySize, memoryWordSize + queryWordSize],
   *   each word beside the query, to the logits [batchSize * memorySize, 1].
   * @param options `name`.
   * @throws TypeError when `attentionLogitMod` is not callable.
   */
  constructor(attentionLogitMod: (inputs: tf.Tensor) => tf.Tensor, options: Pick<ModuleOptions, 'name'> = {}) {
    if (typeof attentionLogitMod !== 'function') {
      throw new TypeError(
        `AttentiveRead: attentionLogitMod must be a module or a function; got ${String(attentionLogitMod)}.`,
      );
    }
    super({ name: options.name ?? AttentiveRead.moduleName });
    this.#attentionLogitMod = attentionLogitMod;
  }

  /**
   * @param memory float32 [batchSize, memorySize, memoryWordSize].
   * @param query float32 [batchSize, queryWordSize].
   * @param options `memoryMask`.
   * @returns `read`, `weights` and `weightLogits`.
   * @throws IncompatibleShapeError when `memory`, `query`, the mask or the logits have the wrong rank.
   * @throws ValueError when their sizes do not go together, or the mask leaves out all words of a row.
   * @throws TypeError when the mask is not bool.
   */
  protected override build(
    memory: tf.Tensor,
    query: tf.Tensor,
    options: AttentiveReadCallOptions = {},
  ): AttentionOutput {
    const { memoryMask = null } = options;
    this.#checkInputs(memory, query, memoryMask);
    const [batchSize, memorySize] = memory.shape as [number, number, number];
    const queryWordSize = query.shape[1] as number;
    const queries = tf.broadcastTo(tf.expandDims(query, 1), [batchSize, memorySize, queryWordSize]);
    const applyLogitMod = new BatchApply(this.#attentionLogitMod, { name: 'batch_apply_attention_logit' });
    let logits = this.#checkedLogits(applyLogitMod(tf.concat([memory, queries], 2)), memory);
    if (memoryMask !== null) logits = tf.where(memoryMask, logits, tf.fill(logits.shape, LOWEST));
    const weights = tf.softmax(logits);
    const read = tf.sum(tf.mul(memory, tf.expandDims(weights, 2)), 1);
    return new AttentionOutput(read, weights, logits);
  }

  #checkInputs(memory: tf.Tensor, query: tf.Tensor, mask: tf.Tensor | null): void {
    this.#checkRank('memory', memory, 'batchSize, memorySize, memoryWordSize');
    this.#checkRank('query', query, 'batchSize, queryWordSize');
    const [batchSize, memorySize] = memory.shape;
    if (query.shape[0] !== batchSize) {
      throw new ValueError(
        `${String(this)}: memory and query must have the same batch size; ` +
          `got memory [${memory.shape.join(', ')}], query [${query.shape.join(', ')}].`,
      );
    }
    if (mask === null) return;
    this.#checkRank('memoryMask', mask, 'batchSize, memorySize');
    if (mask.dtype !== 'bool') throw new TypeError(`${String(this)}: memoryMask must be bool; got ${mask.dtype}.`);
    if (mask.shape[0] !== batchSize || mask.shape[1] !== memorySize) {
      throw new ValueError(
        `${String(this)}: memoryMask must have the shape [${batchSize}, ${memorySize}], as memory ` +
          `[${memory.shape.join(', ')}] has; got [${mask.shape.join(', ')}].`,
      );
    }
    const bits = mask.dataSync();
    for (let row = 0; row < (batchSize ?? 0); row++) {
      const start = row * (memorySize ?? 0);
      if (bits.subarray(start, start + (memorySize ?? 0)).some((bit) => bit !== 0)) continue;
      throw new ValueError(`${String(this)}: memoryMask must keep a word in every row; row ${row} leaves out all.`);
    }
  }

  #checkRank(name: string, tensor: tf.Tensor, dimensions: string): void {
    if (tensor.rank === dimensions.split(',').length) return;
    throw new IncompatibleShapeError(
      `${String(this)}: ${name} must have the shape [${dimensions}]; got [${tensor.shape.join(', ')}].`,
    );
  }

  /** The logits [batchSize, memorySize]. */
  #checkedLogits(logits: tf.Tensor, memory: tf.Tensor): tf.Tensor {
    const [batchSize, memorySize] = memory.shape;
    const got = `it gave [${batchSize} * ${memorySize}, ${logits.shape.slice(2).join(', ')}]`;
    if (logits.rank !== 3) {
      throw new IncompatibleShapeError(
        `${String(this)}: attentionLogitMod must give logits [batchSize * memorySize, 1]; ${got}.`,
      );
    }
    if (logits.shape[2] !== 1) {
      throw new ValueError(
        `${String(this)}: attentionLogitMod must give one logit for each word, [batchSize * memorySize, 1]; ${got}.`,
      );
    }
    return tf.squeeze(logits, [2]);
  }
}
