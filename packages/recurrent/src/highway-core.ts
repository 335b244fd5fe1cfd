import {
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type GetVariableOptions,
  getVariable,
  type Initializer,
  type ModuleOptions,
  type Partitioner,
  type Regularizer,
  required,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from './apply-merged.ts';
import { checkHiddenSize } from './check-size.ts';
import { checkSameSize, checkStateTensor, checkVectorSequence, checkVectors } from './check-tensors.ts';
import { RNNCore } from './rnn-core.ts';
import { scan } from './unroll/scan.ts';
import { type Sequence, sequenceIn, takeSequences } from './unroll/sequence.ts';

type HighwayKey = `w${'t' | 'h'}` | `${'w' | 'b'}${'t' | 'h'}${number}`;

/** What may be given for each variable of a {@link HighwayCore}: `wt`, `wh`, `wt0`, `bt0`, `wh0`, `bh0`, `wt1`, …. */
export type PerHighwayVariable<T> = { readonly [K in HighwayKey]?: T };

/** Options of {@link HighwayCore}. */
export interface HighwayCoreOptions extends ModuleOptions {
  /** Initializers for the variables, biases included. Default: `initializers.glorotUniform`. */
  readonly initializers?: PerHighwayVariable<Initializer> | null;
  /** Partitioners for the variables. Default: none. */
  readonly partitioners?: PerHighwayVariable<Partitioner> | null;
  /** Regularizers for the variables. Default: none. */
  readonly regularizers?: PerHighwayVariable<Regularizer> | null;
}

/** The variables of one layer. */
interface Layer {
  readonly wt: tf.Tensor;
  readonly bt: tf.Tensor;
  readonly wh: tf.Tensor;
  readonly bh: tf.Tensor;
}

interface Weights {
  readonly wt: tf.Tensor;
  readonly wh: tf.Tensor;
  readonly layers: readonly Layer[];
}

const WHERE = { moduleName: 'HighwayCore' };

/**
 * A recurrent highway network: several highway layers in each step, of which the first also sees the inputs. The carry gate
 * is one minus the transform gate.
 *
 * Variables: `wt` and `wh` of shape [inputSize, hiddenSize] for the inputs, and for each layer, from 0, the transform gate's
 * `wt0` of shape [hiddenSize, hiddenSize] and `bt0`, and the new state's `wh0` and `bh0`.
 *
 * Sonnet: `snt.HighwayCore`. Zilly et al., "Recurrent Highway Networks" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { HighwayCore } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new HighwayCore(16, 3);
 * const [output, state] = core(tf.ones([4, 8]), core.initialState(4));
 * assert.deepEqual([output.shape, state.shape], [[4, 16], [4, 16]]);
 * ```
 */
export class HighwayCore extends RNNCore {
  static override readonly moduleName: string = 'highwaycore';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(HighwayCore, { withStates: true });
  }

  readonly #hiddenSize: number;
  readonly #numLayers: number;
  readonly #options: HighwayCoreOptions;
  #inputSize: number | null = null;

  /**
   * @param hiddenSize The size of the state and the output.
   * @param numLayers The number of highway layers in each step.
   * @param options See {@link HighwayCoreOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has a key that is no variable's.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when `hiddenSize` or `numLayers` is not a positive integer.
   */
  constructor(hiddenSize: number, numLayers: number, options: HighwayCoreOptions = {}) {
    checkHiddenSize(hiddenSize, 'HighwayCore');
    const keys = HighwayCore.getPossibleInitializerKeys(numLayers);
    const checked = {
      initializers: checkInitializers(options.initializers, keys, WHERE),
      partitioners: checkPartitioners(options.partitioners, keys, WHERE),
      regularizers: checkRegularizers(options.regularizers, keys, WHERE),
    };
    super({ name: options.name ?? HighwayCore.moduleName, customGetter: options.customGetter ?? null });
    this.#hiddenSize = hiddenSize;
    this.#numLayers = numLayers;
    this.#options = { ...options, ...checked };
  }

  /**
   * @param numLayers The number of highway layers.
   * @throws ValueError when it is not a positive integer.
   */
  static override getPossibleInitializerKeys(numLayers?: number | object): string[] {
    checkHiddenSize(numLayers, 'HighwayCore', 'numLayers');
    const layers = Array.from({ length: numLayers }, (_, i) => [`wt${i}`, `bt${i}`, `wh${i}`, `bh${i}`]);
    return ['wt', 'wh', ...layers.flat()];
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState float32 [batchSize, hiddenSize].
   * @returns `[output, nextState]`, which are the same: float32 [batchSize, hiddenSize].
   * @throws ValueError when the inputs have the wrong rank or dtype, or another last dimension than at the first connection;
   *   when the state is missing, or has another shape or dtype.
   */
  protected override build(inputs: tf.Tensor, prevState: tf.Tensor): [output: tf.Tensor, nextState: tf.Tensor] {
    const sequence = sequenceIn(inputs);
    if (sequence !== null) return this.#unroll(sequence, prevState);
    const [batchSize, inputSize] = checkVectors(this, inputs);
    checkStateTensor(this, 'prevState', prevState, [batchSize, this.#hiddenSize]);
    const { wt, wh, layers } = this.#weights(inputSize);
    return advance(tf.matMul(inputs, wt), tf.matMul(inputs, wh), prevState, layers);
  }

  override get stateSize(): number[] {
    return [this.#hiddenSize];
  }

  override get outputSize(): number[] {
    return [this.#hiddenSize];
  }

  #unroll(sequence: Sequence<tf.Tensor>, prevState: tf.Tensor): [tf.Tensor, tf.Tensor] {
    const inputSize = checkVectorSequence(this, sequence.values);
    checkStateTensor(this, 'prevState', prevState, [sequence.batchSize, this.#hiddenSize]);
    const { wt, wh, layers } = this.#weights(inputSize);
    const w = tf.concat([wt, wh], 1);
    const step = (fromInputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] => {
      const [toT, toH] = tf.split(fromInputs, 2, 1) as [tf.Tensor, tf.Tensor];
      return advance(toT, toH, state, layers);
    };
    return scan(sequence, prevState, step, {
      apply: (values: tf.Tensor) => applyMerged((vectors) => tf.matMul(vectors, w), values),
      elementsPerStep: sequence.batchSize * 2 * this.#hiddenSize,
    });
  }

  #weights(inputSize: number): Weights {
    // A connection that was taken back, because one around it failed, does not count.
    if (this.#inputSize !== null && this.isConnected) checkSameSize(this, this.#inputSize, inputSize);
    const size = this.#hiddenSize;
    const [wt, wh] = [this.#get('wt', [inputSize, size]), this.#get('wh', [inputSize, size])];
    const layers = Array.from({ length: this.#numLayers }, (_, i) => ({
      wt: this.#get(`wt${i}`, [size, size]),
      bt: this.#get(`bt${i}`, [size]),
      wh: this.#get(`wh${i}`, [size, size]),
      bh: this.#get(`bh${i}`, [size]),
    }));
    this.#inputSize = inputSize;
    return { wt, wh, layers };
  }

  #get(key: HighwayKey, shape: readonly number[]): tf.Tensor {
    const { initializers, partitioners, regularizers } = this.#options;
    const request: GetVariableOptions = {
      shape,
      initializer: initializers?.[key] ?? null,
      partitioner: partitioners?.[key] ?? null,
      regularizer: regularizers?.[key] ?? null,
    };
    return getVariable(key, request);
  }
}

/** Takes a state through all layers; the first one also gets what is computed from the inputs. */
function advance(
  toT: tf.Tensor,
  toH: tf.Tensor,
  prevState: tf.Tensor,
  layers: readonly Layer[],
): [tf.Tensor, tf.Tensor] {
  let state = prevState;
  layers.forEach(({ wt, bt, wh, bh }, i) => {
    const fromState = [tf.matMul(state, wt), tf.matMul(state, wh)] as const;
    const t = i === 0 ? tf.add(toT, fromState[0]) : fromState[0];
    const h = i === 0 ? tf.add(toH, fromState[1]) : fromState[1];
    const transform = tf.sigmoid(tf.add(t, bt));
    state = tf.add(tf.mul(tf.tanh(tf.add(h, bh)), transform), tf.mul(state, tf.sub(1, transform)));
  });
  return [state, state];
}
