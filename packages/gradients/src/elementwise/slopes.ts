import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { float, multiply, runKernel, step, subtract, zeros } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';

/**
 * Kernels that a backend may have beyond those of tfjs: what a slope dy becomes through an activation whose output is y, in one
 * go. Their names are those of TensorFlow's ops.
 */
export type SlopeKernel = 'ReluGrad' | 'SigmoidGrad' | 'TanhGrad';

const composed: Readonly<Record<SlopeKernel, (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor>> = {
  ReluGrad: (dy, y) => multiply(dy, step(y)),
  SigmoidGrad: (dy, y) => multiply(multiply(dy, y), tf.sub(1, y)),
  // tanh' = 1 - tanh²
  TanhGrad: (dy, y) => subtract(dy, multiply(dy, multiply(y, y))),
};

/** The slope through an activation: by the backend's kernel where it has one. */
export function slopeThrough(kernelName: SlopeKernel, dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (!hasGoodKernel(kernelName)) return composed[kernelName](dy, y);
  return runKernel(kernelName, { dy: float(dy), y });
}

/** The gradients of these kernels, which are linear in dy. */
export const slopes: readonly tf.GradConfig[] = [
  fromInputs('ReluGrad', ['y'], (ddx, [y]) => ({
    dy: () => slopeThrough('ReluGrad', ddx, y),
    y: () => zeros(y.shape),
  })),
  fromInputs('SigmoidGrad', ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => slopeThrough('SigmoidGrad', ddx, y),
    y: () => multiply(multiply(ddx, dy), tf.sub(1, tf.mul(2, y))),
  })),
  fromInputs('TanhGrad', ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => slopeThrough('TanhGrad', ddx, y),
    y: () => multiply(multiply(ddx, dy), tf.mul(-2, y)),
  })),
];
