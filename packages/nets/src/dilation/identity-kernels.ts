import { type Initializer, type InitializerContext, initializers, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link noisyIdentityKernelInitializer}. */
export interface NoisyIdentityKernelOptions {
  /** The standard deviation of the noise in place of zeros. Default: 1e-8. */
  readonly stddev?: number;
}

/**
 * Initializes a convolution's kernel so that the convolution gives its inputs: 1 in the middle from each channel to itself,
 * 0 elsewhere.
 *
 * It is an {@link Initializer} itself: `{ initializers: { w: identityKernelInitializer } }`.
 *
 * @param shape [size, size, channels, channels], with an odd size.
 * @param dtype The dtype of the kernel. Default: `float32`.
 * @param context The name of the variable, and which part of the kernel is wanted where it is stored in slices.
 * @returns The kernel.
 * @throws ValueError when the shape is not of rank 4, or height and width differ or are even, or the numbers of input and
 *   output channels differ.
 *
 * Sonnet: `snt.nets.identity_kernel_initializer`.
 *
 * @example
 * ```ts
 * import { identityKernelInitializer } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const kernel = identityKernelInitializer([3, 3, 2, 2]) as tf.Tensor4D;
 * const images = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
 * assert.deepEqual([...tf.conv2d(images, kernel, 1, 'same').dataSync()], [...images.dataSync()]);
 * ```
 */
export function identityKernelInitializer(
  shape: number[],
  dtype: tf.DataType = 'float32',
  context?: Pick<InitializerContext, 'name' | 'partition'>,
): tf.Tensor {
  const where = `identityKernelInitializer${context === undefined ? '' : ` for "${context.name}"`}`;
  const whole = context?.partition?.fullShape ?? shape;
  const [, , inputChannels, outputChannels] = checkedKernelShape(whole, where);
  if (inputChannels !== outputChannels) {
    throw new ValueError(
      `${where}: the numbers of input and output channels must be equal; got ${inputChannels} and ` +
        `${outputChannels} (kernel ${shown(whole)}).`,
    );
  }
  return tf.tidy(() =>
    tf.cast(
      sliceOf(
        inMiddle(whole, (from, to) => from === to),
        shape,
        context,
      ),
      dtype,
    ),
  );
}

/**
 * Makes an initializer like {@link identityKernelInitializer} for kernels whose numbers of channels differ: each of some
 * groups of input channels goes to a group of output channels, and noise breaks the ties between the channels of a group.
 *
 * @param baseNumChannels The number of groups, which must divide the numbers of input and output channels.
 * @param options See {@link NoisyIdentityKernelOptions}.
 * @returns An initializer for float32 kernels [size, size, inputChannels, outputChannels], with an odd size. It throws a
 *   ValueError for other shapes.
 * @throws ValueError when `baseNumChannels` is not a positive integer, or `stddev` is negative.
 *
 * Sonnet: `snt.nets.noisy_identity_kernel_initializer`. Yu and Koltun, "Multi-Scale Context Aggregation by Dilated
 * Convolutions" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv2D } from '@sonnetjs/layers';
 * import { noisyIdentityKernelInitializer } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const initializers = { w: noisyIdentityKernelInitializer(2) };
 * const conv = new Conv2D(4, 3, { initializers });
 * const outputs = conv(tf.tensor4d([1, 2], [1, 1, 1, 2]));
 * assert.deepEqual([...outputs.dataSync()].map((x) => Math.round(x * 10) / 10), [0.5, 0.5, 1, 1]);
 * ```
 */
export function noisyIdentityKernelInitializer(
  baseNumChannels: number,
  options: NoisyIdentityKernelOptions = {},
): Initializer {
  const where = 'noisyIdentityKernelInitializer';
  const { stddev = 1e-8 } = options;
  if (!(Number.isSafeInteger(baseNumChannels) && baseNumChannels > 0)) {
    throw new ValueError(`${where}: baseNumChannels must be a positive integer; got ${String(baseNumChannels)}.`);
  }
  if (!(stddev >= 0)) throw new ValueError(`${where}: stddev must be at least 0; got ${String(stddev)}.`);
  const noise = initializers.truncatedNormal({ stddev });
  return (shape, dtype, context) => {
    const whole = context.partition?.fullShape ?? shape;
    const whereHere = `${where} for "${context.name}"`;
    const [, , inputChannels, outputChannels] = checkedKernelShape(whole, whereHere);
    if (inputChannels % baseNumChannels !== 0 || outputChannels % baseNumChannels !== 0) {
      throw new ValueError(
        `${whereHere}: the numbers of input and output channels must both be multiples of baseNumChannels, ` +
          `${baseNumChannels}; got ${inputChannels} and ${outputChannels} (kernel ${shown(whole)}).`,
      );
    }
    const groupOf = (channel: number, count: number): number => Math.floor((channel * baseNumChannels) / count);
    const ones = inMiddle(whole, (from, to) => groupOf(from, inputChannels) === groupOf(to, outputChannels));
    const isOne = tf.cast(sliceOf(ones, shape, context), 'bool');
    return tf.where(isOne, tf.fill(shape, baseNumChannels / outputChannels), noise(shape, dtype, context));
  };
}

type KernelShape = readonly [height: number, width: number, inputChannels: number, outputChannels: number];

function checkedKernelShape(shape: readonly number[], where: string): KernelShape {
  const [height, width] = shape;
  if (shape.length !== 4) {
    throw new ValueError(`${where}: kernels of convolutions must be of rank 4; got ${shape.length} (${shown(shape)}).`);
  }
  if (height !== width) {
    throw new ValueError(`${where}: kernels must be square; got ${height} by ${width} (${shown(shape)}).`);
  }
  if (Number(height) % 2 !== 1) {
    throw new ValueError(`${where}: the height and width of kernels must be odd; got ${height} (${shown(shape)}).`);
  }
  return shape as unknown as KernelShape;
}

/** A kernel with ones in the middle between the channels that are connected, and zeros elsewhere. */
function inMiddle(shape: readonly number[], connected: (from: number, to: number) => boolean): tf.Tensor {
  const [size, , inputChannels, outputChannels] = shape as KernelShape;
  const values = new Float32Array(size * size * inputChannels * outputChannels);
  const begin = ((size * size - 1) / 2) * inputChannels * outputChannels;
  for (let from = 0; from < inputChannels; from++) {
    for (let to = 0; to < outputChannels; to++) {
      if (connected(from, to)) values[begin + from * outputChannels + to] = 1;
    }
  }
  return tf.tensor(values, [...shape], 'float32');
}

function sliceOf(whole: tf.Tensor, shape: number[], context?: Pick<InitializerContext, 'partition'>): tf.Tensor {
  return context?.partition === undefined ? whole : tf.slice(whole, context.partition.offset, shape);
}

function shown(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
