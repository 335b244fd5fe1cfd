import { getDefaultGraph, graphConstant, NotSupportedError, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type ConvKind, ConvolutionModule, type ConvVariableOptions } from './convolution-module.ts';
import { checkKernelFits, type Movement } from './convolve.ts';
import { checkedDataFormat, type DataFormat } from './data-format.ts';
import { checkedShape, checkedStrides, stridesOfAllDimensions } from './kernel-shape.ts';
import { checkedMask, type Mask } from './mask.ts';
import {
  CONSTANT_PADDING,
  type ConvOpPadding,
  checkedPaddings,
  checkedPaddingValue,
  convOpPaddingOf,
  exceedsKernel,
  type PadAmount,
  type Padding,
  type PaddingValue,
  padAmounts,
  padSpatially,
  SAME,
  samePadAmounts,
} from './padding.ts';
import { shown } from './shown.ts';

/** A size of the kernel, or something else that may be given once for all spatial dimensions. */
export type PerDimension<T> = T | readonly T[];

/** Options of every convolution that is not a transposed one. */
export interface ConvolutionOptions<Key extends string = 'w' | 'b'> extends ConvVariableOptions<Key> {
  /** How far the kernel moves, once or for each spatial dimension. Default: 1. */
  readonly stride?: PerDimension<number>;
  /**
   * How the inputs are padded, once or for each spatial dimension: `SAME`, `VALID`, `FULL`, `CAUSAL` or `REVERSE_CAUSAL`.
   * Default: `SAME`.
   *
   * `SAME` in all dimensions pads as little as the stride allows; beside other paddings, or with a padding value, it always
   * pads the kernel's size less 1.
   */
  readonly padding?: PerDimension<Padding>;
  /** What is padded: zeros (`CONSTANT`), or the mirrored inputs (`REFLECT`, `SYMMETRIC`). Default: `CONSTANT`. */
  readonly paddingValue?: PaddingValue;
}

/** What some convolutions take besides, and all have. */
interface FullOptions<Format extends DataFormat, Key extends string> extends ConvolutionOptions<Key> {
  readonly dataFormat?: Format | undefined;
  readonly rate?: PerDimension<number>;
  readonly mask?: tf.Tensor | tf.TensorLike | null;
}

interface Settings {
  readonly kernelShape: readonly number[];
  readonly movement: Movement;
  readonly paddings: readonly Padding[];
  readonly paddingValue: PaddingValue;
  readonly opPadding: ConvOpPadding;
  /** What is padded before the op; a function where that depends on the sizes of the inputs. */
  readonly padAmounts: readonly PadAmount[] | ((sizes: readonly number[]) => readonly PadAmount[]) | null;
  readonly mask: Mask | null;
}

/** The common part of the convolutions that are not transposed: kernel, stride, rate, padding and mask. */
export abstract class ConvolutionBase<
  Format extends DataFormat,
  Key extends string = 'w' | 'b',
> extends ConvolutionModule<Format, Key> {
  readonly #settings: Settings;

  protected constructor(kind: ConvKind<Key>, kernelShape: unknown, options: FullOptions<Format, Key>) {
    const settings = checkedSettings(kind, kernelShape, options);
    super(kind, options);
    this.#settings = settings;
    // Made now, so that a tensor given as mask may be disposed by its owner.
    if (settings.mask !== null) this.#maskOfRank(settings.mask, settings.mask.shape.length);
  }

  protected override prepare(inputs: tf.Tensor): tf.Tensor {
    const { padAmounts: given, paddingValue, kernelShape, movement } = this.#settings;
    const amounts = typeof given === 'function' ? given(inputs.shape.slice(1, -1)) : given;
    const padded = amounts === null ? inputs : padSpatially(inputs, amounts, paddingValue, this);
    checkKernelFits(padded.shape, kernelShape, movement, this);
    return padded;
  }

  /** How the kernel moves over padded inputs. */
  protected get movement(): Movement {
    return this.#settings.movement;
  }

  /** The sizes of the kernel. */
  get kernelShape(): readonly number[] {
    return this.#settings.kernelShape;
  }

  /** The strides of all dimensions, in the order of the data format: those of the batch and the channels are 1. */
  get stride(): readonly number[] {
    return stridesOfAllDimensions(this.#settings.movement.strides, this.dataFormat);
  }

  /** The distances between the positions of the kernel in each spatial dimension; 1 without dilation. */
  get rate(): readonly number[] {
    return this.#settings.movement.rates;
  }

  /**
   * The padding, where it is the same in all dimensions.
   *
   * @throws ValueError when it is not; see {@link paddings}.
   */
  get padding(): Padding {
    const { paddings } = this.#settings;
    const [first] = paddings as [Padding];
    if (paddings.every((padding) => padding === first)) return first;
    throw new ValueError(
      `${String(this)}: the paddings ${shown(paddings)} differ between the dimensions; use paddings to read them.`,
    );
  }

  /** The padding of each spatial dimension. */
  get paddings(): readonly Padding[] {
    return this.#settings.paddings;
  }

  /** The padding that is left to the convolution op; where it is `VALID`, other paddings are added before it. */
  get convOpPadding(): ConvOpPadding {
    return this.#settings.opPadding;
  }

  /** The mask that is multiplied with the weights, or null. It belongs to the module's graph: do not dispose it. */
  get mask(): tf.Tensor | null {
    const { mask } = this.#settings;
    if (mask === null) return null;
    const graph = this.graph ?? getDefaultGraph();
    return graph.asDefault(() => this.#maskOfRank(mask, mask.shape.length));
  }

  /** The weights, masked where there is a mask. */
  protected masked(w: tf.Tensor): tf.Tensor {
    const { mask } = this.#settings;
    return mask === null ? w : tf.mul(w, this.#maskOfRank(mask, w.rank));
  }

  /** The mask as it was given. */
  protected get givenMask(): Mask | null {
    return this.#settings.mask;
  }

  /** The options of this module, for one made from it. */
  protected optionsForClone(name: string | undefined): FullOptions<Format, Key> {
    const { movement, paddings, paddingValue } = this.#settings;
    return {
      ...this.optionsForOther(name ?? `${this.moduleName}_clone`),
      stride: movement.strides,
      rate: movement.rates,
      padding: paddings,
      paddingValue,
      mask: this.mask,
    };
  }

  /** The mask with ones as sizes of the dimensions that it lacks: made once for each rank, kept by the graph. */
  #maskOfRank(mask: Mask, rank: number): tf.Tensor {
    const key = `${this.scopeName}/mask`;
    const given = graphConstant(key, mask.make);
    if (given.rank === rank) return given;
    const shape = [...given.shape, ...new Array<number>(rank - given.rank).fill(1)];
    return graphConstant(`${key}/${rank}`, () => tf.reshape(given, shape));
  }
}

function checkedSettings(
  { className, spatialDims }: ConvKind<string>,
  kernel: unknown,
  options: FullOptions<DataFormat, string>,
): Settings {
  const { stride = 1, rate = 1, padding = SAME, paddingValue = CONSTANT_PADDING } = options;
  const dataFormat = checkedDataFormat(options.dataFormat, spatialDims, className);
  const kernelShape = checkedShape(kernel, spatialDims, 'kernel', className);
  const strides = checkedStrides(stride, dataFormat, className);
  const rates = checkedShape(rate, spatialDims, 'rate', className);
  if (strides.some((size) => size > 1) && rates.some((size) => size > 1)) {
    throw new NotSupportedError(
      `${className}: a stride > 1 together with a rate > 1 is not supported; got stride ${shown(strides)} and rate ` +
        `${shown(rates)}.`,
    );
  }
  const paddings = checkedPaddings(padding, spatialDims, className);
  const value = checkedPaddingValue(paddingValue, className);
  const opPadding = convOpPaddingOf(paddings, value);
  const bySizes = opPadding === SAME && exceedsKernel(strides, kernelShape);
  return {
    kernelShape,
    movement: { strides, rates, pad: opPadding === SAME && !bySizes ? 'same' : 'valid' },
    paddings,
    paddingValue: value,
    opPadding,
    padAmounts: bySizes
      ? (sizes) => samePadAmounts(sizes, kernelShape, strides)
      : padAmounts(paddings, opPadding, kernelShape, rates),
    mask: checkedMask(options.mask, className),
  };
}
