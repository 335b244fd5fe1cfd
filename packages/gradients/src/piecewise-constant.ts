import * as tf from '@tensorflow/tfjs-core';
import { fromInputs, type InputGradients } from './gradient-config.ts';
import { zeros } from './kernel-calls.ts';

/** Of one input `x` and in its shape. */
const elementwise = [
  tf.Ceil,
  tf.Floor,
  tf.Round,
  tf.Sign,
  tf.Step,
  tf.IsFinite,
  tf.IsInf,
  tf.IsNan,
  tf.LogicalNot,
  tf.OnesLike,
  tf.ZerosLike,
];

/** By the names of their inputs. */
const others: readonly (readonly [kernelName: string, inputs: readonly string[]])[] = [
  [tf.All, ['x']],
  [tf.Any, ['x']],
  [tf.ArgMax, ['x']],
  [tf.ArgMin, ['x']],
  [tf.BitwiseAnd, ['a', 'b']],
  [tf.BroadcastArgs, ['s0', 's1']],
  [tf.Equal, ['a', 'b']],
  [tf.FloorDiv, ['a', 'b']],
  [tf.Greater, ['a', 'b']],
  [tf.GreaterEqual, ['a', 'b']],
  [tf.Less, ['a', 'b']],
  [tf.LessEqual, ['a', 'b']],
  [tf.LogicalAnd, ['a', 'b']],
  [tf.LogicalOr, ['a', 'b']],
  [tf.LogicalXor, ['a', 'b']],
  [tf.LowerBound, ['sortedSequence', 'values']],
  [tf.Multinomial, ['logits']],
  [tf.NonMaxSuppressionV3, ['boxes', 'scores']],
  [tf.NonMaxSuppressionV4, ['boxes', 'scores']],
  [tf.NotEqual, ['a', 'b']],
  [tf.OneHot, ['indices']],
  [tf.SearchSorted, ['sortedSequence', 'values']],
  [tf.SparseReshape, ['inputIndices', 'inputShape', 'newShape']],
  [tf.UpperBound, ['sortedSequence', 'values']],
];

/** Zeros for each of the saved inputs. */
function zerosFor(names: readonly string[], inputs: readonly tf.Tensor[]): InputGradients {
  return Object.fromEntries(names.map((name, i) => [name, () => zeros((inputs[i] as tf.Tensor).shape)]));
}

/**
 * Kernels whose result changes in steps: comparisons, rounding, positions, choices. Their gradient is zero, so that a
 * `where` or a `oneHot` on a watched value lets the rest of the gradient through; TensorFlow treats them as constants.
 */
export const piecewiseConstant: readonly tf.GradConfig[] = [
  ...elementwise.map((kernelName) => fromInputs(kernelName, [], (dy) => ({ x: () => zeros(dy.shape) }))),
  ...others.map(([kernelName, names]) => fromInputs(kernelName, names, (_, inputs) => zerosFor(names, inputs))),
];
