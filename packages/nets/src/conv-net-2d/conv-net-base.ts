import {
  AbstractModule,
  type AnyModule,
  type BuildParameters,
  type Initializer,
  NotConnectedError,
  type Partitioner,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import {
  BatchNorm,
  type Conv2D,
  type Conv2DTranspose,
  type PerConvVariable,
  type PerDimension,
} from '@sonnetjs/layers';
import type * as tf from '@tensorflow/tfjs-core';
import { type ConvNetOptions, type ConvNetSettings, variableKeys } from './conv-net-settings.ts';
import { makeNormalizer, type NormalizationConstructor, needsIsTraining, normalize } from './normalization.ts';

/** Options of a call of a network of convolutions: what its normalizations take. */
export interface ConvNetCallOptions {
  /** Whether this is training. BatchNorm and BatchNormV2 must be told. */
  readonly isTraining?: boolean | tf.Tensor;
  /** Whether batch normalization uses the statistics of the batch also when this is not training. */
  readonly testLocalStats?: boolean | tf.Tensor;
  /** What other normalizations take. */
  readonly [option: string]: unknown;
}

/** Options of the `transpose` of a network of convolutions. What is not given is taken from the network, in reverse. */
export interface ConvNetTransposeOptions<Padding> extends Omit<ConvNetOptions, 'name'> {
  /** Default: the network's name with `_transpose` at its end. */
  readonly name?: string;
  /** Default: the channels of the inputs of each layer, which are looked up when the transpose is connected. */
  readonly outputChannels?: Iterable<number | (() => number)> | null;
  /** Default: those of the network. */
  readonly kernelShapes?: Iterable<PerDimension<number>> | null;
  /** Default: those of the network. */
  readonly strides?: Iterable<PerDimension<number>> | null;
  /** Default: those of the network. */
  readonly paddings?: Iterable<PerDimension<Padding>> | null;
}

/** The common part of networks of convolutions: layers with normalizations and activations between them. */
export abstract class ConvNetBase<
  Layer extends Conv2D | Conv2DTranspose,
  Padding extends string,
> extends AbstractModule<[inputs: tf.Tensor, options?: ConvNetCallOptions], tf.Tensor> {
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    isTraining: undefined,
    testLocalStats: undefined,
  };

  readonly #settings: ConvNetSettings<Padding>;
  readonly #layers: readonly Layer[];
  #normalizers: readonly AnyModule[] = [];
  #inputShape: readonly number[] | null = null;

  protected constructor(
    settings: ConvNetSettings<Padding>,
    makeLayers: () => readonly Layer[],
    name: string,
    customGetter: ConvNetOptions['customGetter'],
  ) {
    super({ name, customGetter: customGetter ?? null });
    this.#settings = settings;
    this.#layers = this.enterVariableScope(makeLayers);
  }

  /** @param options `useBias`: whether layers have biases, once or for each layer. Default: true. */
  static override getPossibleInitializerKeys(
    options: { readonly useBias?: boolean | Iterable<boolean> } = {},
  ): string[] {
    return variableKeys(options.useBias);
  }

  /**
   * @param inputs float32 [batch, height, width, channels], or [batch, channels, height, width].
   * @param options What the normalizations take; `isTraining` is required with batch normalization.
   * @returns float32, in the same order of dimensions.
   * @throws IncompatibleShapeError when the inputs have the wrong rank.
   * @throws ValueError when `isTraining` is missing with batch normalization, or the inputs have another number of channels
   *   than at the first connection.
   */
  protected override build(inputs: tf.Tensor, options: ConvNetCallOptions = {}): tf.Tensor {
    const { activation, activateFinal, normalization, normalizeFinal } = this.#settings;
    if (needsIsTraining(normalization) && (options.isTraining ?? null) === null) {
      throw new ValueError(`${String(this)}: isTraining must be given when batch normalization is used.`);
    }
    const callOptions = Object.keys(options).length === 0 ? null : options;
    const known = this.isConnected ? this.#normalizers : [];
    const normalizers: AnyModule[] = [];
    let net = inputs;
    this.#layers.forEach((layer, i) => {
      const isFinal = i === this.#layers.length - 1;
      net = layer(net);
      if (normalization.ctor !== null && (!isFinal || normalizeFinal)) {
        // Sonnet's name, whatever the normalization is.
        const normalizer = known[i] ?? makeNormalizer(normalization, `batch_norm_${i}`);
        normalizers.push(normalizer);
        net = normalize(normalizer, net, callOptions);
      }
      if (!isFinal || activateFinal) net = activation(net);
    });
    this.#normalizers = normalizers;
    this.#inputShape = inputs.shape;
    return net;
  }

  /** The convolutions. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** The number of output channels of each layer. Those that were given as functions are looked up. */
  get outputChannels(): readonly number[] {
    return this.#settings.outputChannels.map((channels) => (typeof channels === 'function' ? channels() : channels));
  }

  /** The kernel shape of each layer. */
  get kernelShapes(): readonly PerDimension<number>[] {
    return this.#settings.kernelShapes;
  }

  /** The stride of each layer. */
  get strides(): readonly PerDimension<number>[] {
    return this.#settings.strides;
  }

  /** The padding of each layer. */
  get paddings(): readonly PerDimension<Padding>[] {
    return this.#settings.paddings;
  }

  /** The dilation rate of each layer. */
  get rates(): readonly PerDimension<number>[] {
    return this.#settings.rates;
  }

  /** Whether each layer has a bias. */
  get useBias(): readonly boolean[] {
    return this.#settings.useBias;
  }

  /** What is applied after each layer. */
  get activation(): (x: tf.Tensor) => tf.Tensor {
    return this.#settings.activation;
  }

  /** Whether the activation is also applied after the last layer. */
  get activateFinal(): boolean {
    return this.#settings.activateFinal;
  }

  /** The class of the normalizations; null for none. */
  get normalizationCtor(): NormalizationConstructor | null {
    return this.#settings.normalization.ctor;
  }

  /** The options with which normalizations are made. */
  get normalizationKwargs(): Readonly<Record<string, unknown>> {
    return this.#settings.normalization.options;
  }

  /** Whether the outputs of the last layer are normalized, too. */
  get normalizeFinal(): boolean {
    return this.#settings.normalizeFinal;
  }

  /**
   * Whether the normalization is BatchNorm.
   *
   * @deprecated Use {@link normalizationCtor}.
   */
  get useBatchNorm(): boolean {
    return this.#settings.normalization.ctor === BatchNorm;
  }

  /**
   * The options with which normalizations are made.
   *
   * @deprecated Use {@link normalizationKwargs}.
   */
  get batchNormConfig(): Readonly<Record<string, unknown>> {
    return this.normalizationKwargs;
  }

  /** The initializers that were given. */
  get initializers(): PerConvVariable<Initializer> {
    return this.#settings.initializers;
  }

  /** The partitioners that were given. */
  get partitioners(): PerConvVariable<Partitioner> {
    return this.#settings.partitioners;
  }

  /** The regularizers that were given. */
  get regularizers(): PerConvVariable<Regularizer> {
    return this.#settings.regularizers;
  }

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get inputShape(): readonly number[] {
    if (this.isConnected && this.#inputShape !== null) return this.#inputShape;
    throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
  }

  /** The output channels of a transpose: those that were given, or the channels of the inputs of each layer. */
  protected channelsForTranspose(given: Iterable<number | (() => number)> | null): (number | (() => number))[] {
    const layers = [...this.#layers].reverse();
    const channels = given === null ? layers.map((layer) => () => layer.inputChannels) : [...given];
    if (channels.length === layers.length) return channels;
    throw new ValueError(
      `${String(this)}: outputChannels of the transpose must have one item for each of the ${layers.length} layers; got ` +
        `${channels.length}.`,
    );
  }

  /** The other options of a transpose: those that were given, else this network's. */
  protected optionsForTranspose(given: ConvNetTransposeOptions<string>): ConvNetOptions {
    const { activation, activateFinal, normalizeFinal, initializers, partitioners, regularizers, dataFormat } =
      this.#settings;
    return {
      activation: given.activation ?? activation,
      activateFinal: given.activateFinal ?? activateFinal,
      normalizeFinal: given.normalizeFinal ?? normalizeFinal,
      initializers: given.initializers ?? initializers,
      partitioners: given.partitioners ?? partitioners,
      regularizers: given.regularizers ?? regularizers,
      useBias: given.useBias ?? [...this.useBias].reverse(),
      dataFormat: given.dataFormat ?? dataFormat,
      customGetter: given.customGetter ?? null,
      name: given.name ?? `${this.moduleName}_transpose`,
      ...this.#normalizationForTranspose(given),
    };
  }

  #normalizationForTranspose(given: ConvNetTransposeOptions<string>): ConvNetOptions {
    const { normalizationCtor = null, normalizationKwargs = null, batchNormConfig = null, useBatchNorm = null } = given;
    if (useBatchNorm === true) {
      return {
        useBatchNorm,
        normalizationCtor,
        normalizationKwargs,
        batchNormConfig: batchNormConfig ?? this.batchNormConfig,
      };
    }
    if (useBatchNorm === false) return { useBatchNorm, normalizationCtor, normalizationKwargs };
    const { ctor, options } = this.#settings.normalization;
    return {
      normalizationCtor: normalizationCtor ?? ctor,
      normalizationKwargs: normalizationKwargs ?? batchNormConfig ?? options,
    };
  }
}
