import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { rejectPromise } from '../graph/synchronous.ts';
import { sortByName } from '../variables/sort-by-name.ts';
import { trainableVariables } from '../variables/variable-lists.ts';
import { variableName } from '../variables/variable-name.ts';
import { type Differentiated, recordAndDifferentiate } from './gradient-tape.ts';

/** Options of {@link valueAndGrads}. */
export interface ValueAndGradsOptions {
  /**
   * The variables by which to differentiate, or a function that lists them once the loss has been computed. The default
   * is all trainable variables of the default graph, those that this very call makes included. Variables that are not
   * float32 have no gradient and are left out.
   */
  readonly variables?: Iterable<tf.Variable> | (() => Iterable<tf.Variable>) | null;
}

/** What {@link valueAndGrads} gives. */
export interface ValueAndGrads {
  /** The loss: a scalar. */
  readonly value: tf.Scalar;
  /** The gradient for each variable, by the variable's name; null where the loss does not depend on it. */
  readonly grads: Record<string, tf.Tensor | null>;
}

/**
 * Computes a loss and its gradients by variables.
 *
 * Unlike tfjs's `variableGrads` it also works when the loss connects modules for the first time.
 *
 * @param fn Computes the loss: a float32 scalar.
 * @param options `variables`: by which to differentiate.
 * @returns The loss, and the gradients by name. All are new tensors.
 * @throws ValueError when the loss is not a float32 scalar, when there is no variable, or when it depends on none; when two
 *   variables, of different graphs, have the same name.
 * @throws TypeError when `fn` returns a promise or no tensor, or something other than variables is listed.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, Module, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const scale = new Module(
 *   (x: tf.Tensor) => tf.mul(x, getVariable('w', { shape: [], initializer: initializers.constant(2) })),
 *   { name: 'scale' },
 * );
 * const { value, grads } = valueAndGrads(() => tf.sum(scale(tf.tensor1d([3, 4]))));
 * assert.equal(value.dataSync()[0], 14);
 * assert.equal(grads['scale/w']?.dataSync()[0], 7);
 * ```
 */
export function valueAndGrads(fn: () => tf.Tensor, options: ValueAndGradsOptions = {}): ValueAndGrads {
  const { value, variables, gradients } = differentiate(fn, options, 'valueAndGrads', checkNames);
  const grads: Record<string, tf.Tensor | null> = {};
  variables.forEach((variable, i) => {
    grads[variableName(variable)] = gradients[i] ?? null;
  });
  return { value: value as tf.Scalar, grads };
}

function checkNames(variables: readonly tf.Variable[]): void {
  const names = variables.map(variableName);
  const twice = names.find((name, i) => names[i - 1] === name);
  if (twice === undefined) return;
  throw new ValueError(
    `valueAndGrads: two variables are called "${twice}". Differentiate by those of one graph at a time.`,
  );
}

/**
 * The common part of {@link valueAndGrads} and `minimize`: gradients by a name-sorted list of variables.
 *
 * @param check Is called with the variables before the gradients are computed.
 */
export function differentiate(
  fn: () => tf.Tensor,
  options: ValueAndGradsOptions,
  caller: string,
  check: (variables: readonly tf.Variable[]) => void = () => {},
): Differentiated {
  if (typeof fn !== 'function') throw new TypeError(`${caller}: expected a function that computes the loss.`);
  if (!gradientsAreOurs()) registerGradients();
  const result = recordAndDifferentiate(
    () => checkedLoss(fn(), caller),
    () => {
      const variables = listVariables(options, caller);
      check(variables);
      return variables;
    },
  );
  if (result.gradients.some((gradient) => gradient !== null)) return result;
  result.value.dispose();
  const names = result.variables.map((variable) => variableName(variable)).join(', ');
  throw new ValueError(
    `${caller}: the loss depends on none of the variables (${names}). Compute it from outputs of the model inside the ` +
      'function, with differentiable ops; check custom getters that stop gradients.',
  );
}

function listVariables({ variables }: ValueAndGradsOptions, caller: string): tf.Variable[] {
  const given = typeof variables === 'function' ? variables() : variables;
  const candidates = new Set(given ?? trainableVariables().filter(({ trainable }) => trainable));
  for (const candidate of candidates) checkVariable(candidate, caller);
  const list = sortByName(candidates).filter((variable) => variable.dtype === 'float32');
  if (list.length === 0) {
    throw new ValueError(
      `${caller}: there is no trainable float32 variable ` +
        `${given ? 'among those given' : 'in the default graph, although the loss has been computed'}.`,
    );
  }
  return list;
}

function checkVariable(variable: unknown, caller: string): asserts variable is tf.Variable {
  if (!(variable instanceof tf.Variable)) {
    const got = variable instanceof tf.Tensor ? `a tensor [${variable.shape.join(', ')}]` : String(variable);
    throw new TypeError(
      `${caller}: options.variables must hold variables; got ${got}. Where a partitioner or a custom getter ` +
        "stands before a variable, getVariable gives a tensor: list the module's trainableVariables instead.",
    );
  }
  if (variable.isDisposed) throw new ValueError(`${caller}: the variable "${variableName(variable)}" was disposed.`);
}

function checkedLoss(loss: unknown, caller: string): tf.Tensor {
  rejectPromise(loss, caller);
  if (!(loss instanceof tf.Tensor)) {
    throw new TypeError(`${caller}: the function must return the loss, a tensor; got ${String(loss)}.`);
  }
  if (loss.rank !== 0 || loss.dtype !== 'float32') {
    throw new ValueError(
      `${caller}: the loss must be a float32 scalar; got ${loss.dtype} [${loss.shape.join(', ')}]. ` +
        'Reduce it with tf.mean or tf.sum.',
    );
  }
  // The loss may be a variable, or a tensor that the caller goes on using: what is given back is always new.
  return tf.clone(loss);
}
