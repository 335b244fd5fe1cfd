import * as tf from '@tensorflow/tfjs-core';
import { currentState } from '../graph/default-graph.ts';
import { assignNext, type NextValue } from './assign-next.ts';
import { DeferredUpdate, defer } from './deferred-update.ts';

/** Options of {@link updateVariable}. */
export interface UpdateVariableOptions {
  /** The collection in which the update waits for {@link runUpdates}. By default, and with null, it takes place now. */
  readonly collection?: string | null;
}

/**
 * Changes a variable that is state of a module, such as a moving average: the way to do that in `build`.
 *
 * A gradient that is being computed does not see the change, a connection that fails takes it back, and nothing is read
 * from the backend. In `tf.tidy` it is safe.
 *
 * An update that waits in a collection keeps its operands alive. There is one for each variable, collection and connection
 * of a step (see {@link trainingStep}): the next step that updates the variable replaces it.
 *
 * @param variable What `getVariable` gave: any shape and dtype.
 * @param operands What the next value depends on besides the variable.
 * @param next Computes the next value, of the variable's shape and dtype, from the current value and the operands. It must
 *   not use other tensors: it may run long after they are gone.
 * @param options `collection`: where the update waits; by default it takes place now.
 * @throws TypeError when `variable` is not a variable, because a partitioner or a custom getter stands before it.
 * @throws ValueError when the next value has another shape or dtype.
 *
 * Sonnet: an assignment that is a control dependency of the output, or is in `tf.GraphKeys.UPDATE_OPS`.
 *
 * @example
 * ```ts
 * import { AbstractModule, getVariable, initializers, resetDefaultGraph, updateVariable } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * class Largest extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
 *   static override readonly moduleName: string = 'largest';
 *
 *   protected build(x: tf.Tensor): tf.Tensor {
 *     const seen = getVariable('seen', { shape: [], initializer: initializers.zeros(), trainable: false });
 *     updateVariable(seen, [x], (current, x) => tf.maximum(current, tf.max(x)));
 *     return tf.div(x, seen);
 *   }
 * }
 *
 * resetDefaultGraph();
 * const largest = new Largest();
 * largest(tf.tensor1d([1, 4]));
 * assert.deepEqual([...largest(tf.tensor1d([1, 2])).dataSync()], [0.25, 0.5]);
 * ```
 */
export function updateVariable(
  variable: tf.Tensor,
  operands: readonly tf.Tensor[],
  next: NextValue,
  options: UpdateVariableOptions = {},
): void {
  if (!(variable instanceof tf.Variable)) {
    throw new TypeError(
      'updateVariable: only a variable that is stored whole can be updated, but getVariable gave a tensor computed from ' +
        'variables. Ask for variables that are state without a partitioner, and outside of custom getters that change them.',
    );
  }
  const state = currentState();
  const { collection = null } = options;
  if (collection === null) assignNext(state, variable, operands, next);
  else defer(state, collection, new DeferredUpdate(state, variable, operands, next));
}
