import type * as tf from '@tensorflow/tfjs-core';
import type { Inputs, KernelCase } from './kernel-case.ts';

type Run = (inputs: Inputs, x: tf.Tensor4D) => tf.Tensor;

function ofImages(kernel: string, run: Run, variant?: string): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images({ low: 0.1 });
    return () => run(inputs, x);
  };
  return variant === undefined ? { kernel, make } : { kernel, variant, make };
}

/** A kernel that gets the gradient of a result, and what the result was made from. */
function gradient(
  kernel: string,
  forward: Run,
  backward: (inputs: Inputs, dy: tf.Tensor, x: tf.Tensor4D, y: tf.Tensor) => tf.Tensor,
): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images({ low: 0.1 });
    const y = inputs.keep(forward(inputs, x));
    const dy = inputs.floats(y.shape, { seed: 3 });
    return () => backward(inputs, dy, x, y);
  };
  return { kernel, make };
}

function ofVolumes(kernel: string, run: (inputs: Inputs, x: tf.Tensor5D) => tf.Tensor): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.volumes({ low: 0.1 });
    return () => run(inputs, x);
  };
  return { kernel, make };
}

function gradient3d(kernel: string, name: 'input' | 'inputAndOutput'): KernelCase {
  const attributes = { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'same' };
  const make = (inputs: Inputs) => {
    const x = inputs.volumes({ low: 0.1 });
    const y = inputs.keep(inputs.tf.maxPool3d(x, 2, 2, 'same'));
    const dy = inputs.floats(y.shape, { seed: 3 });
    const given: Record<string, tf.Tensor> = name === 'input' ? { dy, input: x } : { dy, input: x, output: y };
    return () => inputs.runKernel(kernel, given, attributes);
  };
  return { kernel, make };
}

const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'same' };
const lrn = { depthRadius: 2, bias: 1, alpha: 0.1, beta: 0.75 };
const smaller = (size: number): number => Math.max(1, size / 2);

const pooling: readonly KernelCase[] = [
  ofImages('AvgPool', ({ tf }, x) => tf.avgPool(x, 2, 2, 'same')),
  ofImages('MaxPool', ({ tf }, x) => tf.maxPool(x, 2, 2, 'same')),
  ofImages('MaxPool', ({ tf }, x) => tf.maxPool(x, 3, 2, 'same'), '3×3, stride 2'),
  {
    kernel: 'MaxPoolWithArgmax',
    make: (inputs) => {
      const x = inputs.images({ low: 0.1 });
      return () => Object.values(inputs.tf.maxPoolWithArgmax(x, 2, 2, 'same'));
    },
  },
  gradient(
    'AvgPoolGrad',
    ({ tf }, x) => tf.avgPool(x, 2, 2, 'same'),
    (inputs, dy, x) => inputs.runKernel('AvgPoolGrad', { dy, input: x }, pool),
  ),
  gradient(
    'MaxPoolGrad',
    ({ tf }, x) => tf.maxPool(x, 2, 2, 'same'),
    (inputs, dy, x, y) => inputs.runKernel('MaxPoolGrad', { dy, input: x, output: y }, pool),
  ),
  ofVolumes('AvgPool3D', ({ tf }, x) => tf.avgPool3d(x, 2, 2, 'same')),
  ofVolumes('MaxPool3D', ({ tf }, x) => tf.maxPool3d(x, 2, 2, 'same')),
  gradient3d('AvgPool3DGrad', 'input'),
  gradient3d('MaxPool3DGrad', 'inputAndOutput'),
];

const normalization: readonly KernelCase[] = [
  {
    kernel: 'FusedBatchNorm',
    make: (inputs) => {
      const x = inputs.images();
      const [mean, variance, offset, scale] = [1, 2, 3, 4].map((seed) =>
        inputs.floats([inputs.image[3]], { low: 0.5, seed }),
      ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      return () => inputs.tf.batchNorm4d(x, mean, variance, offset, scale);
    },
  },
  ofImages('LRN', ({ tf }, x) => tf.localResponseNormalization(x, 2, 1, 0.1, 0.75)),
  gradient(
    'LRNGrad',
    ({ tf }, x) => tf.localResponseNormalization(x, 2, 1, 0.1, 0.75),
    (inputs, dy, x, y) => inputs.runKernel('LRNGrad', { dy, x, y }, lrn),
  ),
];

function crops(method: 'bilinear' | 'nearest', variant?: string): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images();
    const [batch, height, width] = inputs.image;
    const boxes = inputs.floats([batch, 4], { low: 0.1, high: 0.9 }) as tf.Tensor2D;
    const owners = inputs.integers([batch], batch) as tf.Tensor1D;
    return () => inputs.tf.image.cropAndResize(x, boxes, owners, [height, width], method);
  };
  return variant === undefined ? { kernel: 'CropAndResize', make } : { kernel: 'CropAndResize', variant, make };
}

function transformed(
  interpolation: 'bilinear' | 'nearest',
  fillMode: 'constant' | 'wrap',
  variant?: string,
): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images();
    const turn = inputs.keep(inputs.tf.tensor2d([[0.9, 0.1, 1, -0.1, 0.9, 1, 0, 0]]));
    return () => inputs.tf.image.transform(x, turn, interpolation, fillMode);
  };
  return variant === undefined ? { kernel: 'Transform', make } : { kernel: 'Transform', variant, make };
}

const resizing: readonly KernelCase[] = [
  ofImages('ResizeBilinear', ({ tf, image }, x) => tf.image.resizeBilinear(x, [2 * image[1], 2 * image[2]])),
  ofImages('ResizeNearestNeighbor', ({ tf, image }, x) =>
    tf.image.resizeNearestNeighbor(x, [2 * image[1], 2 * image[2]]),
  ),
  gradient(
    'ResizeBilinearGrad',
    ({ tf, image }, x) => tf.image.resizeBilinear(x, [smaller(image[1]), smaller(image[2])]),
    (inputs, dy, images) => inputs.runKernel('ResizeBilinearGrad', { dy, images }, { alignCorners: false }),
  ),
  gradient(
    'ResizeNearestNeighborGrad',
    ({ tf, image }, x) => tf.image.resizeNearestNeighbor(x, [smaller(image[1]), smaller(image[2])]),
    (inputs, dy, images) => inputs.runKernel('ResizeNearestNeighborGrad', { dy, images }, { alignCorners: false }),
  ),
  crops('bilinear'),
  crops('nearest', 'nearest'),
  ofImages('RotateWithOffset', ({ tf }, x) => tf.image.rotateWithOffset(x, 0.3)),
  transformed('nearest', 'constant'),
  transformed('bilinear', 'constant', 'bilinear'),
  transformed('bilinear', 'wrap', 'bilinear, wrap'),
];

const dilation: readonly KernelCase[] = ['', 'BackpropFilter', 'BackpropInput'].map((part) => ({
  kernel: `Dilation2D${part}`,
  make: (inputs: Inputs) => {
    const x = inputs.images();
    const filter = inputs.floats([3, 3, inputs.image[3]], { seed: 2 }) as tf.Tensor3D;
    if (part === '') return () => inputs.tf.dilation2d(x, filter, 1, 'same');
    const attributes = { strides: 1, pad: 'same', dilations: 1 };
    return () => inputs.runKernel(`Dilation2D${part}`, { x, filter, dy: x }, attributes);
  },
}));

/** Kernels on images and volumes, other than convolutions. */
export const imageCases: readonly KernelCase[] = [...pooling, ...normalization, ...resizing, ...dilation];
