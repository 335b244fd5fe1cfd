import { NotImplementedError, type Transposable } from '@sonnetjs/core';
import { Conv2D, Conv2DTranspose, type ConvOpPadding, type Padding, type PerDimension } from '@sonnetjs/layers';
import { ConvNetBase, type ConvNetTransposeOptions } from './conv-net-base.ts';
import {
  type ConvNetOptions,
  type ConvNetSettings,
  checkedSettings,
  perVariableOf,
  replicated,
  tryOut,
} from './conv-net-settings.ts';

/** Options of {@link ConvNet2D}. */
export interface ConvNet2DOptions extends ConvNetOptions {
  /** How far apart the positions of the kernels are, once or for each layer; above 1 layers are dilated. Default: [1]. */
  readonly rates?: Iterable<PerDimension<number>>;
}

/**
 * A network of convolutions over images, with activations and optionally normalizations between them.
 *
 * Variables: `conv_2d_0/w`, `conv_2d_0/b`, `conv_2d_1/w`, …; those of a normalization, whichever it is, in `batch_norm_0`,
 * ….
 *
 * Sonnet: `snt.nets.ConvNet2D`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchNorm } from '@sonnetjs/layers';
 * import { ConvNet2D } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const encoder = new ConvNet2D([8, 16], [3], [2], ['SAME'], { normalizationCtor: BatchNorm });
 * const encoded = encoder(tf.ones([4, 28, 28, 1]), { isTraining: true });
 * assert.deepEqual(encoded.shape, [4, 7, 7, 16]);
 *
 * const decoder = encoder.transpose();
 * assert.deepEqual(decoder(encoded, { isTraining: true }).shape, [4, 28, 28, 1]);
 * ```
 */
export class ConvNet2D extends ConvNetBase<Conv2D, Padding> implements Transposable {
  static override readonly moduleName: string = 'conv_net_2d';

  /**
   * @param outputChannels The number of output channels of each layer: a number, or a function that gives it at the first
   *   connection.
   * @param kernelShapes The size of the kernels, once or for each layer: a number, or height and width.
   * @param strides How far the kernels move, once or for each layer.
   * @param paddings How inputs are padded, once or for each layer: `SAME`, `VALID`, `FULL`, `CAUSAL` or `REVERSE_CAUSAL`, or
   *   two of these for height and width.
   * @param options See {@link ConvNet2DOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when one of the lists is not iterable, the activation or an entry of these objects is not a function,
   *   or `useBatchNorm` is not a boolean.
   * @throws ValueError when `outputChannels` is empty or another list has neither one item nor one for each layer, when the
   *   data format is not known, the normalization is not callable or given twice; and what {@link Conv2D} throws.
   */
  constructor(
    outputChannels: Iterable<number | (() => number)>,
    kernelShapes: Iterable<PerDimension<number>>,
    strides: Iterable<PerDimension<number>>,
    paddings: Iterable<PerDimension<Padding>>,
    options: ConvNet2DOptions = {},
  ) {
    const given = { kernelShapes, strides, paddings, rates: options.rates ?? [1] };
    const settings = checkedSettings('ConvNet2D', outputChannels, given, options);
    const makeLayers = (): readonly Conv2D[] => makeConvolutions(settings);
    tryOut(makeLayers);
    super(settings, makeLayers, options.name ?? ConvNet2D.moduleName, options.customGetter);
  }

  /**
   * A new network that maps outputs of this one back to the shapes of its inputs, with variables of its own. It may be made
   * before this one is connected, and connected afterwards.
   *
   * @param options See {@link ConvNetTransposeOptions}.
   * @throws NotImplementedError when layers are dilated.
   * @throws ValueError when `outputChannels` has not one item for each layer; and what the constructor of
   *   {@link ConvNet2DTranspose} throws.
   */
  transpose(options: ConvNetTransposeOptions<ConvOpPadding> = {}): ConvNet2DTranspose {
    if (this.rates.some((rate) => [rate].flat().some((size) => size !== 1))) {
      throw new NotImplementedError(
        `${String(this)}: transposes of dilated convolutions are not supported; rates are ${JSON.stringify(this.rates)}.`,
      );
    }
    const layers = [...this.layers].reverse();
    return new ConvNet2DTranspose(
      this.channelsForTranspose(options.outputChannels ?? null),
      layers.map((layer) => () => spatialShape(layer)),
      options.kernelShapes ?? [...this.kernelShapes].reverse(),
      options.strides ?? [...this.strides].reverse(),
      // The layers of the transpose say so when there is a padding that they cannot have.
      options.paddings ?? ([...this.paddings].reverse() as readonly ConvOpPadding[]),
      this.optionsForTranspose(options),
    );
  }
}

/** Options of {@link ConvNet2DTranspose}. */
export type ConvNet2DTransposeOptions = ConvNetOptions;

/**
 * A network of transposed convolutions over images, with activations and optionally normalizations between them.
 *
 * Variables: `conv_2d_transpose_0/w`, `conv_2d_transpose_0/b`, `conv_2d_transpose_1/w`, …; those of a normalization,
 * whichever it is, in `batch_norm_0`, ….
 *
 * Sonnet: `snt.nets.ConvNet2DTranspose`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { ConvNet2DTranspose } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const decoder = new ConvNet2DTranspose([8, 1], [[14, 14], [28, 28]], [3], [2], ['SAME']);
 * assert.deepEqual(decoder(tf.ones([4, 7, 7, 16])).shape, [4, 28, 28, 1]);
 * ```
 */
export class ConvNet2DTranspose extends ConvNetBase<Conv2DTranspose, ConvOpPadding> implements Transposable {
  static override readonly moduleName: string = 'conv_net_2d_transpose';

  readonly #outputShapes: readonly OutputShape[];

  /**
   * @param outputChannels The number of output channels of each layer: a number, or a function that gives it at the first
   *   connection.
   * @param outputShapes The height and width of the outputs, once or for each layer; one number for both, or a function that
   *   gives them when the network is connected.
   * @param kernelShapes The size of the kernels, once or for each layer: a number, or height and width.
   * @param strides How far apart the outputs of neighbouring inputs lie, once or for each layer.
   * @param paddings The paddings of the convolutions in the other direction, once or for each layer: `SAME` or `VALID`.
   * @param options See {@link ConvNet2DTransposeOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when one of the lists is not iterable, the activation or an entry of these objects is not a function,
   *   or `useBatchNorm` is not a boolean.
   * @throws ValueError when `outputChannels` is empty or another list has neither one item nor one for each layer, when the
   *   data format is not known, the normalization is not callable or given twice; and what {@link Conv2DTranspose} throws.
   */
  constructor(
    outputChannels: Iterable<number | (() => number)>,
    outputShapes: Iterable<OutputShape>,
    kernelShapes: Iterable<PerDimension<number>>,
    strides: Iterable<PerDimension<number>>,
    paddings: Iterable<PerDimension<ConvOpPadding>>,
    options: ConvNet2DTransposeOptions = {},
  ) {
    const where = 'ConvNet2DTranspose';
    const settings = checkedSettings(where, outputChannels, { kernelShapes, strides, paddings }, options);
    const shapes = replicated('outputShapes', outputShapes, settings.outputChannels.length, where);
    const makeLayers = (): readonly Conv2DTranspose[] => makeTransposedConvolutions(settings, shapes);
    tryOut(makeLayers);
    super(settings, makeLayers, options.name ?? ConvNet2DTranspose.moduleName, options.customGetter);
    this.#outputShapes = shapes;
  }

  /** The height and width of the outputs of each layer. Those that were given as functions are looked up. */
  get outputShapes(): readonly PerDimension<number>[] {
    return this.#outputShapes.map((shape) => (typeof shape === 'function' ? shape() : shape));
  }

  /**
   * A new network of convolutions that maps outputs of this one back to the shapes of its inputs, with variables of its own.
   * It may be made before this one is connected, and connected afterwards.
   *
   * @param options See {@link ConvNetTransposeOptions}.
   * @throws ValueError when `outputChannels` has not one item for each layer; and what the constructor of {@link ConvNet2D}
   *   throws.
   */
  transpose(options: ConvNetTransposeOptions<Padding> = {}): ConvNet2D {
    return new ConvNet2D(
      this.channelsForTranspose(options.outputChannels ?? null),
      options.kernelShapes ?? [...this.kernelShapes].reverse(),
      options.strides ?? [...this.strides].reverse(),
      options.paddings ?? [...this.paddings].reverse(),
      this.optionsForTranspose(options),
    );
  }
}

/** The height and width of a layer's outputs: two numbers, one for both, or a function that gives them. */
type OutputShape = PerDimension<number> | (() => readonly number[]);

function spatialShape({ inputShape, dataFormat }: Conv2D): readonly number[] {
  return dataFormat === 'NCHW' ? inputShape.slice(2) : inputShape.slice(1, -1);
}

function makeConvolutions(settings: ConvNetSettings<Padding>): readonly Conv2D[] {
  const { kernelShapes, strides, paddings, rates, useBias, dataFormat } = settings;
  return settings.outputChannels.map((channels, i) => {
    const hasBias = useBias[i] as boolean;
    return new Conv2D(channels, kernelShapes[i] as PerDimension<number>, {
      ...perVariableOf(settings, hasBias),
      stride: strides[i] as PerDimension<number>,
      padding: paddings[i] as PerDimension<Padding>,
      rate: rates[i] as PerDimension<number>,
      useBias: hasBias,
      dataFormat,
      name: `conv_2d_${i}`,
    });
  });
}

function makeTransposedConvolutions(
  settings: ConvNetSettings<ConvOpPadding>,
  outputShapes: readonly OutputShape[],
): readonly Conv2DTranspose[] {
  const { kernelShapes, strides, paddings, useBias, dataFormat } = settings;
  return settings.outputChannels.map((channels, i) => {
    const hasBias = useBias[i] as boolean;
    return new Conv2DTranspose(channels, {
      ...perVariableOf(settings, hasBias),
      outputShape: outputShapes[i] as OutputShape,
      kernelShape: kernelShapes[i] as PerDimension<number>,
      stride: strides[i] as PerDimension<number>,
      padding: paddings[i] as ConvOpPadding,
      useBias: hasBias,
      dataFormat,
      name: `conv_2d_transpose_${i}`,
    });
  });
}
