import {
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  Graph,
  type Initializer,
  type ModuleOptions,
  type Partitioner,
  type Regularizer,
  ValueError,
} from '@sonnetjs/core';
import type { DataFormat2D, PerConvVariable, PerDimension } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { type Normalization, type NormalizationOptions, normalizationOf } from './normalization.ts';

/** The options that {@link ConvNet2D} and {@link ConvNet2DTranspose} share. */
export interface ConvNetOptions extends ModuleOptions, NormalizationOptions {
  /** What is applied after each layer but the last. Default: `tf.relu`. */
  readonly activation?: ((x: tf.Tensor) => tf.Tensor) | null;
  /** Whether the activation is also applied after the last layer. Default: false. */
  readonly activateFinal?: boolean | null;
  /** Whether the outputs of the last layer are normalized, too. Default: as `activateFinal`. */
  readonly normalizeFinal?: boolean | null;
  /** Initializers for the weights `w` and biases `b` of every layer. Default: those of the layer. */
  readonly initializers?: PerConvVariable<Initializer> | null;
  /** Partitioners for `w` and `b` of every layer. Default: none. */
  readonly partitioners?: PerConvVariable<Partitioner> | null;
  /** Regularizers for `w` and `b` of every layer. Default: none. */
  readonly regularizers?: PerConvVariable<Regularizer> | null;
  /** Whether layers have a bias: once, or for each layer. Default: true. */
  readonly useBias?: boolean | Iterable<boolean> | null;
  /** The order of dimensions of inputs and outputs: `NHWC` or `NCHW`. Default: `NHWC`. */
  readonly dataFormat?: DataFormat2D | null;
}

/** The sizes and paddings of the layers, each once or for each layer. */
export interface LayerArguments<Padding> {
  readonly kernelShapes: Iterable<PerDimension<number>>;
  readonly strides: Iterable<PerDimension<number>>;
  readonly paddings: Iterable<PerDimension<Padding>>;
  readonly rates?: Iterable<PerDimension<number>>;
}

/** What may be given for each variable of a layer. */
export interface PerVariable {
  readonly initializers: PerConvVariable<Initializer>;
  readonly partitioners: PerConvVariable<Partitioner>;
  readonly regularizers: PerConvVariable<Regularizer>;
}

/** What a network of convolutions is made with: checked, and for each layer. */
export interface ConvNetSettings<Padding> extends PerVariable {
  readonly outputChannels: readonly (number | (() => number))[];
  readonly kernelShapes: readonly PerDimension<number>[];
  readonly strides: readonly PerDimension<number>[];
  readonly paddings: readonly PerDimension<Padding>[];
  readonly rates: readonly PerDimension<number>[];
  readonly useBias: readonly boolean[];
  readonly activation: (x: tf.Tensor) => tf.Tensor;
  readonly activateFinal: boolean;
  readonly normalization: Normalization;
  readonly normalizeFinal: boolean;
  readonly dataFormat: DataFormat2D;
}

const NHWC: DataFormat2D = 'NHWC';

/**
 * Checks the arguments of a network of convolutions.
 *
 * @throws KeyError, TypeError and ValueError as the constructors of the networks say.
 */
export function checkedSettings<Padding>(
  where: string,
  outputChannels: Iterable<number | (() => number)>,
  given: LayerArguments<Padding>,
  options: ConvNetOptions,
): ConvNetSettings<Padding> {
  const channels = listOf('outputChannels', outputChannels, where);
  if (channels.length === 0) throw new ValueError(`${where}: outputChannels must not be empty.`);
  const perLayer = <T>(name: string, values: Iterable<T>): readonly T[] =>
    replicated(name, values, channels.length, where);
  const layers = {
    outputChannels: channels,
    kernelShapes: perLayer('kernelShapes', given.kernelShapes),
    strides: perLayer('strides', given.strides),
    paddings: perLayer('paddings', given.paddings),
    rates: perLayer('rates', given.rates ?? [1]),
    useBias: perLayer('useBias', biasesOf(options.useBias ?? true)),
  };
  const { activation, activateFinal, dataFormat, normalizeFinal } = options;
  if (typeof (activation ?? tf.relu) !== 'function') {
    throw new TypeError(`${where}: the activation must be callable; got ${String(activation)}.`);
  }
  return {
    ...layers,
    ...checkedPerVariable(options, layers.useBias, where),
    activation: activation ?? tf.relu,
    activateFinal: activateFinal === true,
    normalization: normalizationOf(options, where),
    normalizeFinal: normalizeFinal ?? activateFinal === true,
    dataFormat: checkedFormat(dataFormat ?? NHWC, where),
  };
}

/** One item for each layer: given once, or so many times. */
export function replicated<T>(name: string, values: Iterable<T>, numLayers: number, where: string): readonly T[] {
  const list = listOf(name, values, where);
  if (list.length === numLayers) return list;
  if (list.length === 1) return new Array<T>(numLayers).fill(list[0] as T);
  throw new ValueError(
    `${where}: ${name} must be of length 1, or of the length of outputChannels, ${numLayers}; got ${list.length}.`,
  );
}

/** The names of the variables that layers have, by whether they have biases. */
export function variableKeys(useBias: boolean | Iterable<boolean> | null | undefined): ('w' | 'b')[] {
  return [...biasesOf(useBias ?? true)].some((has) => has === true) ? ['w', 'b'] : ['w'];
}

/**
 * Makes layers on trial, in a graph of their own: their constructors say what is wrong with their arguments before the
 * network has claimed a name.
 */
export function tryOut(makeLayers: () => void): void {
  const graph = new Graph();
  try {
    graph.asDefault(makeLayers);
  } finally {
    graph.dispose();
  }
}

/** What a layer with or without a bias takes of what is given for all layers. */
export function perVariableOf(
  { initializers, partitioners, regularizers }: PerVariable,
  hasBias: boolean,
): PerVariable {
  if (hasBias) return { initializers, partitioners, regularizers };
  const weights = <T>({ w }: PerConvVariable<T>): PerConvVariable<T> => (w === undefined ? {} : { w });
  return {
    initializers: weights(initializers),
    partitioners: weights(partitioners),
    regularizers: weights(regularizers),
  };
}

function checkedPerVariable(options: ConvNetOptions, useBias: readonly boolean[], where: string): PerVariable {
  const keys = variableKeys(useBias);
  const module = { moduleName: where };
  return {
    initializers: checkInitializers(options.initializers, keys, module),
    partitioners: checkPartitioners(options.partitioners, keys, module),
    regularizers: checkRegularizers(options.regularizers, keys, module),
  };
}

function checkedFormat(format: string, where: string): DataFormat2D {
  if (format === 'NHWC' || format === 'NCHW') return format;
  throw new ValueError(`${where}: dataFormat must be NHWC or NCHW; got ${format}.`);
}

function biasesOf(useBias: boolean | Iterable<boolean>): Iterable<boolean> {
  return typeof useBias === 'boolean' ? [useBias] : useBias;
}

/** @throws TypeError when it is not iterable, or is a string: a single value, most likely. */
function listOf<T>(name: string, values: Iterable<T>, where: string): readonly T[] {
  if (typeof values !== 'string' && typeof values?.[Symbol.iterator] === 'function') return [...values];
  throw new TypeError(
    `${where}: ${name} must be iterable, with one item or one for each layer; got ${String(values)}.`,
  );
}
