import * as tf from '@tensorflow/tfjs-core';
import { type Kernel, type KernelFamily, kernel, type Runtime } from './kernel.ts';
import { axesOf, covering, coveringShape, isNamed, uncovering, type WindowAxis, type WindowInfo } from './window.ts';

type Sizes = number | number[];

interface PoolAttrs {
  readonly filterSize: Sizes;
  readonly strides: Sizes;
  readonly pad: tf.MaxPoolAttrs['pad'];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Pools: tfjs-node knows no padding in numbers. The gradient of MaxPool3D is not one of its kernels. */
export const poolingFamily: KernelFamily = (runtime) => ({
  [tf.MaxPool]: forward(runtime, tf.MaxPool, lowest),
  [tf.MaxPool3D]: forward(runtime, tf.MaxPool3D, lowest),
  [tf.MaxPoolGrad]: largestGradient(runtime),
  [tf.AvgPool]: forward(runtime, tf.AvgPool, 0),
  [tf.AvgPool3D]: forward(runtime, tf.AvgPool3D, 0),
  [tf.AvgPoolGrad]: averageGradient(runtime, tf.AvgPoolGrad),
  [tf.AvgPool3DGrad]: averageGradient(runtime, tf.AvgPool3DGrad),
});

/** Below every number of an input. */
const lowest = Number.NEGATIVE_INFINITY;

const plain = { pad: 'valid', dimRoundingMode: undefined } as const;

function windowsOf(shape: readonly number[], attrs: PoolAttrs): WindowInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  return shape.length === 4
    ? computePool2DInfo(
        shape as [number, number, number, number],
        filterSize as [number, number],
        strides as [number, number],
        1,
        pad,
        dimRoundingMode,
      )
    : computePool3DInfo(
        shape as [number, number, number, number, number],
        filterSize as [number, number, number],
        strides as [number, number, number],
        1,
        pad as 'same' | 'valid' | number,
        dimRoundingMode,
      );
}

function forward({ stock }: Runtime, name: string, border: number): Kernel {
  return kernel<PoolAttrs>((inputs, attrs) => {
    const { x } = inputs as Record<'x', tf.Tensor>;
    const info = windowsOf(x.shape, attrs);
    if (isNamed(info)) return stock(name)(inputs, attrs);
    const axes = axesOf(info);
    const pooled = stock(name)({ x: covering(x, axes, border) }, { ...attrs, ...plain });
    return border === 0 ? tf.div(pooled, sharesWithin(axes)) : pooled;
  });
}

/** The share of each window that lies within the input: an average is over those elements only. `[1, …outputs, 1]` */
function sharesWithin(axes: readonly WindowAxis[]): tf.Tensor {
  const shares = axes.map(({ size, reach, stride, before, outputs }) =>
    Array.from({ length: outputs }, (_, output) => {
      const start = output * stride - before;
      return (Math.min(start + reach, size) - Math.max(start, 0)) / reach;
    }),
  );
  const products = shares.reduce((all, axis) => all.flatMap((product) => axis.map((share) => product * share)), [1]);
  return tf.tensor(products, [1, ...axes.map(({ outputs }) => outputs), 1]);
}

function largestGradient({ stock }: Runtime): Kernel {
  return kernel<PoolAttrs>((inputs, attrs) => {
    const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.Tensor>;
    const info = windowsOf(input.shape, attrs);
    const native = stock(tf.MaxPoolGrad);
    if (isNamed(info)) return native(inputs, attrs);
    const axes = axesOf(info);
    const gradient = native({ dy, input: covering(input, axes, lowest), output }, { ...attrs, ...plain });
    return uncovering(gradient, axes);
  });
}

/**
 * TensorFlow divides by the number of elements of a window that lie within the input, tfjs by that of all: here the border
 * belongs to the input.
 */
function averageGradient({ stock }: Runtime, name: string): Kernel {
  return kernel<PoolAttrs>(({ dy, input }, attrs) => {
    const { shape, dataId, dtype } = input as tf.Tensor;
    const axes = axesOf(windowsOf(shape, attrs));
    // Of the input only its shape is looked at.
    const covered = { dataId, dtype, shape: coveringShape(shape, axes) };
    return uncovering(stock(name)({ dy: dy as tf.Tensor, input: covered }, { ...attrs, ...plain }), axes);
  });
}
