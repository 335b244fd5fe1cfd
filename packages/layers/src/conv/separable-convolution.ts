import type * as tf from '@tensorflow/tfjs-core';
import { checkedMultiplier } from './channel-multiplier.ts';
import { ConvolutionBase, type ConvolutionOptions, type PerDimension } from './convolution-base.ts';
import { type ConvKind, channelsFrom, checkChannels, type WeightSpec } from './convolution-module.ts';
import { convolveDepthwise, mixChannels } from './convolve.ts';
import type { DataFormat } from './data-format.ts';

/** The names of the variables of a separable convolution: the depthwise and the pointwise weights, and the bias. */
export type SeparableConvKey = 'w_dw' | 'w_pw' | 'b';

/** Options of `SeparableConv1D` and `SeparableConv2D`. */
export interface SeparableConvOptions extends ConvolutionOptions<SeparableConvKey> {
  /**
   * The distance between the positions of the kernel, once or for each spatial dimension: above 1 the convolution is
   * dilated. Not together with a stride above 1. Default: 1.
   */
  readonly rate?: PerDimension<number>;
}

/** The common part of the separable convolutions: one of every channel on its own, then one that mixes the channels. */
export abstract class SeparableConvolution<Format extends DataFormat> extends ConvolutionBase<
  Format,
  SeparableConvKey
> {
  readonly #outputChannels: number | (() => number);
  readonly #channelMultiplier: number;

  protected constructor(
    kind: Pick<ConvKind<SeparableConvKey>, 'className' | 'spatialDims'>,
    outputChannels: number | (() => number),
    channelMultiplier: number,
    kernelShape: PerDimension<number>,
    options: SeparableConvOptions & { readonly dataFormat?: Format | undefined },
  ) {
    const multiplier = checkedMultiplier(channelMultiplier, kind.className);
    if (typeof outputChannels !== 'function') checkChannels(outputChannels, kind.className);
    super({ ...kind, keys: ['w_dw', 'w_pw', 'b'] }, kernelShape, options);
    this.#outputChannels = outputChannels;
    this.#channelMultiplier = multiplier;
  }

  /** @param options `useBias`: whether there is a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return options.useBias === false ? ['w_dw', 'w_pw'] : ['w_dw', 'w_pw', 'b'];
  }

  protected override outputChannelsFor(): number {
    return this.outputChannels;
  }

  protected override weightsFor(
    inputChannels: number,
    outputChannels: number,
  ): readonly WeightSpec<SeparableConvKey>[] {
    // With one spatial dimension the weights are those of a convolution of images of one row.
    const kernel = this.kernelShape.length === 1 ? [1, ...this.kernelShape] : this.kernelShape;
    const between = [1, 1, inputChannels * this.#channelMultiplier];
    return [
      { name: 'w_dw', shape: [...kernel, inputChannels, this.#channelMultiplier], fanInShape: kernel },
      { name: 'w_pw', shape: [...between, outputChannels], fanInShape: between },
    ];
  }

  protected override convolve(inputs: tf.Tensor, [depthwise, pointwise]: readonly [tf.Tensor, tf.Tensor]): tf.Tensor {
    const channels = convolveDepthwise(inputs, depthwise, this.movement);
    return mixChannels(channels, pointwise);
  }

  /**
   * Both weights, the depthwise and the pointwise ones.
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): [depthwise: tf.Tensor, pointwise: tf.Tensor] {
    return [this.wDw, this.wPw];
  }

  /**
   * The depthwise weights: [...kernelShape, inputChannels, channelMultiplier]; for one spatial dimension with a 1 before
   * them.
   *
   * @throws NotConnectedError before the first connection.
   */
  get wDw(): tf.Tensor {
    return this.ownVariable('w_dw');
  }

  /**
   * The pointwise weights: [1, 1, inputChannels * channelMultiplier, outputChannels].
   *
   * @throws NotConnectedError before the first connection.
   */
  get wPw(): tf.Tensor {
    return this.ownVariable('w_pw');
  }

  /** How many channels there are for each input channel between the two convolutions. */
  get channelMultiplier(): number {
    return this.#channelMultiplier;
  }

  /** The number of output channels. When it was given as a function, the function is called. */
  get outputChannels(): number {
    return channelsFrom(this.#outputChannels, this);
  }

  /** The number of output channels as it was given. */
  protected get givenOutputChannels(): number | (() => number) {
    return this.#outputChannels;
  }
}
