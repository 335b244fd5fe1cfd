import {
  AbstractModule,
  type BuildParameters,
  type GetVariableOptions,
  GraphKeys,
  getVariable,
  initializers,
  type ModuleOptions,
  NotConnectedError,
  required,
  updateVariable,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link MovingAverage}. */
export interface MovingAverageOptions extends Pick<ModuleOptions, 'name'> {
  /** How much of the average an update keeps: from 0 to 1. Default: 0.99. */
  readonly decay?: number;
  /** Whether its variables are local instead of global ones, so that checkpoints leave them out. Default: false. */
  readonly local?: boolean;
}

/**
 * Keeps a moving average of what it gets, and gives the average: `decay * average + (1 - decay) * inputs`, beginning with
 * the first inputs.
 *
 * Gradients flow through to the latest inputs as if these had been given back unchanged. A loss that is noisy can so be
 * compared with a threshold, in an {@link OptimizationConstraints} for example, and still be differentiated.
 *
 * Variables, not trainable: `initialized` (bool) and `moving_average`, of the shape of the inputs.
 *
 * Sonnet: `snt.MovingAverage`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { MovingAverage } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const average = new MovingAverage({ decay: 0.5 });
 * const values = [4, 0, 2].map((x) => average(tf.scalar(x)).dataSync()[0]);
 * assert.deepEqual(values, [4, 2, 2]);
 * ```
 */
export class MovingAverage extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'moving_average';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #decay: number;
  readonly #collections: readonly string[];

  /**
   * @param options See {@link MovingAverageOptions}.
   * @throws ValueError when `decay` is not a number from 0 to 1.
   */
  constructor(options: MovingAverageOptions = {}) {
    const { decay = 0.99, local = false } = options;
    if (!(decay >= 0 && decay <= 1)) {
      throw new ValueError(`MovingAverage: decay must be a number in the range [0, 1]; got ${String(decay)}.`);
    }
    super({ name: options.name ?? MovingAverage.moduleName });
    this.#decay = decay;
    this.#collections = [local ? GraphKeys.LOCAL_VARIABLES : GraphKeys.GLOBAL_VARIABLES];
  }

  /**
   * @param inputs float32 of any shape, the same at every connection.
   * @returns The average with these inputs in it: a tensor of the same shape.
   * @throws TypeError when the inputs are not float32.
   * @throws ValueError when the inputs have another shape than at the first connection.
   */
  protected override build(inputs: tf.Tensor): tf.Tensor {
    if (inputs.dtype !== 'float32') {
      throw new TypeError(`${String(this)}: inputs must be float32; got ${inputs.dtype} [${inputs.shape.join(', ')}].`);
    }
    const initialized = getVariable('initialized', this.#request([], 'bool'));
    const average = getVariable('moving_average', this.#request(inputs.shape, 'float32'));
    const decay = this.#decay;
    updateVariable(average, [inputs, initialized], (current, latest, isInitialized) =>
      tf.where(
        isInitialized as tf.Tensor,
        tf.sub(current, tf.mul(tf.sub(current, latest as tf.Tensor), 1 - decay)),
        latest as tf.Tensor,
      ),
    );
    updateVariable(initialized, [], () => tf.ones([], 'bool'));
    return passGradients(inputs, average);
  }

  /**
   * Forgets what it got: the next inputs are the first ones again.
   *
   * @throws NotConnectedError before the first connection.
   */
  reset(): void {
    const { graph } = this;
    if (graph === null || !this.isConnected) {
      throw new NotConnectedError(`${String(this)}: it is not connected yet, so there is no average; call it first.`);
    }
    const [initialized, average] = [this.ownVariable('initialized'), this.ownVariable('moving_average')];
    graph.asDefault(() => {
      updateVariable(initialized, [], () => tf.zeros([], 'bool'));
      updateVariable(average, [], (current) => tf.zerosLike(current));
    });
  }

  #request(shape: readonly number[], dtype: 'bool' | 'float32'): GetVariableOptions {
    return { shape, dtype, initializer: initializers.zeros(), trainable: false, collections: this.#collections };
  }
}

/** The values of the average, with the gradients going to the latest inputs. */
function passGradients(latest: tf.Tensor, average: tf.Tensor): tf.Tensor {
  const pass = tf.customGrad(() => ({ value: tf.clone(average), gradFunc: (dy: tf.Tensor) => dy }));
  return pass(latest);
}
