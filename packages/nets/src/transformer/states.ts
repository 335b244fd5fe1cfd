import { type NamedTuple, type NamedTupleClass, namedTuple } from '@sonnetjs/core';
import type { Tensor } from '@tensorflow/tfjs-core';

type AttentionFields = readonly ['queries', 'keys', 'values', 'logits', 'weights', 'embeddings', 'readWords'];

/**
 * What happened in an attention layer: the class of the states that {@link MultiheadAttention} and
 * {@link TransformerTower} give.
 *
 * B is the batch size, H the number of heads, L the number of queries and M that of everything they may look at:
 *
 * - `queries` [B, H, L, keySize], scaled;
 * - `keys` [B, H, M, keySize] and `values` [B, H, M, valueSize];
 * - `logits` [B, H, L, M], by content only: without positions and mask;
 * - `weights` [B, H, L, M], what was attended to;
 * - `embeddings` [B, N, D], the inputs of the layer;
 * - `readWords` [B, L, D], its outputs.
 *
 * Sonnet: `AttentionState` of `snt.nets.transformer`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AttentionState, TransformerTower } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const tower = new TransformerTower(4, 2, 1, { mlpHiddenSizes: [16] });
 * const [, states] = tower(tf.ones([1, 3, 8]), { isTraining: false });
 * assert(states[0] instanceof AttentionState);
 * assert.deepEqual(states[0].weights.shape, [1, 2, 3, 3]);
 * ```
 */
export const AttentionState: NamedTupleClass<AttentionFields> = namedTuple('AttentionState', [
  'queries',
  'keys',
  'values',
  'logits',
  'weights',
  'embeddings',
  'readWords',
]);

/** An instance of {@link AttentionState}. */
export type AttentionState = NamedTuple<
  AttentionFields,
  readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
>;

type MemoryFields = readonly ['episodicMemory', 'compressedMemory', 'index'];

/**
 * What a layer of a {@link CompressiveTransformer} remembers: the class of its states.
 *
 * - `episodicMemory` [B, episodicMemorySize, D], the latest inputs of the layer;
 * - `compressedMemory` [B, compressedMemorySize, D], what has become of older ones;
 * - `index` [B, 1], the number of calls so far.
 *
 * Sonnet: `CompressedMemoryState` of `snt.nets.transformer`.
 *
 * @example
 * ```ts
 * import { CompressedMemoryState } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const state = new CompressedMemoryState(tf.zeros([2, 4, 8]), tf.zeros([2, 3, 8]), tf.zeros([2, 1]));
 * assert.deepEqual(state.compressedMemory.shape, [2, 3, 8]);
 * ```
 */
export const CompressedMemoryState: NamedTupleClass<MemoryFields> = namedTuple('CompressedMemoryState', [
  'episodicMemory',
  'compressedMemory',
  'index',
]);

/** An instance of {@link CompressedMemoryState}. */
export type CompressedMemoryState = NamedTuple<MemoryFields, readonly [Tensor, Tensor, Tensor]>;

/** The sizes of a {@link CompressedMemoryState}, without the batch dimension. */
export type CompressedMemorySize = NamedTuple<MemoryFields, readonly [number[], number[], number[]]>;

/** What a layer may look at besides its inputs: earlier inputs [B, M, D], or a {@link CompressedMemoryState}. */
export type LayerMemory = Tensor | Pick<CompressedMemoryState, 'episodicMemory' | 'compressedMemory'>;

/** The parts of a memory, oldest first, each [B, M, D]. */
export function partsOf(memory: LayerMemory): readonly Tensor[] {
  return 'episodicMemory' in memory ? [memory.compressedMemory, memory.episodicMemory] : [memory];
}
