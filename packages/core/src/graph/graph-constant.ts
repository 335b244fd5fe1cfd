import * as tf from '@tensorflow/tfjs-core';
import { currentState } from './default-graph.ts';

/**
 * A tensor that is made once for the default graph and kept: a mask, a grid, anything that `build` needs at every
 * connection and that does not depend on the inputs.
 *
 * The graph owns it and frees it with itself, so it may be made inside `tf.tidy` or a gradient. Do not dispose it.
 *
 * @param key What tells it from every other constant of the graph, shapes included: begin it with the module's scope name.
 * @param make Makes the tensor, when the graph does not have it yet.
 * @throws TypeError when `make` does not give a tensor.
 *
 * @example
 * ```ts
 * import { graphConstant, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const mask = tf.tidy(() => graphConstant('mask/3', () => tf.ones([3])));
 * assert.equal(mask.isDisposed, false);
 * assert.equal(graphConstant('mask/3', () => tf.ones([3])), mask);
 * ```
 */
export function graphConstant(key: string, make: () => tf.Tensor): tf.Tensor {
  const state = currentState();
  const known = state.constants.get(key);
  if (known !== undefined && !known.isDisposed) return known;
  const made = tf.tidy(() => {
    const value: unknown = make();
    if (value instanceof tf.Tensor) return tf.keep(value);
    throw new TypeError(`graphConstant "${key}": the function must return a tensor; got ${String(value)}.`);
  });
  state.constants.set(key, made);
  state.undoLog.recordAction(() => {
    state.constants.delete(key);
    made.dispose();
  });
  return made;
}
