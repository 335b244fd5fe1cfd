import { AttributeError, type BuildParameters, type ModuleOptions, nest, required } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { noState } from './check-tensors.ts';
import { RNNCore } from './rnn-core.ts';
import { isCore } from './rnn-core-like.ts';
import { inStructureOfState, mapSizes, type StateSize } from './state-size.ts';

/** A model that computes the next state of a {@link ModelRNN}: a module or a function that knows the size of its outputs. */
export interface StateModel<State> {
  (prevState: State): State;
  /** The sizes of its outputs, without the batch dimension. */
  readonly outputSize: StateSize;
}

/**
 * A core whose next state and output are what a model computes from the previous state. Its inputs are ignored.
 *
 * Sonnet: `snt.ModelRNN`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import { dynamicRnn, ModelRNN } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new ModelRNN(new Linear(4));
 * const [outputs] = dynamicRnn(core, tf.zeros([2, 5, 1]), { initialState: tf.ones([2, 4]) });
 * assert.deepEqual(outputs.shape, [2, 5, 4]);
 * ```
 */
export class ModelRNN<State = tf.Tensor> extends RNNCore<unknown, State, State> {
  static override readonly moduleName: string = 'model_rnn';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  readonly #model: StateModel<State>;
  readonly #size: StateSize;

  /**
   * @param model A module or function with an `outputSize`, which must not change.
   * @param options `name`.
   * @throws TypeError when the model is not callable, or is a recurrent core.
   * @throws AttributeError when the model has no `outputSize`.
   */
  constructor(model: StateModel<State>, options: Pick<ModuleOptions, 'name'> = {}) {
    if (typeof model !== 'function') {
      throw new TypeError(`ModelRNN: the model must be callable, a module or a function; got ${String(model)}.`);
    }
    if (isCore(model)) {
      throw new TypeError(`ModelRNN: the model should not be an RNNCore, but it is ${String(model)}. Use it directly.`);
    }
    if (model.outputSize === undefined) {
      throw new AttributeError(`ModelRNN: the model should have an outputSize, but ${String(model)} has none.`);
    }
    super({ name: options.name ?? ModelRNN.moduleName });
    this.#model = model;
    this.#size = model.outputSize;
  }

  /**
   * @param _inputs Ignored.
   * @param prevState What the model gets.
   * @returns `[output, nextState]`, which are both what the model gives.
   * @throws ValueError when the state is missing, or has another structure than the model's `outputSize`; and what the model
   *   throws.
   */
  protected override build(_inputs: unknown, prevState: State): [output: State, nextState: State] {
    const nextState = this.#model(this.#checkedState(prevState));
    return [nextState, nextState];
  }

  override get stateSize(): StateSize {
    return mapSizes(this.#size, (shape) => shape) as StateSize;
  }

  override get outputSize(): StateSize {
    return this.stateSize;
  }

  #checkedState(prevState: State): State {
    if (prevState === undefined) throw noState(this, 'the previous state must be tensors [batch, …]', prevState);
    const state = inStructureOfState(this.#size, prevState, `${String(this)}: the previous state`);
    const wrong: unknown = (nest.flatten(state) as unknown[]).find((leaf) => !(leaf instanceof tf.Tensor));
    if (wrong === undefined) return state as State;
    throw noState(this, 'the previous state must be tensors [batch, …]', wrong);
  }
}
