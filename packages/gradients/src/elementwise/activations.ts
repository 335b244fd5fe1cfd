import * as tf from '@tensorflow/tfjs-core';
import { sumTo } from '../broadcast.ts';
import { fromInputs, fromInputsAndOutput, fromOutput, unary, unaryOfOutput } from '../gradient-config.ts';
import { add, multiply, runKernel, step, subtract, sumOver } from '../kernel-calls.ts';
import { slopeThrough } from './slopes.ts';

const { SELU_SCALE: seluScale, SELU_SCALEALPHA: seluScaleAlpha } = tf.backend_util;

/** The derivative of selu from its output: the scale where positive, `y + scale · alpha` elsewhere. */
function seluSlope(y: tf.Tensor): tf.Tensor {
  const level = tf.mul(step(y, seluScaleAlpha / seluScale), seluScale);
  return add(level, subtract(y, tf.relu(y)));
}

/** Activation functions. Where the derivative jumps, at 0, it is the one from the left, as in TensorFlow. */
export const activations: readonly tf.GradConfig[] = [
  fromInputsAndOutput(tf.Relu, [], (dy, _, y) => ({ x: () => slopeThrough('ReluGrad', dy, y) })),
  // y · (6 - y) is positive strictly between the bounds and zero at and outside them.
  fromInputsAndOutput(tf.Relu6, [], (dy, _, y) => ({
    x: () => multiply(dy, step(multiply(y, tf.sub(6, y)))),
  })),
  fromInputs(tf.LeakyRelu, ['x'], (dy, [x], { alpha }: tf.LeakyReluAttrs) => ({
    x: () => multiply(dy, step(x, alpha)),
  })),
  fromInputs(tf.Prelu, ['x', 'alpha'], (dy, [x, alpha]) => ({
    x: () => {
      const positive = step(x);
      return multiply(dy, add(positive, multiply(alpha, tf.sub(1, positive))));
    },
    alpha: () => sumTo(multiply(dy, subtract(x, tf.relu(x))), alpha.shape),
  })),
  unaryOfOutput(tf.Elu, (dy, y) => runKernel(tf.EluGrad, { dy, y })),
  // EluGrad is dy where y is not negative and dy · (y + 1) elsewhere.
  fromInputs(tf.EluGrad, ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => runKernel(tf.EluGrad, { dy: ddx, y }),
    y: () => multiply(multiply(ddx, dy), step(tf.neg(y))),
  })),
  unaryOfOutput(tf.Selu, (dy, y) => multiply(dy, seluSlope(y))),
  unaryOfOutput(tf.Sigmoid, (dy, y) => slopeThrough('SigmoidGrad', dy, y)),
  unary(tf.Softplus, (dy, x) => multiply(dy, tf.sigmoid(x))),
  fromOutput(tf.Softmax, 'logits', (dy, y, { dim }: tf.SoftmaxAttrs) => {
    const weighted = multiply(dy, y);
    return subtract(weighted, multiply(y, sumOver(weighted, dim, true)));
  }),
  fromOutput(tf.LogSoftmax, 'logits', (dy, y, { axis }: tf.LogSoftmaxAttrs) =>
    subtract(dy, multiply(tf.exp(y), sumOver(dy, axis, true))),
  ),
];
