import type { Transposable } from '@sonnetjs/core';
import { ConvND, type ConvNDOptions } from './conv-nd.ts';
import type { PerDimension } from './convolution-base.ts';
import { ConvolutionTransposeBase, type ConvolutionTransposeOptions } from './convolution-transpose-base.ts';
import type { DataFormat3D } from './data-format.ts';

/** Options of {@link Conv3D}. */
export interface Conv3DOptions extends ConvNDOptions {
  /** The order of dimensions of inputs and outputs: `NDHWC` or `NCDHW`. Default: `NDHWC`. */
  readonly dataFormat?: DataFormat3D;
}

/**
 * A convolution over the three spatial dimensions of volumes, with an optional bias.
 *
 * Variables: `w` of shape [kernelDepth, kernelHeight, kernelWidth, inputChannels, outputChannels] and `b` of shape
 * [outputChannels]. By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelDepth * kernelHeight * kernelWidth * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv3D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv3D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const conv = new Conv3D(8, 3, { stride: 2 });
 * assert.deepEqual(conv(tf.zeros([1, 4, 6, 8, 2])).shape, [1, 2, 3, 4, 8]);
 * assert.deepEqual(conv.w.shape, [3, 3, 3, 2, 8]);
 *
 * const decoder = conv.transpose();
 * assert.deepEqual(decoder(tf.zeros([1, 2, 3, 4, 8])).shape, [1, 4, 6, 8, 2]);
 *
 * // Each output sees its own frame and earlier ones, and the pixels around it.
 * const video = new Conv3D(8, 3, { padding: ['CAUSAL', 'SAME', 'SAME'] });
 * assert.deepEqual(video(tf.zeros([1, 4, 6, 8, 2])).shape, [1, 4, 6, 8, 8]);
 * ```
 */
export class Conv3D extends ConvND<DataFormat3D> implements Transposable {
  static override readonly moduleName: string = 'conv_3d';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param kernelShape The size of the kernel, once or for depth, height and width.
   * @param options See {@link Conv3DOptions}.
   * @throws IncompatibleShapeError when the kernel shape, the stride or the rate is neither a positive integer nor three.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws NotSupportedError when a stride and a rate are above 1.
   * @throws TypeError when the padding is not one of the known ones or three of them, when the mask is not float32 numbers, or
   *   when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when the number of output channels, the padding value or the data format cannot be used.
   */
  constructor(outputChannels: number | (() => number), kernelShape: PerDimension<number>, options: Conv3DOptions = {}) {
    super({ className: 'Conv3D', spatialDims: 3 }, outputChannels, kernelShape, options);
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): Conv3D {
    return new Conv3D(this.givenOutputChannels, this.kernelShape, this.optionsForClone(options.name));
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   * @throws NotSupportedError when this module is dilated, or its padding is not SAME or VALID in all dimensions.
   */
  transpose(options: { readonly name?: string } = {}): Conv3DTranspose {
    return new Conv3DTranspose(() => this.inputChannels, this.optionsForTranspose(options.name));
  }
}

/** Options of {@link Conv3DTranspose}. */
export interface Conv3DTransposeOptions extends ConvolutionTransposeOptions {
  /** The order of dimensions of inputs and outputs: `NDHWC` or `NCDHW`. Default: `NDHWC`. */
  readonly dataFormat?: DataFormat3D;
}

/**
 * The transpose of a convolution over the three spatial dimensions of volumes, with an optional bias: it maps from the shape
 * of that convolution's outputs to that of its inputs.
 *
 * Variables: `w` of shape [kernelDepth, kernelHeight, kernelWidth, outputChannels, inputChannels] and `b` of shape
 * [outputChannels]. By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelDepth * kernelHeight * kernelWidth * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv3DTranspose`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv3DTranspose } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const upsample = new Conv3DTranspose(3, { kernelShape: 4, stride: 2 });
 * assert.deepEqual(upsample(tf.zeros([1, 2, 3, 4, 8])).shape, [1, 4, 6, 8, 3]);
 *
 * // A stride of 2 maps 3 and 4 to 2: the size can be chosen.
 * const odd = new Conv3DTranspose(3, { kernelShape: 4, stride: 2, outputShape: [3, 6, 8] });
 * assert.deepEqual(odd(tf.zeros([1, 2, 3, 4, 8])).shape, [1, 3, 6, 8, 3]);
 * ```
 */
export class Conv3DTranspose extends ConvolutionTransposeBase<DataFormat3D> implements Transposable {
  static override readonly moduleName: string = 'conv_3d_transpose';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param options See {@link Conv3DTransposeOptions}; `kernelShape` is required.
   * @throws IncompatibleShapeError when the kernel shape, the output shape or the stride is neither a positive integer nor
   *   three.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when there is no kernel shape, or the number of output channels, the padding or the data format
   *   cannot be used.
   */
  constructor(outputChannels: number | (() => number), options: Conv3DTransposeOptions) {
    super({ className: 'Conv3DTranspose', spatialDims: 3 }, outputChannels, options);
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): Conv3D {
    return new Conv3D(() => this.inputChannels, this.kernelShape, this.optionsForTranspose(options.name));
  }
}
