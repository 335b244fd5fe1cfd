import {
  AbstractModule,
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  getVariable,
  type Initializer,
  initializers,
  type ModuleOptions,
  type Partitioner,
  type Regularizer,
  ValueError,
} from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';

const WHERE = { moduleName: 'TrainableVariable' };

/** Options of {@link TrainableVariable}. */
export interface TrainableVariableOptions extends ModuleOptions {
  /** `float32` (the default) or `int32`. */
  readonly dtype?: tf.DataType;
  /** The initializer `w`: default a truncated normal of standard deviation `1 / sqrt(number of elements)`. */
  readonly initializers?: { readonly w?: Initializer } | null;
  /** The partitioner `w`. Default: none. */
  readonly partitioners?: { readonly w?: Partitioner } | null;
  /** The regularizer `w`. Default: none. */
  readonly regularizers?: { readonly w?: Regularizer } | null;
}

const KEYS = ['w'];

/**
 * A single variable as a module: connecting it gives the variable `w`.
 *
 * Sonnet: `snt.TrainableVariable`.
 *
 * @example
 * ```ts
 * import { initializers, resetDefaultGraph } from '@sonnetjs/core';
 * import { TrainableVariable } from '@sonnetjs/layers';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const temperature = new TrainableVariable([], {
 *   initializers: { w: initializers.constant(0.5) },
 *   name: 'temperature',
 * });
 * assert.deepEqual([...temperature().dataSync()], [0.5]);
 * ```
 */
export class TrainableVariable extends AbstractModule<[], tf.Tensor> {
  static override readonly moduleName: string = 'trainable_variable';
  static override readonly buildParameters: BuildParameters = {};

  readonly #request: GetVariableOptions;

  /**
   * @param shape The shape of the variable; `[]` makes a scalar.
   * @param options See {@link TrainableVariableOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w`.
   * @throws TypeError when one of their entries is not a function, or the dtype is neither float32 nor int32.
   * @throws ValueError when a size is not an integer of at least 0.
   */
  constructor(shape: readonly number[], options: TrainableVariableOptions = {}) {
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
      throw new ValueError(`TrainableVariable: shape must be an array of sizes; got ${String(shape)}.`);
    }
    const { dtype = 'float32' } = options;
    if (dtype !== 'float32' && dtype !== 'int32') {
      throw new TypeError(`TrainableVariable: dtype must be float32 or int32; got ${String(dtype)}.`);
    }
    super({ name: options.name ?? TrainableVariable.moduleName, customGetter: options.customGetter ?? null });
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    this.#request = {
      shape: [...shape],
      dtype,
      initializer: checked.initializers.w ?? initializers.truncatedNormal({ stddev: 1 / Math.sqrt(Math.max(1, size)) }),
      partitioner: checked.partitioners.w ?? null,
      regularizer: checked.regularizers.w ?? null,
    };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /** @returns The variable: a tensor of the shape that was given. */
  protected override build(): tf.Tensor {
    return getVariable('w', this.#request);
  }

  /**
   * The variable.
   *
   * @throws NotConnectedError before the first connection.
   */
  get w(): tf.Tensor {
    return this.ownVariable('w');
  }
}
