import type { PerDimension } from './convolution-base.ts';
import type { DataFormat2D } from './data-format.ts';
import { type SeparableConvOptions, SeparableConvolution } from './separable-convolution.ts';

/** Options of {@link SeparableConv2D}. */
export interface SeparableConv2DOptions extends SeparableConvOptions {
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D;
}

/**
 * A convolution over images in two steps, with an optional bias: each channel is convolved on its own, then the channels
 * are mixed, the same way at every pixel. It has far fewer weights than a `Conv2D`.
 *
 * Variables: `w_dw` of shape [kernelHeight, kernelWidth, inputChannels, channelMultiplier], `w_pw` of shape
 * [1, 1, inputChannels * channelMultiplier, outputChannels] and `b` of shape [outputChannels]. By default `w_dw` is drawn
 * from a truncated normal distribution of standard deviation `1 / sqrt(kernelHeight * kernelWidth)`, `w_pw` from one of
 * `1 / sqrt(inputChannels * channelMultiplier)`, and `b` is zero.
 *
 * Sonnet: `snt.SeparableConv2D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { SeparableConv2D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const conv = new SeparableConv2D(16, 2, 3);
 * assert.deepEqual(conv(tf.zeros([1, 8, 8, 5])).shape, [1, 8, 8, 16]);
 * assert.deepEqual(conv.wDw.shape, [3, 3, 5, 2]);
 * assert.deepEqual(conv.wPw.shape, [1, 1, 10, 16]);
 * ```
 */
export class SeparableConv2D extends SeparableConvolution<DataFormat2D> {
  static override readonly moduleName: string = 'separable_conv2d';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param channelMultiplier How many channels there are for each input channel between the two steps.
   * @param kernelShape The size of the kernel, once or for height and width.
   * @param options See {@link SeparableConv2DOptions}.
   * @throws IncompatibleShapeError when the kernel shape, the stride or the rate is neither a positive integer nor two.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w_dw`, `w_pw` and, with a
   *   bias, `b`.
   * @throws NotSupportedError when a stride and a rate are above 1.
   * @throws TypeError when the padding is not one of the known ones or two of them, or when an initializer, partitioner or
   *   regularizer is not a function.
   * @throws ValueError when the number of output channels or the channel multiplier is not a positive integer, or the
   *   padding value or the data format cannot be used.
   */
  constructor(
    outputChannels: number | (() => number),
    channelMultiplier: number,
    kernelShape: PerDimension<number>,
    options: SeparableConv2DOptions = {},
  ) {
    const kind = { className: 'SeparableConv2D', spatialDims: 2 } as const;
    super(kind, outputChannels, channelMultiplier, kernelShape, options);
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): SeparableConv2D {
    const { givenOutputChannels, channelMultiplier, kernelShape } = this;
    return new SeparableConv2D(givenOutputChannels, channelMultiplier, kernelShape, this.optionsForClone(options.name));
  }
}
