import * as tf from '@tensorflow/tfjs-core';
import type { GraphState } from '../graph/graph-state.ts';
import { rejectPromise } from '../graph/synchronous.ts';

/**
 * What tells the steps of a program from one another: the numbers of everything around a connection that can be the
 * outermost of its step, 0 for what there is not. See {@link trainingStep}.
 */
export interface StepId {
  readonly block: number;
  readonly gradient: number;
  readonly connection: number;
}

let blockCount = 0;
let block = 0;
let gradientCount = 0;
/** Numbers of gradient computations. tfjs makes a tape for each, and drops it afterwards. */
const gradients = new WeakMap<object, number>();

/**
 * Runs a function as one step of training: deferred updates of all its connections are pending together afterwards, until
 * {@link runUpdates} runs them or the next step replaces them.
 *
 * Most programs need no call of it. Without one, a step is the outermost of these around a connection: a computation of
 * gradients ({@link minimize}, {@link valueAndGrads} or tfjs's own), or the connection of a module. It is for programs
 * that make one step of several of them: that add up the gradients of several batches, or that call a module which
 * defers its updates several times outside of any gradient.
 *
 * @param fn A synchronous function. Inside another step it belongs to that one.
 * @returns What the function returns.
 * @throws TypeError when the function returns a promise.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, Module, resetDefaultGraph, runUpdates, trainingStep, updateVariable } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const total = new Module(
 *   (x: tf.Tensor) => {
 *     const sum = getVariable('sum', { shape: [], initializer: initializers.zeros(), trainable: false });
 *     updateVariable(sum, [x], (current, x) => tf.add(current, x), { collection: 'update_ops' });
 *     return sum;
 *   },
 *   { name: 'total' },
 * );
 * trainingStep(() => {
 *   total(tf.scalar(1));
 *   total(tf.scalar(2));
 * });
 * assert.equal(runUpdates('update_ops'), 2);
 * assert.equal(total.variables[0]?.dataSync()[0], 3);
 * ```
 */
export function trainingStep<T>(fn: () => T): T {
  const outer = block;
  if (outer === 0) block = ++blockCount;
  try {
    return rejectPromise(fn(), 'trainingStep');
  } finally {
    block = outer;
  }
}

/** The step that is under way in a graph. */
export function currentStep(state: GraphState): StepId {
  return { block, gradient: currentGradient(), connection: state.undoLog.serial };
}

/** Whether two moments belong to one step: when anything that can be the outermost of a step is around both. */
export function isSameStep(a: StepId, b: StepId): boolean {
  return (
    (a.block !== 0 && a.block === b.block) ||
    (a.gradient !== 0 && a.gradient === b.gradient) ||
    (a.connection !== 0 && a.connection === b.connection)
  );
}

function currentGradient(): number {
  const { gradientDepth, activeTape } = tf.engine().state;
  if (gradientDepth === 0 || !activeTape) return 0;
  let number = gradients.get(activeTape);
  if (number === undefined) {
    number = ++gradientCount;
    gradients.set(activeTape, number);
  }
  return number;
}
