import * as tf from '@tensorflow/tfjs-core';

/**
 * The value of an argument that may be given as a boolean or as a tensor, such as `isTraining`.
 *
 * A tensor is read back, which waits for the backend and cannot be compiled; a plain boolean costs nothing.
 *
 * @param value A boolean, or a tensor of one element.
 * @param name What to call the argument in messages, with the module's full name.
 * @throws TypeError when it is neither.
 */
export function booleanArgument(value: boolean | tf.Tensor, name: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value instanceof tf.Tensor && value.size === 1) return value.dataSync()[0] !== 0;
  const found = value instanceof tf.Tensor ? `a tensor of shape [${value.shape.join(', ')}]` : String(value);
  throw new TypeError(`${name} must be true, false or a scalar tensor; got ${found}.`);
}
