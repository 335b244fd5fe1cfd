import { IncompatibleShapeError, ValueError } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { PerDimension } from './convolution-base.ts';
import {
  type ConvKind,
  ConvolutionModule,
  type ConvVariableOptions,
  channelsFrom,
  checkChannels,
  type WeightSpec,
} from './convolution-module.ts';
import { convolveTransposed } from './convolve-transposed.ts';
import { checkedDataFormat, type DataFormat, spatialSizes } from './data-format.ts';
import { checkedShape, checkedStrides, stridesOfAllDimensions } from './kernel-shape.ts';
import { type ConvOpPadding, checkedConvOpPadding, SAME } from './padding.ts';
import { shown } from './shown.ts';
import { checkTransposeSizes, defaultTransposeSize } from './transpose-size.ts';

/** Options of `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose`. */
export interface ConvolutionTransposeOptions extends ConvVariableOptions {
  /** The size of the kernel, once or for each spatial dimension. Required. */
  readonly kernelShape: PerDimension<number>;
  /**
   * The sizes of the spatial dimensions of the outputs, or a function that gives them when the module is connected.
   * Default: what {@link defaultTransposeSize} gives for the inputs.
   */
  readonly outputShape?: PerDimension<number> | (() => readonly number[]) | null;
  /** How far the outputs of neighbouring inputs lie apart, once or for each spatial dimension. Default: 1. */
  readonly stride?: PerDimension<number>;
  /** The padding of the convolution in the other direction: `SAME` or `VALID`. Default: `SAME`. */
  readonly padding?: ConvOpPadding;
}

interface Settings {
  readonly outputChannels: number | (() => number);
  readonly outputShape: readonly number[] | (() => readonly number[]) | null;
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly padding: ConvOpPadding;
}

/** The common part of the transposed convolutions. */
export abstract class ConvolutionTransposeBase<Format extends DataFormat> extends ConvolutionModule<Format> {
  readonly #settings: Settings;

  protected constructor(
    kind: Pick<ConvKind<'w' | 'b'>, 'className' | 'spatialDims'>,
    outputChannels: number | (() => number),
    options: ConvolutionTransposeOptions & { readonly dataFormat?: Format | undefined },
  ) {
    const settings = checkedSettings(kind, outputChannels, options);
    super({ ...kind, keys: ['w', 'b'] }, options);
    this.#settings = settings;
  }

  protected override outputChannelsFor(): number {
    return this.outputChannels;
  }

  protected override weightsFor(inputChannels: number, outputChannels: number): readonly WeightSpec<'w' | 'b'>[] {
    const { kernelShape } = this;
    // With one spatial dimension w is the kernel of a transposed convolution of images of one row.
    const kernel = kernelShape.length === 1 ? [1, ...kernelShape] : kernelShape;
    return [{ name: 'w', shape: [...kernel, outputChannels, inputChannels], fanInShape: [...kernel, inputChannels] }];
  }

  protected override prepare(inputs: tf.Tensor): tf.Tensor {
    const { kernelShape, strides, padding } = this.#settings;
    const inputSizes = inputs.shape.slice(1, -1);
    const outputSizes = this.#outputSizesFor(inputSizes);
    checkTransposeSizes({ inputSizes, outputSizes, kernelShape, strides, padding }, this);
    return inputs;
  }

  protected override convolve(inputs: tf.Tensor, [w]: readonly [tf.Tensor]): tf.Tensor {
    const { kernelShape, strides, padding } = this.#settings;
    const outputSizes = this.#outputSizesFor(inputs.shape.slice(1, -1));
    return convolveTransposed(inputs, w, { kernelShape, strides, padding, outputSizes });
  }

  /**
   * The weights: [...kernelShape, outputChannels, inputChannels]; for one spatial dimension with a 1 before them.
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }

  /** The number of output channels. When it was given as a function, the function is called. */
  get outputChannels(): number {
    return channelsFrom(this.#settings.outputChannels, this);
  }

  /**
   * The sizes of the spatial dimensions of the outputs. When they were given as a function, the function is called; when
   * they were not given, they are those of the latest connection.
   *
   * @throws NotConnectedError when they were not given and the module is not connected.
   */
  get outputShape(): readonly number[] {
    const { outputShape } = this.#settings;
    return this.#outputSizesFor(outputShape === null ? spatialSizes(this.inputShape, this.dataFormat) : []);
  }

  /** The sizes of the kernel. */
  get kernelShape(): readonly number[] {
    return this.#settings.kernelShape;
  }

  /** The strides of all dimensions, in the order of the data format: those of the batch and the channels are 1. */
  get stride(): readonly number[] {
    return stridesOfAllDimensions(this.#settings.strides, this.dataFormat);
  }

  /** The padding of the convolution in the other direction. */
  get padding(): ConvOpPadding {
    return this.#settings.padding;
  }

  /** The padding of the op, which is {@link padding}. */
  get convOpPadding(): ConvOpPadding {
    return this.#settings.padding;
  }

  /** The options of the convolution in the other direction. */
  protected optionsForTranspose(name: string | undefined): ConvVariableOptions & {
    readonly stride: readonly number[];
    readonly padding: ConvOpPadding;
    readonly dataFormat: Format;
  } {
    const { strides, padding } = this.#settings;
    return { ...this.optionsForOther(name ?? `${this.moduleName}_transpose`), stride: strides, padding };
  }

  #outputSizesFor(inputSizes: readonly number[]): readonly number[] {
    const { outputShape, strides, kernelShape, padding } = this.#settings;
    if (outputShape === null) return defaultTransposeSize(inputSizes, strides, kernelShape, padding);
    if (typeof outputShape !== 'function') return outputShape;
    const sizes: unknown = outputShape();
    const dims = kernelShape.length;
    if (Array.isArray(sizes) && sizes.length === dims) return checkedShape(sizes, dims, 'output', String(this));
    throw new IncompatibleShapeError(
      `${String(this)}: the output shape must have the sizes of ${dims} spatial dimensions; the function gave ` +
        `${shown(sizes)}.`,
    );
  }
}

function checkedSettings(
  { className, spatialDims }: Pick<ConvKind<'w' | 'b'>, 'className' | 'spatialDims'>,
  outputChannels: number | (() => number),
  options: ConvolutionTransposeOptions & { readonly dataFormat?: DataFormat | undefined },
): Settings {
  if (typeof outputChannels !== 'function') checkChannels(outputChannels, className);
  // Required by the type, but JavaScript may leave out even the options.
  if ((options?.kernelShape ?? null) === null) {
    throw new ValueError(`${className}: kernelShape is required: the size of the kernel, such as { kernelShape: 3 }.`);
  }
  const { outputShape = null, kernelShape, stride = 1, padding = SAME } = options;
  const dataFormat = checkedDataFormat(options.dataFormat, spatialDims, className);
  return {
    outputChannels,
    outputShape:
      typeof outputShape === 'function' || outputShape === null
        ? outputShape
        : checkedShape(outputShape, spatialDims, 'output', className),
    kernelShape: checkedShape(kernelShape, spatialDims, 'kernel', className),
    strides: checkedStrides(stride, dataFormat, className),
    padding: checkedConvOpPadding(padding, className),
  };
}
