import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import type { GraphState } from '../graph/graph-state.ts';
import { variableName } from '../variables/variable-name.ts';
import { isTapeOn, offTape } from './off-tape.ts';

/** Computes the next value of a variable from its current one and from the operands of the update, and from nothing else. */
export type NextValue = (current: tf.Tensor, ...operands: tf.Tensor[]) => tf.Tensor;

/** Gives a variable its next value now. In a transaction that fails it gets its value back. */
export function assignNext(
  state: GraphState,
  variable: tf.Variable,
  operands: readonly tf.Tensor[],
  next: NextValue,
): void {
  if (variable.isDisposed) {
    throw new ValueError(`The variable "${variableName(variable)}" cannot be updated: it was disposed.`);
  }
  const value = offTape(() => next(variable, ...operands));
  try {
    checkNextValue(variable, value);
    if (value.dataId === variable.dataId) return;
    if (state.undoLog.active) rememberValue(state, variable);
    variable.assign(value);
  } finally {
    if (value !== variable && !operands.includes(value)) value.dispose();
  }
}

function rememberValue(state: GraphState, variable: tf.Variable): void {
  const before = keepValue(variable);
  state.undoLog.recordAction(
    () => {
      if (!variable.isDisposed) variable.assign(before);
      before.dispose();
    },
    () => before.dispose(),
  );
}

/** Another tensor with the data of this one, which stays when this one is disposed or gets other data. */
export function keepValue(tensor: tf.Tensor): tf.Tensor {
  // Unlike clone, which copies on some backends, a reshape shares the data on all of them.
  const share = (): tf.Tensor => tf.reshape(tensor, tensor.shape);
  return tf.keep(isTapeOn() ? offTape(share) : share());
}

function checkNextValue(variable: tf.Variable, value: tf.Tensor): void {
  if (tf.util.arraysEqual(value.shape, variable.shape) && value.dtype === variable.dtype) return;
  throw new ValueError(
    `The variable "${variableName(variable)}" cannot be updated: it is ${variable.dtype} ` +
      `[${variable.shape.join(', ')}], but the new value is ${value.dtype} [${value.shape.join(', ')}].`,
  );
}
