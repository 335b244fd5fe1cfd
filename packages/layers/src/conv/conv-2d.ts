import type { Transposable } from '@sonnetjs/core';
import { ConvND, type ConvNDOptions } from './conv-nd.ts';
import type { PerDimension } from './convolution-base.ts';
import { ConvolutionTransposeBase, type ConvolutionTransposeOptions } from './convolution-transpose-base.ts';
import type { DataFormat2D } from './data-format.ts';

/** Options of {@link Conv2D}. */
export interface Conv2DOptions extends ConvNDOptions {
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D;
}

/**
 * A convolution over the two spatial dimensions of images, with an optional bias.
 *
 * Variables: `w` of shape [kernelHeight, kernelWidth, inputChannels, outputChannels] and `b` of shape [outputChannels].
 * By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelHeight * kernelWidth * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv2D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv2D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const conv = new Conv2D(16, 3, { stride: 2 });
 * assert.deepEqual(conv(tf.zeros([4, 28, 28, 1])).shape, [4, 14, 14, 16]);
 * assert.deepEqual(conv.w.shape, [3, 3, 1, 16]);
 *
 * const decoder = conv.transpose();
 * assert.deepEqual(decoder(tf.zeros([4, 14, 14, 16])).shape, [4, 28, 28, 1]);
 *
 * // Each output sees the rows above and at its own, and the columns around it.
 * const causal = new Conv2D(8, 3, { padding: ['CAUSAL', 'SAME'] });
 * assert.deepEqual(causal(tf.zeros([1, 5, 6, 2])).shape, [1, 5, 6, 8]);
 * ```
 */
export class Conv2D extends ConvND<DataFormat2D> implements Transposable {
  static override readonly moduleName: string = 'conv_2d';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param kernelShape The size of the kernel, once or for height and width.
   * @param options See {@link Conv2DOptions}.
   * @throws IncompatibleShapeError when the kernel shape, the stride or the rate is neither a positive integer nor two.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws NotSupportedError when a stride and a rate are above 1.
   * @throws TypeError when the padding is not one of the known ones or two of them, when the mask is not float32 numbers, or
   *   when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when the number of output channels, the padding value or the data format cannot be used.
   */
  constructor(outputChannels: number | (() => number), kernelShape: PerDimension<number>, options: Conv2DOptions = {}) {
    super({ className: 'Conv2D', spatialDims: 2 }, outputChannels, kernelShape, options);
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): Conv2D {
    return new Conv2D(this.givenOutputChannels, this.kernelShape, this.optionsForClone(options.name));
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   * @throws NotSupportedError when this module is dilated, or its padding is not SAME or VALID in all dimensions.
   */
  transpose(options: { readonly name?: string } = {}): Conv2DTranspose {
    return new Conv2DTranspose(() => this.inputChannels, this.optionsForTranspose(options.name));
  }
}

/** Options of {@link Conv2DTranspose}. */
export interface Conv2DTransposeOptions extends ConvolutionTransposeOptions {
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D;
}

/**
 * The transpose of a convolution over the two spatial dimensions of images, with an optional bias: it maps from the shape
 * of that convolution's outputs to that of its inputs.
 *
 * Variables: `w` of shape [kernelHeight, kernelWidth, outputChannels, inputChannels] and `b` of shape [outputChannels].
 * By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelHeight * kernelWidth * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv2DTranspose`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv2DTranspose } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const upsample = new Conv2DTranspose(3, { kernelShape: 4, stride: 2 });
 * assert.deepEqual(upsample(tf.zeros([1, 7, 7, 16])).shape, [1, 14, 14, 3]);
 *
 * // A stride of 2 maps 13 and 14 to 7: the size can be chosen.
 * const odd = new Conv2DTranspose(3, { kernelShape: 4, stride: 2, outputShape: [13, 14] });
 * assert.deepEqual(odd(tf.zeros([1, 7, 7, 16])).shape, [1, 13, 14, 3]);
 * ```
 */
export class Conv2DTranspose extends ConvolutionTransposeBase<DataFormat2D> implements Transposable {
  static override readonly moduleName: string = 'conv_2d_transpose';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param options See {@link Conv2DTransposeOptions}; `kernelShape` is required.
   * @throws IncompatibleShapeError when the kernel shape, the output shape or the stride is neither a positive integer nor
   *   two.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when there is no kernel shape, or the number of output channels, the padding or the data format
   *   cannot be used.
   */
  constructor(outputChannels: number | (() => number), options: Conv2DTransposeOptions) {
    super({ className: 'Conv2DTranspose', spatialDims: 2 }, outputChannels, options);
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): Conv2D {
    return new Conv2D(() => this.inputChannels, this.kernelShape, this.optionsForTranspose(options.name));
  }
}
