import {
  AbstractModule,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  GraphKeys,
  getVariable,
  type Initializer,
  initializers,
  type ModuleOptions,
  NotSupportedError,
  type Partitioner,
  type Regularizer,
  SonnetError,
  updateVariable,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { eitherOf, type Flag, isFlag, select } from './flag.ts';
import { normalize } from './normalize.ts';

/** What may be given for the variables of a batch normalization that optimizers change: the scale and the offset. */
export interface PerBatchNormParameter<T> {
  /** For the scale. */
  readonly gamma?: T;
  /** For the offset. */
  readonly beta?: T;
}

/** What may be given for every variable of a batch normalization. */
export interface PerBatchNormVariable<T> extends PerBatchNormParameter<T> {
  /** For the moving average of the mean. */
  readonly moving_mean?: T;
  /** For the moving average of the variance. */
  readonly moving_variance?: T;
}

/** The options that {@link BatchNorm} and {@link BatchNormV2} share. */
export interface BatchNormalizationOptions extends Pick<ModuleOptions, 'name'> {
  /** Whether a learned `beta` is added. Default: true. */
  readonly offset?: boolean;
  /** Whether it is multiplied by a learned `gamma`. Default: false. */
  readonly scale?: boolean;
  /** How much of a moving average an update keeps. Default: 0.999. */
  readonly decayRate?: number;
  /** What is added to the variance, so that it is never zero. Default: 1e-3. */
  readonly eps?: number;
  /** Initializers for `gamma` (default: ones), `beta` (zeros), `moving_mean` (zeros) and `moving_variance` (ones). */
  readonly initializers?: PerBatchNormVariable<Initializer> | null;
  /** Partitioners for `gamma` and `beta`. Default: none. */
  readonly partitioners?: PerBatchNormParameter<Partitioner> | null;
  /** Regularizers for `gamma` and `beta`. Default: none. */
  readonly regularizers?: PerBatchNormParameter<Regularizer> | null;
  /**
   * The collection in which the updates of the moving averages wait for `runUpdates(collection)`, such as
   * `GraphKeys.UPDATE_OPS`. By default, and with null, they take place during the call.
   */
  readonly updateOpsCollection?: string | null;
}

/** Options of a call of {@link BatchNorm} and {@link BatchNormV2}. */
export interface BatchNormCallOptions {
  /**
   * Whether this is training: normalize by the statistics of the batch, and update the moving averages with them. A bool
   * scalar tensor decides at run time; both ways are then computed, and nothing is read back.
   */
  readonly isTraining: boolean | tf.Tensor;
  /**
   * Whether to normalize by the statistics of the batch also when it is not training, instead of by the moving averages.
   * May be a bool scalar tensor too. Default: true for BatchNorm, false for BatchNormV2.
   */
  readonly testLocalStats?: boolean | tf.Tensor;
}

/** How a batch normalization sees its inputs. */
export interface BatchLayout {
  /** The dimensions over which the statistics are taken. */
  readonly axes: readonly number[];
  /** The shape of the variables. */
  readonly variableShape: readonly number[];
  /** The same as it is broadcast to the inputs: the rank of the inputs. */
  readonly broadcastShape: readonly number[];
}

interface VariableRequests {
  readonly movingMean: GetVariableOptions;
  readonly movingVariance: GetVariableOptions;
  readonly beta: GetVariableOptions;
  readonly gamma: GetVariableOptions;
}

/** What a connection does with inputs of a shape. It is kept, because most connections have the shape of the one before. */
interface Plan {
  readonly inputShape: readonly number[];
  readonly layout: BatchLayout;
  readonly requests: VariableRequests;
}

const INITIALIZER_KEYS = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
const PARAMETER_KEYS = ['gamma', 'beta'];

/** TensorFlow's fused batch normalization takes no smaller eps than this. */
const LEAST_FUSED_EPS = 1.001e-5;

/** The checked options of a batch normalization with all defaults. */
export interface BatchNormalizationSettings
  extends Required<Pick<BatchNormalizationOptions, 'offset' | 'scale' | 'decayRate' | 'eps'>> {
  /** Whether to work as TensorFlow's fused kernel does. */
  readonly fused: boolean;
  /** The default of the option of calls. */
  readonly testLocalStats: boolean;
  /** Where updates wait, or null for nowhere. */
  readonly collection: string | null;
  /** The initializers that were given. */
  readonly initializers: PerBatchNormVariable<Initializer>;
  /** The partitioners that were given. */
  readonly partitioners: PerBatchNormParameter<Partitioner>;
  /** The regularizers that were given. */
  readonly regularizers: PerBatchNormParameter<Regularizer>;
}

/** Checks the options that both classes share. */
export function batchNormalizationSettings(
  moduleName: string,
  options: BatchNormalizationOptions,
  defaults: { readonly fused: boolean; readonly testLocalStats: boolean },
): BatchNormalizationSettings {
  const { offset = true, scale = false, decayRate = 0.999, eps = 1e-3, updateOpsCollection = null } = options;
  for (const [name, value] of Object.entries({ decayRate, eps })) {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new TypeError(`${moduleName}: ${name} must be a number; got ${String(value)}.`);
    }
  }
  if (updateOpsCollection !== null && typeof updateOpsCollection !== 'string') {
    throw new TypeError(
      `${moduleName}: updateOpsCollection must be a name or null; got ${String(updateOpsCollection)}.`,
    );
  }
  return {
    ...{ offset, scale, decayRate, eps, ...defaults },
    collection: updateOpsCollection === '' ? null : updateOpsCollection,
    initializers: checkInitializers(options.initializers, INITIALIZER_KEYS, { moduleName }),
    partitioners: checkPartitioners(options.partitioners, PARAMETER_KEYS, { moduleName }),
    regularizers: checkRegularizers(options.regularizers, PARAMETER_KEYS, { moduleName }),
  };
}

/** What {@link BatchNorm} and {@link BatchNormV2} have in common: everything but how they see the inputs. */
export abstract class BatchNormalization extends AbstractModule<
  [inputBatch: tf.Tensor, options: BatchNormCallOptions],
  tf.Tensor
> {
  readonly #settings: BatchNormalizationSettings;
  #plan: Plan | null = null;

  /** @param settings What {@link batchNormalizationSettings} gave. */
  constructor(name: string, settings: BatchNormalizationSettings) {
    super({ name });
    this.#settings = settings;
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...INITIALIZER_KEYS];
  }

  /** How inputs of a shape are seen. Throws what is wrong with them. */
  protected abstract layoutOf(shape: readonly number[]): BatchLayout;

  /**
   * @param inputBatch float32: the batch.
   * @param options `isTraining`, and `testLocalStats`.
   * @returns The shape of the inputs.
   * @throws TypeError when `isTraining` is missing, or an option is neither a boolean nor a bool scalar tensor.
   * @throws NotSupportedError when the inputs are not float32.
   * @throws ValueError when the inputs have other channels than at the first connection.
   */
  protected override build(inputBatch: tf.Tensor, options: BatchNormCallOptions): tf.Tensor {
    const { isTraining, testLocalStats = this.#settings.testLocalStats } = options ?? {};
    if (!isFlag(isTraining)) this.#refuseFlag('isTraining', isTraining);
    if (!isFlag(testLocalStats)) this.#refuseFlag('testLocalStats', testLocalStats);
    if (inputBatch.dtype !== 'float32') {
      throw new NotSupportedError(`${String(this)}: inputs must be float32; got ${inputBatch.dtype}.`);
    }
    const plan = this.#planFor(inputBatch.shape);
    const { layout, requests } = plan;
    const movingMean = getVariable('moving_mean', requests.movingMean);
    const movingVariance = getVariable('moving_variance', requests.movingVariance);
    const beta = this.hasBeta ? getVariable('beta', requests.beta) : null;
    const gamma = this.hasGamma ? getVariable('gamma', requests.gamma) : null;
    const useBatch = eitherOf(isTraining, testLocalStats);
    const batch = useBatch === false ? null : tf.moments(inputBatch, layout.axes as number[], true);
    const { eps, fused } = this.#settings;
    const shape = layout.broadcastShape;
    const outputs = normalize(inputBatch, {
      mean: select(useBatch, batch?.mean, () => spreadTo(shape, movingMean)),
      variance: select(useBatch, batch?.variance, () => spreadTo(shape, movingVariance)),
      gamma: gamma === null ? null : spreadTo(shape, gamma),
      beta: beta === null ? null : spreadTo(shape, beta),
      eps: fused ? Math.max(eps, LEAST_FUSED_EPS) : eps,
    });
    if (isTraining !== false && batch !== null) {
      const count = inputBatch.size / tf.util.sizeFromShape([...layout.variableShape]);
      this.#update(movingMean, batch.mean, 1, isTraining);
      // TensorFlow's fused kernel reports the unbiased variance of the batch, although it normalizes by the biased one.
      this.#update(movingVariance, batch.variance, fused ? count / Math.max(count - 1, 1) : 1, isTraining);
    }
    this.#plan = plan;
    return outputs;
  }

  /** The initializers that were given. */
  get initializers(): PerBatchNormVariable<Initializer> {
    return this.#settings.initializers;
  }

  /** The partitioners that were given. */
  get partitioners(): PerBatchNormParameter<Partitioner> {
    return this.#settings.partitioners;
  }

  /** The regularizers that were given. */
  get regularizers(): PerBatchNormParameter<Regularizer> {
    return this.#settings.regularizers;
  }

  /** Whether a variable `beta` exists. The fused kernel needs one in any case. */
  protected get hasBeta(): boolean {
    return this.#settings.offset || this.#settings.fused;
  }

  /** Whether a variable `gamma` exists. The fused kernel needs one in any case. */
  protected get hasGamma(): boolean {
    return this.#settings.scale || this.#settings.fused;
  }

  /** `beta` or `gamma`, of the shape of the variable. */
  protected ownParameter(name: 'beta' | 'gamma'): tf.Tensor {
    const exists = name === 'beta' ? this.hasBeta : this.hasGamma;
    if (exists || !this.isConnected) return this.ownVariable(name);
    const option = name === 'beta' ? 'offset' : 'scale';
    const article = name === 'beta' ? 'an' : 'a';
    throw new SonnetError(
      `${String(this)}: batch normalization doesn't have ${article} ${option}, so no ${name}. ` +
        `Make it with { ${option}: true }.`,
    );
  }

  /** Moves an average towards the statistic of the batch, times a factor. */
  #update(average: tf.Tensor, statistic: tf.Tensor, factor: number, isTraining: Flag): void {
    const { decayRate, collection } = this.#settings;
    const { shape } = average;
    const next = (current: tf.Tensor, batch: tf.Tensor, condition?: tf.Tensor): tf.Tensor => {
      const value = spreadTo(shape, factor === 1 ? batch : tf.mul(batch, factor));
      const moved = tf.sub(current, tf.mul(tf.sub(current, value), 1 - decayRate));
      return condition === undefined ? moved : tf.where(condition, moved, current);
    };
    const operands = isTraining instanceof tf.Tensor ? [statistic, isTraining] : [statistic];
    try {
      updateVariable(average, operands, next, { collection });
    } catch (error) {
      throw error instanceof TypeError ? new TypeError(`${String(this)}: ${error.message}`) : error;
    }
  }

  #refuseFlag(name: string, value: unknown): never {
    const found = value instanceof tf.Tensor ? `${value.dtype} [${value.shape.join(', ')}]` : String(value);
    throw new TypeError(
      `${String(this)}: ${name} must be true, false or a bool scalar tensor; got ${found}. ` +
        'Call it as module(inputs, { isTraining: true }).',
    );
  }

  #planFor(inputShape: readonly number[]): Plan {
    const known = this.#plan;
    if (known !== null && sameShape(known.inputShape, inputShape)) return known;
    const layout = this.layoutOf(inputShape);
    const shape = layout.variableShape;
    if (known === null) return { inputShape, layout, requests: this.#variableRequests(shape) };
    const knownShape = known.layout.variableShape;
    if (sameShape(knownShape, shape)) return { inputShape, layout, requests: known.requests };
    // A connection that was taken back, because one around it failed, does not count.
    if (!this.isConnected) return { inputShape, layout, requests: this.#variableRequests(shape) };
    throw new ValueError(
      `${String(this)}: its statistics must have the shape [${knownShape.join(', ')}], as at its first connection; ` +
        `these inputs would have [${shape.join(', ')}].`,
    );
  }

  #variableRequests(shape: readonly number[]): VariableRequests {
    const { initializers: given, partitioners, regularizers, offset, scale } = this.#settings;
    const average = (initializer: Initializer): GetVariableOptions => ({
      shape,
      initializer,
      trainable: false,
      collections: [GraphKeys.MOVING_AVERAGE_VARIABLES, GraphKeys.GLOBAL_VARIABLES],
    });
    const parameter = (key: 'beta' | 'gamma', initializer: Initializer, trainable: boolean): GetVariableOptions => ({
      shape,
      initializer,
      partitioner: partitioners[key] ?? null,
      regularizer: regularizers[key] ?? null,
      trainable,
    });
    return {
      movingMean: average(given.moving_mean ?? initializers.zeros()),
      movingVariance: average(given.moving_variance ?? initializers.ones()),
      beta: parameter('beta', given.beta ?? initializers.zeros(), offset),
      gamma: parameter('gamma', given.gamma ?? initializers.ones(), scale),
    };
  }
}

function spreadTo(shape: readonly number[], tensor: tf.Tensor): tf.Tensor {
  return tensor.rank === shape.length ? tensor : tf.reshape(tensor, [...shape]);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
