import type * as Core from '@tensorflow/tfjs-core';
import type { Tfjs } from './stock-tfjs.ts';

/** How the gradient of a convolution by its filter is composed of ops that stock tfjs has on wasm. */
export type Composition = 'convolution' | 'products';

/**
 * Gives stock tfjs what its wasm backend lacks to train a convolution: its gradient by the filter. Composed of its own ops,
 * for square NHWC convolutions with stride 1 and no dilation, as the benchmarks have them.
 *
 * - `convolution`: one convolution in which the channels of the input are the batch, and the gradient is the filter.
 * - `products`: one matrix product for each position in the filter.
 *
 * The gradient by the input stays stock's own kernel.
 */
export function registerStockFilterGradient(tf: Tfjs, composition: Composition): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) {
    throw new Error('Stock tfjs has a gradient by the filter of its own.');
  }
  const compose = composition === 'convolution' ? byConvolution : byProducts;
  tf.unregisterGradient('Conv2D');
  tf.registerGradient({
    kernelName: 'Conv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attributes) => {
      const { strides, pad } = attributes as unknown as Core.Conv2DAttrs;
      if ([strides].flat().some((stride) => stride !== 1)) throw new Error('Only stride 1 is composed.');
      const gradient = dy as Core.Tensor4D;
      const inputs = x as Core.Tensor4D;
      const weights = filter as Core.Tensor4D;
      return {
        x: () => tf.conv2dTranspose(gradient, weights, inputs.shape, 1, pad as 'same' | 'valid'),
        filter: () => compose(tf, padded(tf, inputs, weights.shape, pad === 'same'), gradient),
      };
    },
  });
}

function padded(tf: Tfjs, x: Core.Tensor4D, [height, width]: readonly number[], same: boolean): Core.Tensor4D {
  if (!same) return x;
  const around = (size = 1): [number, number] => [(size - 1) >> 1, size >> 1];
  return tf.pad4d(x, [[0, 0], around(height), around(width), [0, 0]]);
}

function byConvolution(tf: Tfjs, x: Core.Tensor4D, dy: Core.Tensor4D): Core.Tensor {
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  return tf.transpose(tf.conv2d(images, filter as Core.Tensor4D, 1, 'valid') as Core.Tensor, [1, 2, 0, 3]);
}

function byProducts(tf: Tfjs, x: Core.Tensor4D, dy: Core.Tensor4D): Core.Tensor {
  const [batch, height, width, outputs] = dy.shape;
  const inputs = x.shape[3];
  const rows = batch * height * width;
  const right = tf.reshape(dy, [rows, outputs]);
  const filterHeight = x.shape[1] - height + 1;
  const filterWidth = x.shape[2] - width + 1;
  const taps: Core.Tensor[] = [];
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      const window = tf.reshape(tf.slice(x, [0, i, j, 0], [batch, height, width, inputs]), [rows, inputs]);
      // Transposing first avoids the slow path of a product with a transposed operand.
      taps.push(tf.matMul(tf.transpose(window), right));
    }
  }
  return tf.reshape(tf.stack(taps), [filterHeight, filterWidth, inputs, outputs]);
}
