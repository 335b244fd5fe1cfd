import * as tf from '@tensorflow/tfjs-core';
import { addToSlots } from './optimizer-slots.ts';
import { differentiate, type ValueAndGradsOptions } from './value-and-grads.ts';

/** Options of {@link minimize}. */
export interface MinimizeOptions extends ValueAndGradsOptions {
  /** Whether to give back the loss; it is freed otherwise. Default: false. */
  readonly returnCost?: boolean;
}

/**
 * Makes one step of an optimizer: computes the loss and its gradients, and changes the variables.
 *
 * It works where tfjs's `optimizer.minimize` fails: with models that are connected for the first time by `fn`, with
 * variables that only some steps use, with layers added later, and with frozen variables.
 *
 * @param optimizer An optimizer of tfjs, such as `tf.train.adam(1e-3)`. Use it with this function only.
 * @param fn Computes the loss: a float32 scalar.
 * @param options `variables`: which to change (default: all trainable ones of the default graph); `returnCost`.
 * @returns The loss when `returnCost` is set, else null.
 * @throws ValueError when the loss is not a float32 scalar, when there is no variable, or when it depends on none.
 * @throws TypeError when `optimizer` is not an optimizer, when `fn` returns a promise or no tensor, or when something other
 *   than variables is listed.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, minimize, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const guess = new Module(() => getVariable('x', { shape: [], initializer: initializers.zeros() }), { name: 'guess' });
 * const optimizer = tf.train.sgd(0.25);
 * for (let step = 0; step < 20; step++) minimize(optimizer, () => tf.square(tf.sub(guess(), 3)));
 * assert(Math.abs(Number(guess().dataSync()[0]) - 3) < 1e-3);
 * ```
 */
export function minimize(
  optimizer: tf.Optimizer,
  fn: () => tf.Tensor,
  options: MinimizeOptions & { readonly returnCost: true },
): tf.Scalar;
export function minimize(optimizer: tf.Optimizer, fn: () => tf.Tensor, options?: MinimizeOptions): tf.Scalar | null;
export function minimize(
  optimizer: tf.Optimizer,
  fn: () => tf.Tensor,
  options: MinimizeOptions = {},
): tf.Scalar | null {
  if (typeof optimizer?.applyGradients !== 'function') {
    throw new TypeError('minimize: the first argument must be an optimizer, such as tf.train.adam(1e-3).');
  }
  const { value, variables, gradients } = differentiate(fn, options, 'minimize');
  const byVariable = new Map(variables.map((variable, i) => [variable, gradients[i] ?? null]));
  const order = addToSlots(optimizer, variables);
  // tfjs skips entries without a gradient, but its types do not say so.
  const named = order.map((variable) => ({ name: variable.name, tensor: byVariable.get(variable) ?? null }));
  try {
    optimizer.applyGradients(named as Parameters<typeof optimizer.applyGradients>[0]);
  } catch (error) {
    value.dispose();
    throw error;
  } finally {
    tf.dispose(gradients.filter((gradient) => gradient !== null));
  }
  if (options.returnCost === true) return value as tf.Scalar;
  value.dispose();
  return null;
}
