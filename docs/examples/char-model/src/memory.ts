import { nest } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { CharModel, Memory, MemoryLike } from './model.ts';

/** A memory that outlives the call that made it. */
export function keepMemory(memory: Memory): Memory {
  return nest.map((tensor) => tf.keep(tensor as tf.Tensor), memory) as Memory;
}

export function disposeMemory(memory: MemoryLike): void {
  tf.dispose(nest.flatten(memory) as tf.Tensor[]);
}

/**
 * Lets a network read on, without learning.
 *
 * @param characters int32 [steps, rows].
 * @param memory What it remembers from before; it is freed.
 * @param use Makes something of the logits [steps * rows, symbols].
 * @returns What `use` gave, and what the network remembers then.
 */
export function readOn(
  model: CharModel,
  characters: tf.Tensor,
  memory: MemoryLike,
  use: (logits: tf.Tensor) => tf.Tensor,
): [result: tf.Tensor, memory: Memory] {
  let next: Memory = [];
  const result = tf.tidy(() => {
    const [logits, after] = model(characters, memory);
    next = keepMemory(after);
    return use(logits);
  });
  disposeMemory(memory);
  return [result, next];
}
