import { NotSupportedError } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { ConvolutionBase, type ConvolutionOptions, type PerDimension } from './convolution-base.ts';
import { type ConvKind, channelsFrom, checkChannels, type WeightSpec } from './convolution-module.ts';
import type { ConvolutionTransposeOptions } from './convolution-transpose-base.ts';
import { convolve } from './convolve.ts';
import { type DataFormat, spatialSizes } from './data-format.ts';
import { checkMaskFits } from './mask.ts';
import { shown } from './shown.ts';

/** Options of `Conv1D`, `Conv2D`, `Conv3D` and `CausalConv1D`. */
export interface ConvNDOptions extends ConvolutionOptions {
  /**
   * The distance between the positions of the kernel, once or for each spatial dimension: above 1 the convolution is
   * dilated. Not together with a stride above 1. Default: 1.
   */
  readonly rate?: PerDimension<number>;
  /**
   * Numbers that are multiplied with the weights `w`: a float32 tensor or array with the shape of `w`, or with its leading
   * dimensions. Default: none.
   */
  readonly mask?: tf.Tensor | tf.TensorLike | null;
}

/** The common part of the convolutions in which every output channel depends on all input channels. */
export abstract class ConvND<Format extends DataFormat> extends ConvolutionBase<Format> {
  readonly #outputChannels: number | (() => number);

  protected constructor(
    kind: Pick<ConvKind<'w' | 'b'>, 'className' | 'spatialDims'>,
    outputChannels: number | (() => number),
    kernelShape: PerDimension<number>,
    options: ConvNDOptions & { readonly dataFormat?: Format | undefined },
  ) {
    if (typeof outputChannels !== 'function') checkChannels(outputChannels, kind.className);
    super({ ...kind, keys: ['w', 'b'] }, kernelShape, options);
    this.#outputChannels = outputChannels;
  }

  protected override outputChannelsFor(): number {
    return this.outputChannels;
  }

  protected override weightsFor(inputChannels: number, outputChannels: number): readonly WeightSpec<'w' | 'b'>[] {
    const fanInShape = [...this.kernelShape, inputChannels];
    const shape = [...fanInShape, outputChannels];
    if (this.givenMask !== null) checkMaskFits(this.givenMask, shape, this);
    return [{ name: 'w', shape, fanInShape }];
  }

  protected override convolve(inputs: tf.Tensor, [w]: readonly [tf.Tensor]): tf.Tensor {
    return convolve(inputs, this.masked(w), this.movement);
  }

  /**
   * The weights, without the mask: [...kernelShape, inputChannels, outputChannels].
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }

  /** The number of output channels. When it was given as a function, the function is called. */
  get outputChannels(): number {
    return channelsFrom(this.#outputChannels, this);
  }

  /** The number of output channels as it was given. */
  protected get givenOutputChannels(): number | (() => number) {
    return this.#outputChannels;
  }

  /**
   * The options of the transpose of this module.
   *
   * @throws NotSupportedError when a transposed convolution cannot have this one's rate or paddings.
   */
  protected optionsForTranspose(
    name: string | undefined,
  ): ConvolutionTransposeOptions & { readonly dataFormat: Format } {
    const { strides, rates } = this.movement;
    const padding = this.convOpPadding;
    if (rates.some((rate) => rate > 1)) {
      throw new NotSupportedError(
        `${String(this)}: a dilated convolution has no transpose; its rate is ${shown(rates)}.`,
      );
    }
    if (this.paddings.some((given) => given !== padding)) {
      throw new NotSupportedError(
        `${String(this)}: a convolution has a transpose only where its padding is SAME (with zeros) or VALID in all ` +
          `dimensions; its paddings are ${shown(this.paddings)}.`,
      );
    }
    return {
      ...this.optionsForOther(name ?? `${this.moduleName}_transpose`),
      outputShape: () => spatialSizes(this.inputShape, this.dataFormat),
      kernelShape: this.kernelShape,
      stride: strides,
      padding,
    };
  }
}
