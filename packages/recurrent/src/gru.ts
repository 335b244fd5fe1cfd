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

const GATES = ['z', 'r', 'h'] as const;
type Gate = (typeof GATES)[number];
type GRUKey = `w${Gate}` | `u${Gate}` | `b${Gate}`;

/** What may be given for each variable of a {@link GRU}: `wz`, `uz`, `bz`, `wr`, `ur`, `br`, `wh`, `uh` and `bh`. */
export type PerGRUVariable<T> = { readonly [K in GRUKey]?: T };

/** Options of {@link GRU}. */
export interface GRUOptions extends ModuleOptions {
  /** Initializers for the variables, biases included. Default: `initializers.glorotUniform`. */
  readonly initializers?: PerGRUVariable<Initializer> | null;
  /** Partitioners for the variables. Default: none. */
  readonly partitioners?: PerGRUVariable<Partitioner> | null;
  /** Regularizers for the variables. Default: none. */
  readonly regularizers?: PerGRUVariable<Regularizer> | null;
}

interface VariableRequests {
  readonly inputSize: number;
  readonly of: { readonly [K in GRUKey]: GetVariableOptions };
}

/** The variables of a connection, for each of the gates. */
type Weights = { readonly [G in Gate]: { readonly w: tf.Tensor; readonly u: tf.Tensor; readonly b: tf.Tensor } };

/** What each gate gets from the inputs, its bias included. */
type FromInputs = readonly [z: tf.Tensor, r: tf.Tensor, h: tf.Tensor];

const KEYS: readonly GRUKey[] = ['wz', 'uz', 'bz', 'wr', 'ur', 'br', 'wh', 'uh', 'bh'];
const WHERE = { moduleName: 'GRU' };

/**
 * A gated recurrent unit.
 *
 * Variables: for the update gate `wz` of shape [inputSize, hiddenSize], `uz` of shape [hiddenSize, hiddenSize] and `bz`; for
 * the reset gate `wr`, `ur` and `br`; for the new state `wh`, `uh` and `bh`.
 *
 * Sonnet: `snt.GRU`. Chung et al., "Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling" (2014).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { GRU } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const gru = new GRU(16);
 * const [output, state] = gru(tf.ones([4, 8]), gru.initialState(4));
 * assert.deepEqual([output.shape, state.shape], [[4, 16], [4, 16]]);
 * ```
 */
export class GRU extends RNNCore {
  static override readonly moduleName: string = 'gru';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(GRU, { withStates: true });
  }

  readonly #hiddenSize: number;
  readonly #options: GRUOptions;
  #requests: VariableRequests | null = null;

  /**
   * @param hiddenSize The size of the state and the output.
   * @param options See {@link GRUOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has a key that is no variable's.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when `hiddenSize` is not a positive integer.
   */
  constructor(hiddenSize: number, options: GRUOptions = {}) {
    checkHiddenSize(hiddenSize, 'GRU');
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      partitioners: checkPartitioners(options.partitioners, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    super({ name: options.name ?? GRU.moduleName, customGetter: options.customGetter ?? null });
    this.#hiddenSize = hiddenSize;
    this.#options = { ...options, ...checked };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
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
    const weights = this.#weights(inputSize);
    const fromInputs = GATES.map((gate) => tf.add(tf.matMul(inputs, weights[gate].w), weights[gate].b));
    const next = update(fromInputs as unknown as FromInputs, prevState, weights);
    return [next, next];
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
    const weights = this.#weights(inputSize);
    const w = tf.concat(
      GATES.map((gate) => weights[gate].w),
      1,
    );
    const b = tf.concat(
      GATES.map((gate) => weights[gate].b),
      0,
    );
    const step = (fromInputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] => {
      const next = update(tf.split(fromInputs, 3, 1) as unknown as FromInputs, state, weights);
      return [next, next];
    };
    return scan(sequence, prevState, step, {
      apply: (values: tf.Tensor) => applyMerged((vectors) => tf.add(tf.matMul(vectors, w), b), values),
      elementsPerStep: sequence.batchSize * b.size,
    });
  }

  #weights(inputSize: number): Weights {
    const requests = this.#variableRequests(inputSize);
    const entries = GATES.map((gate) => {
      const get = (kind: 'w' | 'u' | 'b') => getVariable(`${kind}${gate}`, requests.of[`${kind}${gate}`]);
      return [gate, { w: get('w'), u: get('u'), b: get('b') }] as const;
    });
    this.#requests = requests;
    return Object.fromEntries(entries) as Weights;
  }

  /** What `build` asks for, made once: it runs at every connection. */
  #variableRequests(inputSize: number): VariableRequests {
    const known = this.#requests;
    if (known !== null) {
      if (known.inputSize === inputSize) return known;
      // A connection that was taken back, because one around it failed, does not count.
      if (this.isConnected) checkSameSize(this, known.inputSize, inputSize);
    }
    const { initializers, partitioners, regularizers } = this.#options;
    const size = this.#hiddenSize;
    const shapes = { w: [inputSize, size], u: [size, size], b: [size] };
    const request = (key: GRUKey): GetVariableOptions => ({
      shape: shapes[key[0] as keyof typeof shapes],
      initializer: initializers?.[key] ?? null,
      partitioner: partitioners?.[key] ?? null,
      regularizer: regularizers?.[key] ?? null,
    });
    const of = Object.fromEntries(KEYS.map((key) => [key, request(key)])) as VariableRequests['of'];
    return { inputSize, of };
  }
}

function update([fromZ, fromR, fromH]: FromInputs, state: tf.Tensor, { z, r, h }: Weights): tf.Tensor {
  const updateGate = tf.sigmoid(tf.add(fromZ, tf.matMul(state, z.u)));
  const resetGate = tf.sigmoid(tf.add(fromR, tf.matMul(state, r.u)));
  const candidate = tf.tanh(tf.add(fromH, tf.matMul(tf.mul(resetGate, state), h.u)));
  return tf.add(tf.mul(tf.sub(1, updateGate), state), tf.mul(updateGate, candidate));
}
