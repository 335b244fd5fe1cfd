import type * as tf from '@tensorflow/tfjs-core';

/**
 * The variables of each optimizer in the order in which it first saw them. tfjs's optimizers keep their running averages
 * by position, so a variable stays where it is for ever and a new one goes to the end.
 */
const slots = new WeakMap<tf.Optimizer, tf.Variable[]>();

/** The positions of an optimizer's variables, after those that it sees for the first time have got theirs. */
export function addToSlots(optimizer: tf.Optimizer, variables: readonly tf.Variable[]): readonly tf.Variable[] {
  let order = slots.get(optimizer);
  if (order === undefined) {
    order = [];
    slots.set(optimizer, order);
  }
  const known = new Set(order);
  for (const variable of variables) if (!known.has(variable)) order.push(variable);
  return order;
}

/**
 * The variables that an optimizer has changed through {@link minimize}, by position: number `i` of each of the
 * optimizer's lists of running averages belongs to number `i` of these.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, minimize, optimizerVariables, resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const optimizer = tf.train.adam(0.1);
 * minimize(optimizer, () => tf.square(getVariable('x', { shape: [], initializer: initializers.ones() })));
 * assert.deepEqual(optimizerVariables(optimizer).map(variableName), ['x']);
 * ```
 */
export function optimizerVariables(optimizer: tf.Optimizer): readonly tf.Variable[] {
  return [...(slots.get(optimizer) ?? [])];
}

/**
 * Says which variables the running averages of an optimizer belong to, after they were put there by hand, as restoring a
 * checkpoint does.
 *
 * @param variables By position: see {@link optimizerVariables}.
 */
export function setOptimizerVariables(optimizer: tf.Optimizer, variables: readonly tf.Variable[]): void {
  slots.set(optimizer, [...variables]);
}
