import * as tf from '@tensorflow/tfjs-core';
import { ConvolutionBase, type ConvolutionOptions, type PerDimension } from './convolution-base.ts';
import type { WeightSpec } from './convolution-module.ts';
import { convolveDepthwise } from './convolve.ts';
import type { DataFormat2D } from './data-format.ts';

/** Options of {@link InPlaneConv2D}. */
export interface InPlaneConv2DOptions extends ConvolutionOptions {
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D;
}

/**
 * A convolution over images that applies one and the same kernel to every channel, with an optional bias: the outputs have
 * as many channels as the inputs.
 *
 * Variables: `w` of shape [kernelHeight, kernelWidth, 1, 1] and `b` of shape [inputChannels]. By default `w` is drawn from
 * a truncated normal distribution of standard deviation `1 / sqrt(kernelHeight * kernelWidth)`, and `b` is zero.
 *
 * Sonnet: `snt.InPlaneConv2D`.
 *
 * @example
 * ```ts
 * import { initializers, resetDefaultGraph } from '@sonnetjs/core';
 * import { InPlaneConv2D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const blur = new InPlaneConv2D(2, { padding: 'VALID', initializers: { w: initializers.constant(0.25) } });
 * const blurred = blur(tf.ones([1, 3, 3, 2]));
 * assert.deepEqual(blurred.shape, [1, 2, 2, 2]);
 * assert.deepEqual([...blurred.dataSync()], new Array(8).fill(1));
 * ```
 */
export class InPlaneConv2D extends ConvolutionBase<DataFormat2D> {
  static override readonly moduleName: string = 'in_plane_conv2d';

  /**
   * @param kernelShape The size of the kernel, once or for height and width.
   * @param options See {@link InPlaneConv2DOptions}.
   * @throws IncompatibleShapeError when the kernel shape or the stride is neither a positive integer nor two.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when the padding is not one of the known ones or two of them, or when an initializer, partitioner or
   *   regularizer is not a function.
   * @throws ValueError when the padding value or the data format cannot be used.
   */
  constructor(kernelShape: PerDimension<number>, options: InPlaneConv2DOptions = {}) {
    super({ className: 'InPlaneConv2D', spatialDims: 2, keys: ['w', 'b'] }, kernelShape, options);
  }

  protected override outputChannelsFor(inputChannels: number): number {
    return inputChannels;
  }

  protected override weightsFor(): readonly WeightSpec<'w' | 'b'>[] {
    return [{ name: 'w', shape: [...this.kernelShape, 1, 1], fanInShape: this.kernelShape }];
  }

  protected override convolve(inputs: tf.Tensor, [w]: readonly [tf.Tensor]): tf.Tensor {
    return convolveDepthwise(inputs, tf.tile(w, [1, 1, inputs.shape.at(-1) as number, 1]), this.movement);
  }

  /**
   * The weights: [kernelHeight, kernelWidth, 1, 1].
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }

  /**
   * The number of output channels, which is that of the input channels.
   *
   * @throws NotConnectedError before the first connection.
   */
  get outputChannels(): number {
    return this.inputChannels;
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): InPlaneConv2D {
    return new InPlaneConv2D(this.kernelShape, this.optionsForClone(options.name));
  }
}
