import type * as tf from '@tensorflow/tfjs-core';
import type { Tfjs } from '../stock/stock-tfjs.ts';
import type { Inputs, KernelCase } from './kernel-case.ts';

/** A matrix of all elements with 64 columns, or as many as it has, and two that fit it. */
function product(
  variant: string,
  kernel: string,
  run: (library: Tfjs, long: tf.Tensor2D, square: tf.Tensor2D, other: tf.Tensor2D) => tf.Tensor,
): KernelCase {
  const make = (inputs: Inputs) => {
    const columns = Math.min(inputs.side, 64);
    const shape = [inputs.size / columns, columns];
    const [long, other] = [1, 2].map((seed) => inputs.floats(shape, { seed })) as [tf.Tensor2D, tf.Tensor2D];
    const square = inputs.floats([columns, columns], { seed: 3 }) as tf.Tensor2D;
    return () => run(inputs.tf, long, square, other);
  };
  return { kernel, variant, make };
}

/** A convolution of images; the filter keeps the number of channels. */
function convolution(
  kernel: string,
  run: (inputs: Inputs, x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
  multipliers = false,
): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images();
    const channels = inputs.image[3];
    const filter = inputs.floats([3, 3, channels, multipliers ? 1 : channels], { seed: 2 }) as tf.Tensor4D;
    return () => run(inputs, x, filter);
  };
  return { kernel, make };
}

function convolution3d(
  kernel: string,
  run: (inputs: Inputs, x: tf.Tensor5D, filter: tf.Tensor5D) => tf.Tensor,
): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.volumes();
    const channels = inputs.volume[4];
    const filter = inputs.floats([3, 3, 3, channels, channels], { seed: 2 }) as tf.Tensor5D;
    return () => run(inputs, x, filter);
  };
  return { kernel, make };
}

const strides3d = { strides: [1, 1, 1], pad: 'same' };

/** Matrix products and convolutions. */
export const productCases: readonly KernelCase[] = [
  product('A·B', 'BatchMatMul', (t, long, square) => t.matMul(long, square)),
  product('A·Bᵀ', 'BatchMatMul', (t, long, square) => t.matMul(long, square, false, true)),
  product('Aᵀ·B', 'BatchMatMul', (t, long, _, other) => t.matMul(long, other, true, false)),
  {
    kernel: 'BatchMatMul',
    variant: 'batch of 4',
    make: (inputs) => {
      const columns = Math.min(inputs.side / 2, 64);
      const long = inputs.floats([4, inputs.size / 4 / columns, columns]);
      const square = inputs.floats([4, columns, columns], { seed: 2 });
      return () => inputs.tf.matMul(long, square);
    },
  },
  product('A·B and relu', '_FusedMatMul', (t, a, b) => t.fused.matMul({ a, b, activation: 'relu' })),
  convolution('Conv2D', ({ tf }, x, filter) => tf.conv2d(x, filter, 1, 'same')),
  convolution('Conv2DBackpropInput', ({ tf }, x, filter) => tf.conv2dTranspose(x, filter, x.shape, 1, 'same')),
  convolution('FusedConv2D', ({ tf }, x, filter) =>
    tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', activation: 'relu' }),
  ),
  convolution('DepthwiseConv2dNative', ({ tf }, x, filter) => tf.depthwiseConv2d(x, filter, 1, 'same'), true),
  convolution(
    'FusedDepthwiseConv2D',
    ({ tf }, x, filter) => tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'same', activation: 'relu' }),
    true,
  ),
  convolution3d('Conv3D', ({ tf }, x, filter) => tf.conv3d(x, filter, 1, 'same')),
  convolution3d('Conv3DBackpropFilterV2', (inputs, x, filter) =>
    inputs.runKernel('Conv3DBackpropFilterV2', { x, dy: x }, { ...strides3d, filterShape: filter.shape }),
  ),
  convolution3d('Conv3DBackpropInputV2', (inputs, x, filter) =>
    inputs.runKernel('Conv3DBackpropInputV2', { dy: x, filter }, { ...strides3d, inputShape: x.shape }),
  ),
];
