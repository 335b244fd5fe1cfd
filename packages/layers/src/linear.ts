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
  type Transposable,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** What may be given for each variable of a {@link Linear}: the weights `w` and the bias `b`. */
export interface PerLinearVariable<T> {
  /** For the weights. */
  readonly w?: T;
  /** For the bias. */
  readonly b?: T;
}

/** A request for a variable whose initializer is settled. */
type InitializedRequest = GetVariableOptions & { readonly initializer: Initializer };

interface VariableRequests {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly w: InitializedRequest;
  readonly b: InitializedRequest;
}

const WHERE = { moduleName: 'Linear' };

/** Options of {@link Linear}. */
export interface LinearOptions extends ModuleOptions {
  /** Whether to add a bias. Default: true. */
  readonly useBias?: boolean;
  /**
   * Initializers for `w` and `b`. By default `w` is drawn from a truncated normal distribution of standard deviation
   * `1 / sqrt(inputSize)`, and `b` is zero.
   */
  readonly initializers?: PerLinearVariable<Initializer> | null;
  /** Partitioners for `w` and `b`. Default: none. */
  readonly partitioners?: PerLinearVariable<Partitioner> | null;
  /** Regularizers for `w` and `b`. Default: none. */
  readonly regularizers?: PerLinearVariable<Regularizer> | null;
  /** Whether inputs may have more dimensions than two, of which all but the last are batch dimensions. Default: false. */
  readonly allowManyBatchDims?: boolean;
}

/**
 * A linear map with an optional bias: `inputs · w + b`.
 *
 * Variables: `w` of shape [inputSize, outputSize] and `b` of shape [outputSize].
 *
 * Sonnet: `snt.Linear`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const linear = new Linear(3);
 * const train = linear(tf.ones([8, 5]));
 * const test = linear(tf.ones([2, 5])); // the same variables
 * assert.deepEqual([train.shape, test.shape], [[8, 3], [2, 3]]);
 * assert.deepEqual(linear.variables.map((variable) => variable.name), ['linear/b', 'linear/w']);
 * ```
 */
export class Linear extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> implements Transposable {
  static override readonly moduleName: string = 'linear';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #outputSize: number | (() => number);
  readonly #options: LinearOptions;
  #inputShape: readonly number[] | null = null;
  #requests: VariableRequests | null = null;

  /**
   * @param outputSize The size of the outputs, or a function that gives it when the module is first connected.
   * @param options See {@link LinearOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when `outputSize` is a number that is not a positive integer.
   */
  constructor(outputSize: number | (() => number), options: LinearOptions = {}) {
    const keys = Linear.getPossibleInitializerKeys(options);
    const checked = {
      initializers: checkInitializers(options.initializers, keys, WHERE),
      partitioners: checkPartitioners(options.partitioners, keys, WHERE),
      regularizers: checkRegularizers(options.regularizers, keys, WHERE),
    };
    if (typeof outputSize !== 'function') checkSize(outputSize, 'Linear');
    super({ name: options.name ?? Linear.moduleName, customGetter: options.customGetter ?? null });
    this.#outputSize = outputSize;
    this.#options = { ...options, ...checked };
  }

  /** @param options `useBias`: whether there is a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return options.useBias === false ? ['w'] : ['w', 'b'];
  }

  /**
   * @param inputs float32 [batchSize, inputSize]; with `allowManyBatchDims` [..., inputSize].
   * @returns float32 [batchSize, outputSize]; with `allowManyBatchDims` [..., outputSize].
   * @throws IncompatibleShapeError when the inputs have the wrong rank, or another last dimension than at the first
   *   connection.
   * @throws ValueError when the inputs are not float32.
   * @throws TypeError when they are no tensor.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    this.#checkInputs(inputs);
    const inputSize = inputs.shape.at(-1) as number;
    const requests = this.#variableRequests(inputSize);
    const w = getVariable('w', requests.w);
    let outputs: tf.Tensor = tf.matMul(inputs.rank === 2 ? inputs : tf.reshape(inputs, [-1, inputSize]), w);
    if (this.hasBias) outputs = tf.add(outputs, getVariable('b', requests.b));
    if (inputs.rank !== 2) outputs = tf.reshape(outputs, [...inputs.shape.slice(0, -1), requests.outputSize]);
    this.#inputShape = inputs.shape;
    return outputs;
  }

  /**
   * The weights: [inputSize, outputSize].
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }

  /**
   * The bias: [outputSize].
   *
   * @throws NotConnectedError before the first connection.
   * @throws AttributeError when the module has no bias.
   */
  get b(): tf.Tensor {
    if (!this.isConnected) return this.ownVariable('b');
    if (!this.hasBias)
      throw new AttributeError(`${String(this)}: there is no bias, since it was made with useBias: false.`);
    return this.ownVariable('b');
  }

  /** Whether there is a bias. */
  get hasBias(): boolean {
    return this.#options.useBias !== false;
  }

  /** The size of the outputs. When it was given as a function, the function is called. */
  get outputSize(): number {
    if (typeof this.#outputSize === 'number') return this.#outputSize;
    const size = this.#outputSize();
    checkSize(size, String(this));
    return size;
  }

  /**
   * The initializers: those that were given and, once the module is connected, the defaults in the place of the others. A
   * transpose or clone takes over all of them, so the spread of its weights is that of this module's.
   */
  get initializers(): PerLinearVariable<Initializer> {
    if (this.#requests === null || !this.isConnected) return this.#options.initializers ?? {};
    const { w, b } = this.#requests;
    return this.hasBias ? { w: w.initializer, b: b.initializer } : { w: w.initializer };
  }

  /** The partitioners that were given. */
  get partitioners(): PerLinearVariable<Partitioner> {
    return this.#options.partitioners ?? {};
  }

  /** The regularizers that were given. */
  get regularizers(): PerLinearVariable<Regularizer> {
    return this.#options.regularizers ?? {};
  }

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get inputShape(): readonly number[] {
    if (this.#inputShape === null || !this.isConnected) {
      throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
    }
    return this.#inputShape;
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): Linear {
    const name = options.name ?? `${this.moduleName}_clone`;
    return new Linear(this.#outputSize, { ...this.#options, initializers: this.initializers, name });
  }

  /**
   * A new module that maps back to the size of this one's inputs, with the same options and variables of its own.
   *
   * It may be made before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): Linear {
    const name = options.name ?? `${this.moduleName}_transpose`;
    const outputSize = (): number => this.inputShape.at(-1) as number;
    return new Linear(outputSize, { ...this.#options, initializers: this.initializers, name });
  }

  /** What `build` asks for, made once: it runs at every connection. */
  #variableRequests(inputSize: number): VariableRequests {
    const { outputSize } = this;
    if (this.#requests?.inputSize === inputSize && this.#requests.outputSize === outputSize) return this.#requests;
    const { initializers: given, partitioners, regularizers } = this.#options;
    this.#requests = {
      inputSize,
      outputSize,
      w: {
        shape: [inputSize, outputSize],
        initializer: given?.w ?? initializers.truncatedNormal({ stddev: 1 / Math.sqrt(Math.max(1, inputSize)) }),
        partitioner: partitioners?.w ?? null,
        regularizer: regularizers?.w ?? null,
      },
      b: {
        shape: [outputSize],
        initializer: given?.b ?? initializers.zeros(),
        partitioner: partitioners?.b ?? null,
        regularizer: regularizers?.b ?? null,
      },
    };
    return this.#requests;
  }

  #checkInputs(inputs: tf.Tensor): void {
    if (!(inputs instanceof tf.Tensor)) {
      throw new TypeError(`${String(this)}: inputs must be a tensor; got ${String(inputs)} (${typeof inputs}).`);
    }
    const { shape, rank, dtype } = inputs;
    const manyDims = this.#options.allowManyBatchDims === true;
    if (manyDims ? rank < 1 : rank !== 2) {
      throw new IncompatibleShapeError(
        `${String(this)}: the rank of inputs must be ${manyDims ? 'at least 1' : '2'}, not ${rank} (inputs ` +
          `[${shape.join(', ')}]). For inputs with more batch dimensions make it with { allowManyBatchDims: true }.`,
      );
    }
    if (dtype !== 'float32') throw new ValueError(`${String(this)}: inputs must be float32; got ${dtype}.`);
    const known = this.#inputShape?.at(-1);
    const size = shape.at(-1) as number;
    // Known also from a first connection that was taken back because the module around this one failed.
    if (known !== undefined && size !== known && this.isConnected) {
      throw new IncompatibleShapeError(
        `${String(this)}: the last dimension of inputs must be ${known}, as at its first connection; got ${size} ` +
          `(inputs [${shape.join(', ')}], expected [..., ${known}]).`,
      );
    }
  }
}

function checkSize(size: unknown, where: string): asserts size is number {
  if (Number.isSafeInteger(size) && Number(size) > 0) return;
  throw new ValueError(
    `${where}: outputSize must be a positive integer or a function that gives one; got ${String(size)}.`,
  );
}
