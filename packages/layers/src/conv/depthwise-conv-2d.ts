import type * as tf from '@tensorflow/tfjs-core';
import { checkedMultiplier } from './channel-multiplier.ts';
import { ConvolutionBase, type ConvolutionOptions, type PerDimension } from './convolution-base.ts';
import type { WeightSpec } from './convolution-module.ts';
import { convolveDepthwise } from './convolve.ts';
import type { DataFormat2D } from './data-format.ts';

/** Options of {@link DepthwiseConv2D}. */
export interface DepthwiseConv2DOptions extends ConvolutionOptions {
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D;
}

/**
 * A convolution over images in which every input channel has kernels of its own, with an optional bias: output channel
 * `c * channelMultiplier + m` is input channel `c`, convolved with its kernel `m`.
 *
 * Variables: `w` of shape [kernelHeight, kernelWidth, inputChannels, channelMultiplier] and `b` of shape
 * [inputChannels * channelMultiplier]. By default `w` is drawn from a truncated normal distribution of standard deviation
 * `1 / sqrt(kernelHeight * kernelWidth)`, and `b` is zero.
 *
 * Sonnet: `snt.DepthwiseConv2D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { DepthwiseConv2D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const conv = new DepthwiseConv2D(2, 3);
 * assert.deepEqual(conv(tf.zeros([1, 8, 8, 5])).shape, [1, 8, 8, 10]);
 * assert.deepEqual(conv.w.shape, [3, 3, 5, 2]);
 * ```
 */
export class DepthwiseConv2D extends ConvolutionBase<DataFormat2D> {
  static override readonly moduleName: string = 'conv_2d_depthwise';

  readonly #channelMultiplier: number;

  /**
   * @param channelMultiplier How many output channels there are for each input channel.
   * @param kernelShape The size of the kernel, once or for height and width.
   * @param options See {@link DepthwiseConv2DOptions}.
   * @throws IncompatibleShapeError when the kernel shape or the stride is neither a positive integer nor two.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when the padding is not one of the known ones or two of them, or when an initializer, partitioner or
   *   regularizer is not a function.
   * @throws ValueError when the channel multiplier is not a positive integer, or the padding value or the data format
   *   cannot be used.
   */
  constructor(channelMultiplier: number, kernelShape: PerDimension<number>, options: DepthwiseConv2DOptions = {}) {
    const multiplier = checkedMultiplier(channelMultiplier, 'DepthwiseConv2D');
    super({ className: 'DepthwiseConv2D', spatialDims: 2, keys: ['w', 'b'] }, kernelShape, options);
    this.#channelMultiplier = multiplier;
  }

  protected override outputChannelsFor(inputChannels: number): number {
    return inputChannels * this.#channelMultiplier;
  }

  protected override weightsFor(inputChannels: number): readonly WeightSpec<'w' | 'b'>[] {
    const shape = [...this.kernelShape, inputChannels, this.#channelMultiplier];
    return [{ name: 'w', shape, fanInShape: this.kernelShape }];
  }

  protected override convolve(inputs: tf.Tensor, [w]: readonly [tf.Tensor]): tf.Tensor {
    return convolveDepthwise(inputs, w, this.movement);
  }

  /**
   * The weights: [kernelHeight, kernelWidth, inputChannels, channelMultiplier].
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }

  /** How many output channels there are for each input channel. */
  get channelMultiplier(): number {
    return this.#channelMultiplier;
  }

  /**
   * The number of output channels.
   *
   * @throws NotConnectedError before the first connection.
   */
  get outputChannels(): number {
    return this.outputChannelsFor(this.inputChannels);
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): DepthwiseConv2D {
    return new DepthwiseConv2D(this.#channelMultiplier, this.kernelShape, this.optionsForClone(options.name));
  }
}
