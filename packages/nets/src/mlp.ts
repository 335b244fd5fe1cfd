import {
  AbstractModule,
  type BuildParameters,
  booleanArgument,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  dropout,
  type Initializer,
  type ModuleOptions,
  NotConnectedError,
  type Partitioner,
  type Regularizer,
  required,
  type Transposable,
  ValueError,
} from '@sonnetjs/core';
import { Linear, type PerLinearVariable } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link MLP}. */
export interface MLPOptions extends ModuleOptions {
  /** What is applied after each layer but the last. Default: `tf.relu`. */
  readonly activation?: (x: tf.Tensor) => tf.Tensor;
  /** Whether the activation, and dropout, are also applied after the last layer. Default: false. */
  readonly activateFinal?: boolean;
  /** Initializers for the weights `w` and biases `b` of every layer. Default: those of {@link Linear}. */
  readonly initializers?: PerLinearVariable<Initializer> | null;
  /** Partitioners for `w` and `b` of every layer. Default: none. */
  readonly partitioners?: PerLinearVariable<Partitioner> | null;
  /** Regularizers for `w` and `b` of every layer. Default: none. */
  readonly regularizers?: PerLinearVariable<Regularizer> | null;
  /** Whether layers have a bias. Default: true. */
  readonly useBias?: boolean;
  /** Whether dropout is applied after each layer, before its activation, during training. Default: false. */
  readonly useDropout?: boolean;
}

/** Options of a call of an {@link MLP}. */
export interface MLPCallOptions {
  /** Whether dropout applies; a tensor is read back at run time, so that the call cannot be compiled. Default: true. */
  readonly isTraining?: boolean | tf.Tensor;
  /** The probability that dropout keeps an element. Default: 0.5. */
  readonly dropoutKeepProb?: number;
}

const WHERE = { moduleName: 'MLP' };

/**
 * A multi-layer perceptron: linear layers with an activation between them.
 *
 * Variables: `linear_0/w`, `linear_0/b`, `linear_1/w`, ….
 *
 * Sonnet: `snt.nets.MLP`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { MLP } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const mlp = new MLP([32, 10], { activation: tf.tanh });
 * const logits = mlp(tf.ones([4, 8]));
 * const back = mlp.transpose()(logits);
 * assert.deepEqual([logits.shape, back.shape], [[4, 10], [4, 8]]);
 * ```
 */
export class MLP
  extends AbstractModule<[inputs: tf.Tensor, options?: MLPCallOptions], tf.Tensor>
  implements Transposable
{
  static override readonly moduleName: string = 'mlp';
  static override readonly buildParameters: BuildParameters = {
    inputs: required,
    isTraining: true,
    dropoutKeepProb: 0.5,
  };

  readonly #layers: readonly Linear[];
  readonly #outputSizes: readonly (number | (() => number))[];
  readonly #options: MLPOptions;
  #inputShape: readonly number[] | null = null;

  /**
   * @param outputSizes The output size of each layer: a number, or a function that gives it at the first connection.
   * @param options See {@link MLPOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when `outputSizes` is not iterable, or the activation or an entry of these objects is not a function.
   * @throws ValueError when `outputSizes` is empty or has a number that is not a positive integer.
   */
  constructor(outputSizes: Iterable<number | (() => number)>, options: MLPOptions = {}) {
    const sizes = checkSizes(outputSizes);
    const { activation = tf.relu } = options;
    if (typeof activation !== 'function') {
      throw new TypeError(`MLP: activation must be a function; got ${String(activation)}.`);
    }
    const keys = MLP.getPossibleInitializerKeys(options);
    const checked = {
      initializers: checkInitializers(options.initializers, keys, WHERE),
      partitioners: checkPartitioners(options.partitioners, keys, WHERE),
      regularizers: checkRegularizers(options.regularizers, keys, WHERE),
    };
    super({ name: options.name ?? MLP.moduleName, customGetter: options.customGetter ?? null });
    this.#outputSizes = sizes;
    this.#options = { ...options, ...checked, activation };
    this.#layers = this.enterVariableScope(() =>
      sizes.map((size, i) => new Linear(size, { ...checked, useBias: this.useBias, name: `linear_${i}` })),
    );
  }

  /** @param options `useBias`: whether layers have a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return Linear.getPossibleInitializerKeys(options);
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param options `isTraining` and `dropoutKeepProb`, which only matter with `useDropout`.
   * @returns float32 [batchSize, last of outputSizes].
   * @throws IncompatibleShapeError when the inputs have the wrong rank, or another last dimension than at the first
   *   connection.
   */
  protected override build(inputs: tf.Tensor, options: MLPCallOptions = {}): tf.Tensor {
    const { isTraining = true, dropoutKeepProb = 0.5 } = options;
    const drops = this.useDropout && booleanArgument(isTraining, `${String(this)}: isTraining`);
    let net = inputs;
    this.#layers.forEach((layer, i) => {
      net = layer(net);
      if (i === this.#layers.length - 1 && !this.activateFinal) return;
      if (drops) net = dropout(net, dropoutKeepProb);
      net = this.activation(net);
    });
    this.#inputShape = inputs.shape;
    return net;
  }

  /** The linear layers. */
  get layers(): readonly Linear[] {
    return this.#layers;
  }

  /** The output size of each layer. Sizes that were given as functions are looked up. */
  get outputSizes(): number[] {
    return this.#outputSizes.map((size) => (typeof size === 'function' ? size() : size));
  }

  /** The output size of the last layer, which lets an MLP be a layer of a DeepRNN. */
  get outputSize(): number {
    return this.outputSizes.at(-1) as number;
  }

  /** Whether layers have a bias. */
  get useBias(): boolean {
    return this.#options.useBias !== false;
  }

  /** Whether dropout is applied during training. */
  get useDropout(): boolean {
    return this.#options.useDropout === true;
  }

  /** The initializers that were given. */
  get initializers(): PerLinearVariable<Initializer> {
    return this.#options.initializers ?? {};
  }

  /** The partitioners that were given. */
  get partitioners(): PerLinearVariable<Partitioner> {
    return this.#options.partitioners ?? {};
  }

  /** The regularizers that were given. */
  get regularizers(): PerLinearVariable<Regularizer> {
    return this.#options.regularizers ?? {};
  }

  /** What is applied after each layer. */
  get activation(): (x: tf.Tensor) => tf.Tensor {
    return this.#options.activation ?? tf.relu;
  }

  /** Whether the activation is also applied after the last layer. */
  get activateFinal(): boolean {
    return this.#options.activateFinal === true;
  }

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get inputShape(): readonly number[] {
    if (!this.isConnected || this.#inputShape === null) {
      throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
    }
    return this.#inputShape;
  }

  /**
   * A new MLP that maps back to the size of this one's inputs through the same sizes in reverse.
   *
   * It may be made before this one is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end; `activateFinal`: default as here.
   */
  transpose(options: { readonly name?: string; readonly activateFinal?: boolean } = {}): MLP {
    const { name = `${this.moduleName}_transpose`, activateFinal = this.activateFinal } = options;
    const sizes = this.#layers.map((layer) => () => layer.inputShape.at(-1) as number).reverse();
    return new MLP(sizes, { ...this.#options, activateFinal, name });
  }

  /**
   * A new MLP with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): MLP {
    return new MLP(this.#outputSizes, { ...this.#options, name: options.name ?? `${this.moduleName}_clone` });
  }
}

function checkSizes(outputSizes: Iterable<number | (() => number)>): (number | (() => number))[] {
  if (typeof outputSizes?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`MLP: outputSizes must be iterable; got ${String(outputSizes)}.`);
  }
  const sizes = [...outputSizes];
  if (sizes.length === 0) throw new ValueError('MLP: outputSizes must not be empty.');
  for (const size of sizes) {
    if (typeof size === 'function' || (Number.isSafeInteger(size) && size > 0)) continue;
    throw new ValueError(`MLP: outputSizes must be positive integers or functions; got ${String(size)}.`);
  }
  return sizes;
}
