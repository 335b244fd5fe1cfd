import type { Transposable } from '@sonnetjs/core';
import { ConvND, type ConvNDOptions } from './conv-nd.ts';
import type { PerDimension } from './convolution-base.ts';
import { ConvolutionTransposeBase, type ConvolutionTransposeOptions } from './convolution-transpose-base.ts';
import type { DataFormat1D } from './data-format.ts';

/** Options of {@link Conv1D}. */
export interface Conv1DOptions extends ConvNDOptions {
  /** The order of dimensions of inputs and outputs: `NWC` or `NCW`. Default: `NWC`. */
  readonly dataFormat?: DataFormat1D;
}

/**
 * A convolution over the one spatial dimension of sequences, with an optional bias.
 *
 * Variables: `w` of shape [kernelSize, inputChannels, outputChannels] and `b` of shape [outputChannels].
 * By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelSize * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv1D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv1D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const conv = new Conv1D(16, 3, { stride: 2 });
 * assert.deepEqual(conv(tf.zeros([4, 100, 2])).shape, [4, 50, 16]);
 * assert.deepEqual(conv.w.shape, [3, 2, 16]);
 *
 * const decoder = conv.transpose();
 * assert.deepEqual(decoder(tf.zeros([4, 50, 16])).shape, [4, 100, 2]);
 *
 * // Each output sees its own position and earlier ones, in distances of 4.
 * const causal = new Conv1D(8, 2, { padding: 'CAUSAL', rate: 4 });
 * assert.deepEqual(causal(tf.zeros([1, 100, 2])).shape, [1, 100, 8]);
 * ```
 */
export class Conv1D extends ConvND<DataFormat1D> implements Transposable {
  static override readonly moduleName: string = 'conv_1d';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param kernelShape The size of the kernel, as a number or an array of one.
   * @param options See {@link Conv1DOptions}.
   * @throws IncompatibleShapeError when the kernel shape, the stride or the rate is neither a positive integer nor an array of one.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws NotSupportedError when a stride and a rate are above 1.
   * @throws TypeError when the padding is not one of the known ones or an array of one, when the mask is not float32 numbers, or
   *   when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when the number of output channels, the padding value or the data format cannot be used.
   */
  constructor(outputChannels: number | (() => number), kernelShape: PerDimension<number>, options: Conv1DOptions = {}) {
    super({ className: 'Conv1D', spatialDims: 1 }, outputChannels, kernelShape, options);
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): Conv1D {
    return new Conv1D(this.givenOutputChannels, this.kernelShape, this.optionsForClone(options.name));
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   * @throws NotSupportedError when this module is dilated, or its padding is not SAME or VALID in all dimensions.
   */
  transpose(options: { readonly name?: string } = {}): Conv1DTranspose {
    return new Conv1DTranspose(() => this.inputChannels, this.optionsForTranspose(options.name));
  }
}

/** Options of {@link Conv1DTranspose}. */
export interface Conv1DTransposeOptions extends ConvolutionTransposeOptions {
  /** The order of dimensions of inputs and outputs: `NWC` or `NCW`. Default: `NWC`. */
  readonly dataFormat?: DataFormat1D;
}

/**
 * The transpose of a convolution over the one spatial dimension of sequences, with an optional bias: it maps from the shape
 * of that convolution's outputs to that of its inputs.
 *
 * Variables: `w` of shape [1, kernelSize, outputChannels, inputChannels] and `b` of shape [outputChannels].
 * By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelSize * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.Conv1DTranspose`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv1DTranspose } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const upsample = new Conv1DTranspose(3, { kernelShape: 4, stride: 2 });
 * assert.deepEqual(upsample(tf.zeros([1, 7, 16])).shape, [1, 14, 3]);
 *
 * // A stride of 2 maps 13 and 14 to 7: the size can be chosen.
 * const odd = new Conv1DTranspose(3, { kernelShape: 4, stride: 2, outputShape: 13 });
 * assert.deepEqual(odd(tf.zeros([1, 7, 16])).shape, [1, 13, 3]);
 * ```
 */
export class Conv1DTranspose extends ConvolutionTransposeBase<DataFormat1D> implements Transposable {
  static override readonly moduleName: string = 'conv_1d_transpose';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param options See {@link Conv1DTransposeOptions}; `kernelShape` is required.
   * @throws IncompatibleShapeError when the kernel shape, the output shape or the stride is neither a positive integer nor
   *   an array of one.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when an initializer, partitioner or regularizer is not a function.
   * @throws ValueError when there is no kernel shape, or the number of output channels, the padding or the data format
   *   cannot be used.
   */
  constructor(outputChannels: number | (() => number), options: Conv1DTransposeOptions) {
    super({ className: 'Conv1DTranspose', spatialDims: 1 }, outputChannels, options);
  }

  /**
   * A new module that maps outputs of this one back to the shape of its inputs, with variables of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): Conv1D {
    return new Conv1D(() => this.inputChannels, this.kernelShape, this.optionsForTranspose(options.name));
  }
}
