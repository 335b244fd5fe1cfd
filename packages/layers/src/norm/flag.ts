import * as tf from '@tensorflow/tfjs-core';

/** A decision that is known now, or that a bool scalar makes at run time. */
export type Flag = boolean | tf.Tensor;

/** Whether a value is a boolean, or a bool tensor of one element. */
export function isFlag(value: unknown): value is Flag {
  return typeof value === 'boolean' || (value instanceof tf.Tensor && value.dtype === 'bool' && value.rank === 0);
}

/** Whether one of two flags is set. */
export function eitherOf(a: Flag, b: Flag): Flag {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : tf.logicalOr(a, b);
}

/**
 * The one tensor or the other. With a tensor as the flag it is chosen at run time, and nothing is read back.
 *
 * @param whenTrue It may be undefined when the flag is false.
 * @param whenFalse Computes the other one, where it is needed.
 */
export function select(flag: Flag, whenTrue: tf.Tensor | undefined, whenFalse: () => tf.Tensor): tf.Tensor {
  if (flag === false || whenTrue === undefined) return whenFalse();
  return flag === true ? whenTrue : tf.where(flag, whenTrue, whenFalse());
}
