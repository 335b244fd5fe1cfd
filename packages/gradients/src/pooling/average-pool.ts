import * as tf from '@tensorflow/tfjs-core';
import { type ConvolutionGeometry, outputGradientForInput } from '../convolution/composed-convolution.ts';
import { fromInputs } from '../gradient-config.ts';
import { divide, multiply, runKernel, zeros } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';
import { type PoolSettings, poolGeometry } from './pool-geometry.ts';

interface Kernels {
  readonly forward: string;
  readonly gradient: string;
  /** The setting that the forward kernel has besides those of every pool. */
  readonly format: { readonly dataFormat?: 'NDHWC' };
}

const twoAxes: Kernels = { forward: tf.AvgPool, gradient: tf.AvgPoolGrad, format: {} };
const threeAxes: Kernels = { forward: tf.AvgPool3D, gradient: tf.AvgPool3DGrad, format: { dataFormat: 'NDHWC' } };

/** Along one axis, the share of each window that lies within the input. */
function sharesWithin(geometry: ConvolutionGeometry, axis: number): number[] {
  const { inputSizes, filterSizes, outputSizes, strides, padBefore } = geometry;
  const [size, filter] = [inputSizes[axis] as number, filterSizes[axis] as number];
  return Array.from({ length: outputSizes[axis] as number }, (_, output) => {
    const start = output * (strides[axis] as number) - (padBefore[axis] as number);
    return (Math.min(start + filter, size) - Math.max(start, 0)) / filter;
  });
}

/**
 * The share of each window that lies within the input: an average divides by the number of those elements only.
 *
 * @returns [1, …outputSizes, 1], or undefined when all windows lie within.
 */
function shareWithin(geometry: ConvolutionGeometry): tf.Tensor | undefined {
  const shares = geometry.outputSizes.map((_, axis) => sharesWithin(geometry, axis));
  if (shares.every((axis) => axis.every((share) => share === 1))) return undefined;
  const products = shares.reduce((all, axis) => all.flatMap((product) => axis.map((share) => product * share)), [1]);
  return tf.tensor(products, [1, ...geometry.outputSizes, 1]);
}

function average(x: tf.Tensor, { forward, format }: Kernels, settings: PoolSettings): tf.Tensor {
  return runKernel(forward, { x }, { ...settings, ...format });
}

function inputGradient(dy: tf.Tensor, x: tf.Tensor, kernels: Kernels, settings: PoolSettings): tf.Tensor {
  const geometry = poolGeometry(x.shape, settings);
  const share = shareWithin(geometry);
  // Both ways below divide by the size of the whole window.
  const scaled = share === undefined ? dy : divide(dy, share);
  const { filterSize, strides, pad, dimRoundingMode } = settings;
  // The kernel of two axes does not know the rounding mode, which matters where the padding is given in numbers.
  if (hasGoodKernel(kernels.gradient) && (typeof pad === 'string' || dimRoundingMode === undefined)) {
    return runKernel(kernels.gradient, { dy: scaled, input: x }, { filterSize, strides, pad, dimRoundingMode });
  }
  return average(outputGradientForInput(scaled, geometry), kernels, { filterSize, strides: 1, pad: 'valid' });
}

function averagePool(kernels: Kernels): tf.GradConfig {
  return fromInputs(kernels.forward, ['x'], (dy, [x], attrs: PoolSettings) => ({
    x: () => inputGradient(dy, x, kernels, attrs),
  }));
}

/** The gradient kernel is linear in `dy`; its transpose is the average over whole windows. */
function averagePoolGradient(kernels: Kernels): tf.GradConfig {
  return fromInputs(kernels.gradient, ['input'], (ddx, [input], attrs: PoolSettings) => ({
    dy: () => {
      const share = shareWithin(poolGeometry(input.shape, attrs));
      const averages = average(ddx, kernels, attrs);
      return share === undefined ? averages : multiply(averages, share);
    },
    input: () => zeros(input.shape),
  }));
}

/** Averages of windows. */
export const averagePools: readonly tf.GradConfig[] = [
  averagePool(twoAxes),
  averagePoolGradient(twoAxes),
  averagePool(threeAxes),
  averagePoolGradient(threeAxes),
];
