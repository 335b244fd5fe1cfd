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

/** The one tensor or the other. With a tensor as the flag, both are computed and nothing is read back. */
export function select(flag: Flag, whenTrue: () => tf.Tensor, whenFalse: () => tf.Tensor): tf.Tensor {
  if (flag === true) return whenTrue();
  return flag === false ? whenFalse() : tf.where(flag, whenTrue(), whenFalse());
}
