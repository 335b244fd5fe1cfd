import {
  AbstractModule,
  AttributeError,
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  getVariable,
  IncompatibleShapeError,
  type Initializer,
  initializers,
  type ModuleOptions,
  NotConnectedError,
  type Partitioner,
  type Regularizer,
  required,
  UnderspecifiedError,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { channelAxis, checkedDataFormat, type DataFormat, fromChannelsLast, toChannelsLast } from './data-format.ts';
import { shown } from './shown.ts';
import { createConvWeightInitializer } from './weight-initializer.ts';

/** What may be given for each variable of a convolution: the weights `w` and the bias `b`, unless it says otherwise. */
export type PerConvVariable<T, Key extends string = 'w' | 'b'> = { readonly [K in Key]?: T };

/** Options of every convolution about its variables. */
export interface ConvVariableOptions<Key extends string = 'w' | 'b'> extends ModuleOptions {
  /** Whether to add a bias to each output channel. Default: true. */
  readonly useBias?: boolean;
  /**
   * Initializers for the variables. By default weights are drawn from a truncated normal distribution of standard
   * deviation `1 / sqrt(fan in)`, and the bias is zero.
   */
  readonly initializers?: PerConvVariable<Initializer, Key> | null;
  /** Partitioners for the variables. Default: none. */
  readonly partitioners?: PerConvVariable<Partitioner, Key> | null;
  /** Regularizers for the variables. Default: none. */
  readonly regularizers?: PerConvVariable<Regularizer, Key> | null;
}

/** What tells the classes of convolutions apart. */
export interface ConvKind<Key extends string> {
  /** The class's name, for messages of its constructor. */
  readonly className: string;
  readonly spatialDims: 1 | 2 | 3;
  /** The names of the variables. */
  readonly keys: readonly string[] & readonly Key[];
}

/** One of the weights that a convolution has for a number of input channels. */
export interface WeightSpec<Key extends string> {
  readonly name: Exclude<Key, 'b'>;
  readonly shape: readonly number[];
  /** The sizes that the default initializer takes as fan in. */
  readonly fanInShape: readonly number[];
}

interface Request {
  readonly name: string;
  readonly options: GetVariableOptions;
}

interface Requests {
  readonly inputChannels: number;
  readonly weights: readonly Request[];
  readonly bias: GetVariableOptions | null;
}

interface Connection {
  readonly inputShape: readonly number[];
  readonly requests: Requests;
}

type PerVariableOptions<Key extends string> = Required<
  Pick<ConvVariableOptions<Key>, 'initializers' | 'partitioners' | 'regularizers'>
>;

/**
 * The common part of all convolutions and transposed convolutions: their variables, their inputs' data format, the bias,
 * and what they remember of their latest connection.
 */
export abstract class ConvolutionModule<
  Format extends DataFormat,
  Key extends string = 'w' | 'b',
> extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #dataFormat: Format;
  readonly #perVariable: PerVariableOptions<Key>;
  readonly #options: ConvVariableOptions<Key>;
  #latest: Connection | null = null;

  protected constructor(
    kind: ConvKind<Key>,
    options: ConvVariableOptions<Key> & { readonly dataFormat?: Format | undefined },
  ) {
    const where = { moduleName: kind.className };
    const keys = options.useBias === false ? kind.keys.filter((key) => key !== 'b') : kind.keys;
    const perVariable = {
      initializers: checkInitializers(options.initializers, keys, where),
      partitioners: checkPartitioners(options.partitioners, keys, where),
      regularizers: checkRegularizers(options.regularizers, keys, where),
    };
    const dataFormat = checkedDataFormat(options.dataFormat, kind.spatialDims, kind.className);
    super({ name: options.name, customGetter: options.customGetter ?? null });
    this.#dataFormat = dataFormat as Format;
    this.#perVariable = perVariable;
    this.#options = options;
  }

  /** @param options `useBias`: whether there is a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return options.useBias === false ? ['w'] : ['w', 'b'];
  }

  /**
   * @param inputs float32 of the rank of the data format: [batch, ...spatial, channels] or [batch, channels, ...spatial].
   * @returns float32 in the same data format.
   * @throws IncompatibleShapeError when the inputs have the wrong rank.
   * @throws TypeError when the inputs are not float32.
   * @throws UnderspecifiedError when the inputs have no channels.
   * @throws ValueError when the number of channels differs from the first connection, or the sizes do not fit.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    const latest = this.#latestConnection();
    const inputChannels = this.#checkInputs(inputs, latest);
    const requests = latest?.requests ?? this.#requestsFor(inputChannels);
    const prepared = this.prepare(toChannelsLast(inputs, this.#dataFormat));
    const weights = requests.weights.map(({ name, options }) => getVariable(name, options));
    let outputs = this.convolve(prepared, weights);
    if (requests.bias !== null) outputs = tf.add(outputs, getVariable('b', requests.bias));
    outputs = fromChannelsLast(outputs, this.#dataFormat);
    this.#latest = { inputShape: inputs.shape, requests };
    return outputs;
  }

  /** The number of output channels for a number of input channels. */
  protected abstract outputChannelsFor(inputChannels: number): number;

  /** The weights for numbers of channels. */
  protected abstract weightsFor(inputChannels: number, outputChannels: number): readonly WeightSpec<Key>[];

  /** Checks the sizes of inputs [batch, ...spatial, channels], and pads them where the op does not. */
  protected abstract prepare(inputs: tf.Tensor): tf.Tensor;

  /** Convolves what {@link prepare} gave with the weights, in the order of {@link weightsFor}. */
  protected abstract convolve(inputs: tf.Tensor, weights: readonly tf.Tensor[]): tf.Tensor;

  /**
   * The bias: [outputChannels].
   *
   * @throws NotConnectedError before the first connection.
   * @throws AttributeError when the module has no bias.
   */
  get b(): tf.Tensor {
    if (!this.isConnected || this.hasBias) return this.ownVariable('b');
    throw new AttributeError(`${String(this)}: there is no bias, since it was made with useBias: false.`);
  }

  /** Whether there is a bias. */
  get hasBias(): boolean {
    return this.#options.useBias !== false;
  }

  /**
   * The initializers: those that were given and, once the module is connected, the defaults in the place of the others. A
   * transpose or clone takes over all of them, so the spread of its weights is that of this module's.
   */
  get initializers(): PerConvVariable<Initializer, Key> {
    const given = this.#perVariable.initializers ?? {};
    const requests = this.#latestConnection()?.requests;
    if (requests === undefined) return given;
    const used = requests.weights.map(({ name, options }) => [name, options.initializer]);
    const bias = requests.bias === null ? {} : { b: requests.bias.initializer };
    return { ...Object.fromEntries(used), ...bias };
  }

  /** The partitioners that were given. */
  get partitioners(): PerConvVariable<Partitioner, Key> {
    return this.#perVariable.partitioners ?? {};
  }

  /** The regularizers that were given. */
  get regularizers(): PerConvVariable<Regularizer, Key> {
    return this.#perVariable.regularizers ?? {};
  }

  /** The order of the dimensions of inputs and outputs. */
  get dataFormat(): Format {
    return this.#dataFormat;
  }

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get inputShape(): readonly number[] {
    const latest = this.#latestConnection();
    if (latest !== null) return latest.inputShape;
    throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
  }

  /**
   * The number of channels of the inputs.
   *
   * @throws NotConnectedError before the first connection.
   */
  get inputChannels(): number {
    return this.inputShape[channelAxis(this.#dataFormat)] as number;
  }

  /** The options about variables and data format, for a module made from this one. */
  protected optionsForOther(name: string): ConvVariableOptions<Key> & { readonly dataFormat: Format } {
    const { customGetter } = this.#options;
    const { initializers } = this;
    return {
      ...this.#perVariable,
      initializers,
      useBias: this.hasBias,
      customGetter,
      dataFormat: this.#dataFormat,
      name,
    };
  }

  /** The latest connection, unless it was rolled back because one around it failed. */
  #latestConnection(): Connection | null {
    return this.isConnected ? this.#latest : null;
  }

  /** Checks the inputs' form, and gives the number of their channels. */
  #checkInputs(inputs: tf.Tensor, latest: Connection | null): number {
    const { shape, rank, dtype } = inputs;
    const format = this.#dataFormat;
    if (rank !== format.length) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs must have rank ${format.length}, as the data format ${format} has; got rank ${rank} ` +
          `(inputs ${shown(shape)}).`,
      );
    }
    if (dtype !== 'float32') throw new TypeError(`${String(this)}: inputs must be float32; got ${dtype}.`);
    const channels = shape[channelAxis(format)] as number;
    if (channels === 0) {
      throw new UnderspecifiedError(
        `${String(this)}: inputs must have at least 1 channel; got ${shown(shape)} (${format}).`,
      );
    }
    if (latest !== null && channels !== latest.requests.inputChannels) {
      throw new ValueError(
        `${String(this)}: inputs must have ${latest.requests.inputChannels} channels, as at its first connection (inputs ` +
          `${shown(latest.inputShape)}, ${format}); got ${channels} (inputs ${shown(shape)}).`,
      );
    }
    return channels;
  }

  /** What `build` asks for, made at the first connection only: `build` runs at every one. */
  #requestsFor(inputChannels: number): Requests {
    const outputChannels = this.outputChannelsFor(inputChannels);
    const request = (name: Key, shape: readonly number[], initializer: () => Initializer): Request => ({
      name,
      options: {
        shape,
        initializer: this.#perVariable.initializers?.[name] ?? initializer(),
        partitioner: this.partitioners[name] ?? null,
        regularizer: this.regularizers[name] ?? null,
      },
    });
    const weights = this.weightsFor(inputChannels, outputChannels).map(({ name, shape, fanInShape }) =>
      request(name, shape, () => createConvWeightInitializer(fanInShape)),
    );
    const bias = this.hasBias ? request('b' as Key, [outputChannels], initializers.zeros).options : null;
    return { inputChannels, weights, bias };
  }
}

/**
 * Checks a number of channels.
 *
 * @throws ValueError when it is not a positive integer.
 */
export function checkChannels(channels: unknown, where: string | object): asserts channels is number {
  if (Number.isSafeInteger(channels) && Number(channels) > 0) return;
  throw new ValueError(
    `${where}: outputChannels must be a positive integer or a function that gives one; got ${shown(channels)}.`,
  );
}

/** The number of output channels, which may be given as a function. */
export function channelsFrom(given: number | (() => number), where: object): number {
  if (typeof given === 'number') return given;
  const channels: unknown = given();
  checkChannels(channels, where);
  return channels;
}
