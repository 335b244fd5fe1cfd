import {
  AbstractModule,
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  getVariable,
  IncompatibleShapeError,
  type Initializer,
  initializers,
  type ModuleOptions,
  NotConnectedError,
  ParentNotBuiltError,
  type Partitioner,
  type Regularizer,
  required,
  type Transposable,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { calculateBiasShape } from './calculate-bias-shape.ts';

/** The shape that an {@link AddBias} demands of its inputs; the first size, the batch, is not looked at. */
export type BiasOutputShape = readonly (number | null)[];

/** Options of {@link AddBias}. */
export interface AddBiasOptions extends Pick<ModuleOptions, 'name'> {
  /**
   * The shape that the inputs must have, such as `[null, 10]`; the first size is not looked at. A function gives it when
   * the module is connected. Default: any shape.
   */
  readonly outputShape?: BiasOutputShape | (() => BiasOutputShape | null) | null;
  /**
   * The dimensions in which the bias differs: it is broadcast over the others. Negative ones count from the end; none
   * makes a scalar. Default: all but the batch dimension.
   */
  readonly biasDims?: readonly number[] | null;
  /** The initializer for `b`. Default: zeros. */
  readonly initializers?: { readonly b?: Initializer } | null;
  /** The partitioner for `b`. Default: none. */
  readonly partitioners?: { readonly b?: Partitioner } | null;
  /** The regularizer for `b`. Default: none. */
  readonly regularizers?: { readonly b?: Regularizer } | null;
}

/** Options of a call of an {@link AddBias}. */
export interface AddBiasCallOptions {
  /** What the bias is multiplied by, such as -1 to subtract it. Default: 1. */
  readonly multiplier?: number | tf.Tensor;
}

const KEYS = ['b'];
const WHERE = { moduleName: 'AddBias' };

/**
 * Adds a learned bias: `inputs + b * multiplier`.
 *
 * Variable: `b`, of the shape that {@link calculateBiasShape} gives.
 *
 * Sonnet: `snt.AddBias`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AddBias } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const images = tf.ones([8, 28, 28, 3]);
 * const perChannel = new AddBias({ biasDims: [-1] });
 * const shifted = perChannel(images);
 * const back = perChannel(shifted, { multiplier: -1 });
 * assert.deepEqual([perChannel.b.shape, back.shape], [[3], [8, 28, 28, 3]]);
 * ```
 */
export class AddBias
  extends AbstractModule<[inputs: tf.Tensor, options?: AddBiasCallOptions], tf.Tensor>
  implements Transposable
{
  static override readonly moduleName: string = 'add';
  static override readonly buildParameters: BuildParameters = { inputs: required, multiplier: 1 };

  readonly #options: AddBiasOptions;
  #inputShape: readonly number[] | null = null;

  /**
   * @param options See {@link AddBiasOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `b`.
   * @throws TypeError when one of their entries is not a function, or `outputShape` is neither an array nor a function.
   */
  constructor(options: AddBiasOptions = {}) {
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    const shape = options.outputShape ?? null;
    if (shape !== null && !Array.isArray(shape) && typeof shape !== 'function') {
      throw new TypeError(`AddBias: outputShape must be an array or a function that gives one; got ${String(shape)}.`);
    }
    super({ name: options.name ?? AddBias.moduleName });
    this.#options = { ...options, ...checked };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param inputs [batchSize, size1, …]: float32 or int32.
   * @param options `multiplier`.
   * @returns The shape and dtype of the inputs.
   * @throws IncompatibleShapeError when the inputs have fewer than two dimensions, other sizes than at the first
   *   connection, or other sizes than `outputShape` demands.
   * @throws ParentNotBuiltError when this is the transpose of a module that was not connected yet.
   * @throws ValueError when `biasDims` has the batch dimension, or one that the inputs do not have.
   */
  protected override build(inputs: tf.Tensor, options: AddBiasCallOptions = {}): tf.Tensor {
    const { multiplier = 1 } = options;
    this.#checkInputs(inputs.shape);
    const b = getVariable('b', {
      shape: this.#biasShape(inputs.shape),
      dtype: inputs.dtype,
      initializer: this.#options.initializers?.b ?? initializers.zeros(),
      partitioner: this.#options.partitioners?.b ?? null,
      regularizer: this.#options.regularizers?.b ?? null,
    });
    const outputs = tf.add(inputs, multiplier === 1 ? b : tf.mul(b, multiplier));
    this.#inputShape = inputs.shape;
    return outputs;
  }

  /**
   * The bias.
   *
   * @throws NotConnectedError before the first connection.
   */
  get b(): tf.Tensor {
    return this.ownVariable('b');
  }

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first one.
   */
  get inputShape(): readonly number[] {
    const shape = this.#knownShape();
    if (shape !== null) return shape;
    throw new NotConnectedError(`${String(this)}: the shape of its inputs is not known yet; call the module first.`);
  }

  /**
   * A new module for inputs of the shape that this one had, with the same options and a bias of its own. It may be made
   * before this module is connected, and connected afterwards.
   *
   * @param options `name`: default this module's name with `_transpose` at its end.
   */
  transpose(options: { readonly name?: string } = {}): AddBias {
    const name = options.name ?? `${this.moduleName}_transpose`;
    return new AddBias({ ...this.#options, outputShape: () => this.#knownShape(), name });
  }

  /** The shape at the latest connection. One that was taken back, because one around it failed, does not count. */
  #knownShape(): readonly number[] | null {
    return this.isConnected ? this.#inputShape : null;
  }

  #biasShape(inputShape: readonly number[]): number[] {
    try {
      return calculateBiasShape(inputShape, this.#options.biasDims ?? null);
    } catch (error) {
      throw error instanceof ValueError ? new ValueError(`${String(this)}: ${error.message}`) : error;
    }
  }

  #checkInputs(shape: readonly number[]): void {
    const given = `[${shape.join(', ')}]`;
    if (shape.length < 2) {
      throw new IncompatibleShapeError(
        `${String(this)}: the rank of inputs must be at least 2, the batch dimension included, not ${shape.length} ` +
          `(inputs ${given}).`,
      );
    }
    const known = this.#knownShape();
    if (known !== null && !sameBeyondBatch(shape, known)) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs must have the shape [batch, ${known.slice(1).join(', ')}], as at its first connection; ` +
          `got ${given}.`,
      );
    }
    const wanted = this.#wantedShape();
    if (wanted !== null && !sameBeyondBatch(shape, wanted)) {
      throw new IncompatibleShapeError(
        `${String(this)}: inputs must have the shape [batch, ${wanted.slice(1).join(', ')}] of outputShape; ` +
          `got ${given}.`,
      );
    }
  }

  #wantedShape(): BiasOutputShape | null {
    const { outputShape = null } = this.#options;
    if (typeof outputShape !== 'function') return outputShape;
    const shape = outputShape();
    if (shape !== null) return shape;
    throw new ParentNotBuiltError(
      `${String(this)}: it is the transpose of a module that was not connected yet; connect that one first.`,
    );
  }
}

function sameBeyondBatch(a: readonly number[], b: BiasOutputShape): boolean {
  return a.length === b.length && a.every((size, i) => i === 0 || size === b[i]);
}
