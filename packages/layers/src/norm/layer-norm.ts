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
  NotSupportedError,
  type Partitioner,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { normalize } from './normalize.ts';

/** What may be given for each variable of a {@link LayerNorm}: the scale `gamma` and the offset `beta`. */
export interface PerLayerNormVariable<T> {
  /** For the scale. */
  readonly gamma?: T;
  /** For the offset. */
  readonly beta?: T;
}

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends Pick<ModuleOptions, 'name'> {
  /**
   * The dimension, or dimensions, over which is normalized; negative ones count from the end. For images, `[1, 2]` makes
   * an instance normalization. Default: all but the first.
   */
  readonly axis?: number | Iterable<number> | null;
  /** Whether a learned `beta` is added. Default: true. */
  readonly offset?: boolean;
  /** Whether it is multiplied by a learned `gamma`. Default: true. */
  readonly scale?: boolean;
  /** What is added to the variance, so that it is never zero. Default: 1e-5. */
  readonly eps?: number;
  /** Initializers for `gamma` (default: ones) and `beta` (default: zeros). */
  readonly initializers?: PerLayerNormVariable<Initializer> | null;
  /** Partitioners for `gamma` and `beta`. Default: none. */
  readonly partitioners?: PerLayerNormVariable<Partitioner> | null;
  /** Regularizers for `gamma` and `beta`. Default: none. */
  readonly regularizers?: PerLayerNormVariable<Regularizer> | null;
}

const KEYS = ['gamma', 'beta'];
const WHERE = { moduleName: 'LayerNorm' };

/**
 * Normalizes each example by its own mean and variance: `gamma * (inputs - mean) / sqrt(variance + eps) + beta`.
 *
 * Variables: `gamma` and `beta`, of the size of the last dimension of the inputs.
 *
 * Sonnet: `snt.LayerNorm`. Ba et al., "Layer Normalization" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { LayerNorm } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const norm = new LayerNorm();
 * const outputs = norm(tf.tensor2d([[1, 3], [100, 300]]));
 * assert.deepEqual([...outputs.dataSync()].map(Math.round), [-1, 1, -1, 1]);
 * ```
 */
export class LayerNorm extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'layer_norm';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #axis: readonly number[] | null;
  readonly #options: LayerNormOptions;
  #requests: { readonly gamma: GetVariableOptions; readonly beta: GetVariableOptions } | null = null;

  /**
   * @param options See {@link LayerNormOptions}.
   * @throws ValueError when `axis` is neither an integer nor an iterable of integers.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `gamma` and `beta`.
   * @throws TypeError when one of their entries is not a function.
   */
  constructor(options: LayerNormOptions = {}) {
    const axis = checkAxis(options.axis ?? null);
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    super({ name: options.name ?? LayerNorm.moduleName });
    this.#axis = axis;
    this.#options = { ...options, ...checked };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param inputs float32, of at least two dimensions.
   * @returns The shape of the inputs.
   * @throws NotSupportedError when the inputs have fewer than two dimensions, or are not float32.
   * @throws ValueError when `axis` has a dimension that the inputs do not have, or the last dimension is another one than
   *   at the first connection.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    const axes = this.#axesOf(inputs);
    const requests = this.#variableRequests(inputs.shape.at(-1) as number);
    const { offset = true, scale = true, eps = 1e-5 } = this.#options;
    const gamma = scale ? getVariable('gamma', requests.gamma) : null;
    const beta = offset ? getVariable('beta', requests.beta) : null;
    const { mean, variance } = tf.moments(inputs, axes, true);
    const outputs = normalize(inputs, { mean, variance, gamma, beta, eps });
    this.#requests = requests;
    return outputs;
  }

  /**
   * The offset; null when there is none.
   *
   * @throws NotConnectedError before the first connection.
   */
  get beta(): tf.Tensor | null {
    return this.#parameter('beta', this.#options.offset !== false);
  }

  /**
   * The scale; null when there is none.
   *
   * @throws NotConnectedError before the first connection.
   */
  get gamma(): tf.Tensor | null {
    return this.#parameter('gamma', this.#options.scale !== false);
  }

  /** The initializers that were given. */
  get initializers(): PerLayerNormVariable<Initializer> {
    return this.#options.initializers ?? {};
  }

  /** The partitioners that were given. */
  get partitioners(): PerLayerNormVariable<Partitioner> {
    return this.#options.partitioners ?? {};
  }

  /** The regularizers that were given. */
  get regularizers(): PerLayerNormVariable<Regularizer> {
    return this.#options.regularizers ?? {};
  }

  #parameter(name: string, exists: boolean): tf.Tensor | null {
    return exists || !this.isConnected ? this.ownVariable(name) : null;
  }

  #axesOf(inputs: tf.Tensor): number[] {
    const { rank, dtype } = inputs;
    const shape = `[${inputs.shape.join(', ')}]`;
    if (rank < 2) {
      throw new NotSupportedError(
        `${String(this)}: layer normalization expects inputs of at least rank 2; got inputs of rank ${rank} (${shape}).`,
      );
    }
    if (dtype !== 'float32') throw new NotSupportedError(`${String(this)}: inputs must be float32; got ${dtype}.`);
    if (this.#axis === null) return Array.from({ length: rank - 1 }, (_, i) => i + 1);
    const axes = this.#axis.map((axis) => (axis < 0 ? axis + rank : axis));
    if (axes.every((axis) => axis >= 0 && axis < rank)) return [...new Set(axes)];
    throw new ValueError(
      `${String(this)}: axis [${this.#axis.join(', ')}] has a dimension that the inputs ${shape} do not have.`,
    );
  }

  #variableRequests(size: number): { readonly gamma: GetVariableOptions; readonly beta: GetVariableOptions } {
    const known = this.#requests;
    if (known?.gamma.shape?.[0] === size) return known;
    // A connection that was taken back, because one around it failed, does not count.
    if (known !== null && this.isConnected) {
      throw new ValueError(
        `${String(this)}: the last dimension of inputs must be ${known.gamma.shape?.[0]}, as at its first connection; ` +
          `got ${size}.`,
      );
    }
    const { initializers: given, partitioners, regularizers } = this.#options;
    const request = (key: 'gamma' | 'beta', initializer: Initializer): GetVariableOptions => ({
      shape: [size],
      initializer: given?.[key] ?? initializer,
      partitioner: partitioners?.[key] ?? null,
      regularizer: regularizers?.[key] ?? null,
    });
    return { gamma: request('gamma', initializers.ones()), beta: request('beta', initializers.zeros()) };
  }
}

function checkAxis(axis: number | Iterable<number> | null): readonly number[] | null {
  if (axis === null) return null;
  const isIterable = typeof axis === 'object' && typeof axis[Symbol.iterator] === 'function';
  const axes: unknown[] = isIterable ? [...axis] : [axis];
  if (axes.length > 0 && axes.every(Number.isSafeInteger)) return axes as number[];
  throw new ValueError(`LayerNorm: axis should be an integer or an iterable of integers; got ${String(axis)}.`);
}
