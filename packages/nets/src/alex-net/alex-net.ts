import {
  AbstractModule,
  type BuildParameters,
  booleanArgument,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  dropout,
  IncompatibleShapeError,
  type Initializer,
  type ModuleOptions,
  NotConnectedError,
  type Partitioner,
  type Regularizer,
  required,
  SonnetError,
  ValueError,
} from '@sonnetjs/core';
import { BatchNorm, type BatchNormOptions, Conv2D, Linear, type PerConvVariable } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link AlexNetFull} and {@link AlexNetMini}. */
export interface AlexNetVariantOptions extends ModuleOptions {
  /** Whether layers are batch-normalized before their activation. Default: false. */
  readonly useBatchNorm?: boolean;
  /** The options of the batch normalizations. Default: none. */
  readonly batchNormConfig?: BatchNormOptions | null;
  /** Initializers for the weights `w` and biases `b` of all layers. Default: those of Conv2D and Linear. */
  readonly initializers?: PerConvVariable<Initializer> | null;
  /** Partitioners for `w` and `b` of all layers. Default: none. */
  readonly partitioners?: PerConvVariable<Partitioner> | null;
  /** Regularizers for `w` and `b` of all layers. Default: none. */
  readonly regularizers?: PerConvVariable<Regularizer> | null;
}

/** Options of {@link AlexNet}. */
export interface AlexNetOptions extends AlexNetVariantOptions {
  /**
   * Whether `useBatchNorm` holds for the fully connected layers, too. Default: true.
   *
   * @deprecated In Sonnet, too: it is better without.
   */
  readonly bnOnFcLayers?: boolean;
}

/** Options of a call of an {@link AlexNet}. */
export interface AlexNetCallOptions {
  /**
   * The probability that dropout keeps an output of a fully connected layer; it must be 1 when this is not training. A
   * tensor is read back at run time, so that the call cannot be compiled. Default: no dropout.
   */
  readonly keepProb?: number | tf.Tensor | null;
  /** Whether this is training. Required with batch normalization and with `keepProb`. */
  readonly isTraining?: boolean | tf.Tensor | null;
  /** Whether batch normalization uses the statistics of the batch also when this is not training. Default: true. */
  readonly testLocalStats?: boolean | tf.Tensor;
}

/** A kernel and its stride, or a pooling window and its stride. */
type Window = readonly [size: number, stride: number];
type ConvLayer = readonly [outputChannels: number, conv: Window, pool: Window | null];

interface Architecture {
  readonly convLayers: readonly ConvLayer[];
  readonly fcLayers: readonly number[];
}

/** The sizes of a network: the original one, which ran on two devices, or a small one for tests. */
export type AlexNetMode = 'FULL' | 'MINI';

const ARCHITECTURES: Readonly<Record<AlexNetMode, Architecture>> = {
  FULL: {
    convLayers: [
      [96, [11, 4], [3, 2]],
      [256, [5, 1], [3, 2]],
      [384, [3, 1], null],
      [384, [3, 1], null],
      [256, [3, 1], [3, 2]],
    ],
    fcLayers: [4096, 4096],
  },
  MINI: {
    convLayers: [
      [48, [3, 1], [3, 1]],
      [128, [3, 1], [3, 1]],
      [192, [3, 1], null],
      [192, [3, 1], null],
      [128, [3, 1], [3, 1]],
    ],
    fcLayers: [1024, 1024],
  },
};

interface Layers {
  readonly convs: Conv2D[];
  readonly linears: Linear[];
  readonly norms: BatchNorm[];
}

const WHERE = { moduleName: 'AlexNet' };
const KEYS = ['w', 'b'];

/**
 * AlexNet: five convolutions, three of them followed by max pooling, and two fully connected layers, all with ReLU.
 *
 * Variables: `conv_0/w`, `conv_0/b`, …, `fc_0/w`, `fc_0/b`, …; with batch normalization those of `batch_norm`,
 * `batch_norm_1`, ….
 *
 * Sonnet: `snt.nets.AlexNet`. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AlexNet } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new AlexNet(AlexNet.MINI);
 * assert.equal(net.minInputSize, 17);
 * assert.deepEqual(net(tf.ones([1, 17, 17, 3])).shape, [1, 1024]);
 * ```
 */
export class AlexNet extends AbstractModule<[inputs: tf.Tensor, options?: AlexNetCallOptions], tf.Tensor> {
  static override readonly moduleName: string = 'alex_net';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    keepProb: null,
    isTraining: null,
    testLocalStats: true,
  };
  /** The mode of the original network. */
  static readonly FULL = 'FULL';
  /** The mode of a small network, for tests. */
  static readonly MINI = 'MINI';

  readonly #architecture: Architecture;
  readonly #options: AlexNetOptions;
  #layers: Layers | null = null;

  /**
   * @param mode `AlexNet.FULL` or `AlexNet.MINI`.
   * @param options See {@link AlexNetOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws SonnetError when the mode is not known.
   * @throws TypeError when an entry of these objects is not a function.
   */
  constructor(mode: AlexNetMode, options: AlexNetOptions = {}) {
    const architecture = architectureOf(mode);
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    super({ name: options.name ?? AlexNet.moduleName, customGetter: options.customGetter ?? null });
    this.#architecture = architecture;
    this.#options = { ...options, ...checked };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param inputs float32 [batch, height, width, channels].
   * @param options See {@link AlexNetCallOptions}.
   * @returns float32 [batch, 4096], or [batch, 1024] in the mode `MINI`.
   * @throws IncompatibleShapeError when the inputs are not of rank 4, or smaller than {@link minInputSize}.
   * @throws ValueError when `isTraining` is missing where it is required, or `keepProb` is not 1 without training.
   */
  protected override build(inputs: tf.Tensor, options: AlexNetCallOptions = {}): tf.Tensor {
    const isTraining = this.#checkedIsTraining(options);
    this.#checkSize(inputs);
    const keepProb = this.#checkedKeepProb(options.keepProb ?? null, isTraining);
    const layers = (this.isConnected ? this.#layers : null) ?? { convs: [], linears: [], norms: [] };
    const normOptions = { isTraining: isTraining ?? false, testLocalStats: options.testLocalStats ?? true };
    let norms = 0;
    const activated = (net: tf.Tensor, normalizes: boolean): tf.Tensor => {
      if (!normalizes) return tf.relu(net);
      const i = norms++;
      layers.norms[i] ??= new BatchNorm(this.#options.batchNormConfig ?? {});
      return tf.relu((layers.norms[i] as BatchNorm)(net, normOptions));
    };
    let net = inputs;
    this.#architecture.convLayers.forEach(([outputChannels, [size, stride], pool], i) => {
      layers.convs[i] ??= this.#makeConv(i, outputChannels, size, stride);
      net = activated((layers.convs[i] as Conv2D)(net), this.#usesBatchNorm);
      if (pool !== null) net = tf.maxPool(net as tf.Tensor4D, pool[0], pool[1], 'valid');
    });
    net = tf.reshape(net, [inputs.shape[0] as number, -1]);
    this.#architecture.fcLayers.forEach((outputSize, i) => {
      layers.linears[i] ??= new Linear(outputSize, { ...this.#perVariable, name: `fc_${i}` });
      net = activated((layers.linears[i] as Linear)(net), this.#usesBatchNorm && this.#options.bnOnFcLayers !== false);
      if (keepProb !== null) net = dropout(net, keepProb);
    });
    this.#layers = layers;
    return net;
  }

  /** The smallest height and width of the inputs. */
  get minInputSize(): number {
    const inputSizeOf = (outputSize: number, [size, stride]: Window): number => outputSize * stride + size - stride;
    return this.#architecture.convLayers.reduceRight(
      (outputSize, [, conv, pool]) => inputSizeOf(pool === null ? outputSize : inputSizeOf(outputSize, pool), conv),
      1,
    );
  }

  /**
   * The convolutions.
   *
   * @throws NotConnectedError before the first connection.
   */
  get convModules(): readonly Conv2D[] {
    return this.#connectedLayers().convs;
  }

  /**
   * The fully connected layers.
   *
   * @throws NotConnectedError before the first connection.
   */
  get linearModules(): readonly Linear[] {
    return this.#connectedLayers().linears;
  }

  /** The initializers that were given. */
  get initializers(): PerConvVariable<Initializer> {
    return this.#options.initializers ?? {};
  }

  /** The partitioners that were given. */
  get partitioners(): PerConvVariable<Partitioner> {
    return this.#options.partitioners ?? {};
  }

  /** The regularizers that were given. */
  get regularizers(): PerConvVariable<Regularizer> {
    return this.#options.regularizers ?? {};
  }

  get #usesBatchNorm(): boolean {
    return this.#options.useBatchNorm === true;
  }

  get #perVariable(): Pick<AlexNetOptions, 'initializers' | 'partitioners' | 'regularizers'> {
    const { initializers, partitioners, regularizers } = this.#options;
    return { initializers, partitioners, regularizers };
  }

  #makeConv(i: number, outputChannels: number, kernelShape: number, stride: number): Conv2D {
    return new Conv2D(outputChannels, kernelShape, {
      ...this.#perVariable,
      stride,
      padding: 'VALID',
      name: `conv_${i}`,
    });
  }

  #connectedLayers(): Layers {
    if (this.isConnected && this.#layers !== null) return this.#layers;
    throw new NotConnectedError(`${String(this)}: its layers are made at the first connection; call the module first.`);
  }

  #checkedIsTraining({ isTraining = null, keepProb = null }: AlexNetCallOptions): boolean | tf.Tensor | null {
    if (isTraining !== null || (!this.#usesBatchNorm && keepProb === null)) return isTraining;
    throw new ValueError(`${String(this)}: isTraining must be given when batch normalization or dropout is used.`);
  }

  #checkSize({ rank, shape }: tf.Tensor): void {
    const given = `[${shape.join(', ')}]`;
    if (rank !== 4) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs must have rank 4, [batch, height, width, channels]; got ${rank} (${given}).`,
      );
    }
    const [, height = 0, width = 0] = shape;
    const least = this.minInputSize;
    if (height >= least && width >= least) return;
    throw new IncompatibleShapeError(
      `${String(this)}: images must be at least ${least} high and wide; got (${height}, ${width}) < ${least} ` +
        `(inputs ${given}).`,
    );
  }

  #checkedKeepProb(keepProb: number | tf.Tensor | null, isTraining: boolean | tf.Tensor | null): number | null {
    if (keepProb === null) return null;
    const value = typeof keepProb === 'number' ? keepProb : (keepProb.dataSync()[0] as number);
    if (value === 1 || booleanArgument(isTraining ?? false, `${String(this)}: isTraining`)) return value;
    throw new ValueError(
      `${String(this)}: keepProb must be absent or 1 if isTraining is false, so that nothing is dropped; got ${value}.`,
    );
  }
}

function architectureOf(mode: AlexNetMode): Architecture {
  if (Object.hasOwn(ARCHITECTURES, mode)) return ARCHITECTURES[mode];
  throw new SonnetError(`AlexNet: the mode must be 'FULL' or 'MINI'; got '${String(mode)}'.`);
}
