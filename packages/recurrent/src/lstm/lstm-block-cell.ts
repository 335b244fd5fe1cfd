import {
  type BuildParameters,
  type GetVariableOptions,
  getVariable,
  initializers,
  type ModuleOptions,
  type NamedTuple,
  type NamedTupleClass,
  namedTuple,
  required,
  ValueError,
  variableScope,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { checkHiddenSize } from '../check-size.ts';
import { checkSameSize, checkStateTensor, checkVectorSequence, checkVectors, noState } from '../check-tensors.ts';
import { RNNCore } from '../rnn-core.ts';
import { scan } from '../unroll/scan.ts';
import { type Sequence, sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { addForgetBias } from './lstm.ts';

/** The fields of {@link LSTMStateTuple}. */
export type LSTMStateTupleFields = readonly ['c', 'h'];

/**
 * The state of an {@link LSTMBlockCell}: a named tuple of the cell and the hidden state, in this order.
 *
 * TensorFlow 1: `tf.nn.rnn_cell.LSTMStateTuple`.
 *
 * @example
 * ```ts
 * import { LSTMStateTuple } from '@sonnetjs/recurrent';
 * import assert from 'node:assert';
 *
 * const { c, h } = new LSTMStateTuple(1, 2);
 * assert.deepEqual([c, h], [1, 2]);
 * ```
 */
export const LSTMStateTuple: NamedTupleClass<LSTMStateTupleFields> = /* @__PURE__ */ namedTuple('LSTMStateTuple', [
  'c',
  'h',
]);

/** An LSTMStateTuple of tensors, or of what else there is one of for each tensor of the state. */
export type LSTMStateTuple<T = tf.Tensor> = NamedTuple<LSTMStateTupleFields, readonly [c: T, h: T]>;

/** The ways to write the state that an LSTMBlockCell gets. */
export type LSTMStateTupleLike =
  | { readonly c: tf.Tensor; readonly h: tf.Tensor }
  | readonly [c: tf.Tensor, h: tf.Tensor];

/** Options of {@link LSTMBlockCell}. */
export interface LSTMBlockCellOptions extends ModuleOptions {
  /** Added to the bias of the forget gate. Default: 1. */
  readonly forgetBias?: number;
  /** The new cell is clipped to this value and its negative, which its gradient does not see. Default: not clipped. */
  readonly cellClip?: number | null;
  /** Whether the gates also see the cell, each unit its own. Default: false. */
  readonly usePeephole?: boolean;
  /** The dtype of the variables: `float32`, the only floating-point dtype of TensorFlow.js. */
  readonly dtype?: 'float32' | null;
  /** Whether the variables must exist already when the module is first connected. Default: as the scope says. */
  readonly reuse?: boolean | null;
}

interface Weights {
  readonly kernel: tf.Tensor;
  /** With the forget bias added where it belongs. */
  readonly bias: tf.Tensor;
  readonly peepholes: { readonly i: tf.Tensor; readonly f: tf.Tensor; readonly o: tf.Tensor } | null;
}

/**
 * TensorFlow's LSTMBlockCell as a core: an LSTM whose new cell is clipped, and whose output gate sees the new cell.
 *
 * Variables, below the name of the cell: `lstm_cell/kernel` of shape [inputSize + numUnits, 4 * numUnits], `lstm_cell/bias`,
 * and with peepholes `lstm_cell/w_i_diag`, `lstm_cell/w_f_diag` and `lstm_cell/w_o_diag`.
 *
 * Sonnet: `snt.LSTMBlockCell`. Zaremba et al., "Recurrent Neural Network Regularization" (2014).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import { LSTMBlockCell } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const cell = new LSTMBlockCell(16);
 * const [output, { c, h }] = cell(tf.ones([4, 8]), cell.initialState(4));
 * assert.deepEqual([output.shape, c.shape, h.shape], [[4, 16], [4, 16], [4, 16]]);
 * assert.equal(cell.variables.map(variableName)[1], 'lstm_block_cell/lstm_cell/kernel');
 * ```
 */
export class LSTMBlockCell extends RNNCore<tf.Tensor, LSTMStateTuple, tf.Tensor, LSTMStateTupleLike> {
  static override readonly moduleName: string = 'lstm_block_cell';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(LSTMBlockCell, { withStates: true });
  }

  readonly #numUnits: number;
  readonly #options: LSTMBlockCellOptions;
  #inputSize: number | null = null;

  /**
   * @param numUnits The size of the cell and of the hidden state.
   * @param options See {@link LSTMBlockCellOptions}. A `name` is also that of the cell inside: `name/name/kernel`.
   * @throws TypeError when the dtype is not float32.
   * @throws ValueError when `numUnits` is not a positive integer, or the forget bias or the clip value is not a number.
   */
  constructor(numUnits: number, options: LSTMBlockCellOptions = {}) {
    checkHiddenSize(numUnits, 'LSTMBlockCell', 'numUnits');
    const { forgetBias = 1, cellClip = null, dtype = null } = options;
    for (const [name, value] of Object.entries({ forgetBias, cellClip: cellClip ?? 0 })) {
      if (typeof value === 'number' && !Number.isNaN(value)) continue;
      throw new ValueError(`LSTMBlockCell: ${name} must be a number; got ${String(value)}.`);
    }
    if (dtype !== null && dtype !== 'float32') {
      throw new TypeError(`LSTMBlockCell: the dtype must be float32; got ${String(dtype)}.`);
    }
    super({ name: options.name ?? LSTMBlockCell.moduleName, customGetter: options.customGetter ?? null });
    this.#numUnits = numUnits;
    this.#options = options;
    // As in Sonnet, whose constructor makes the cell inside the scope: name scopes of connections are counted from 1.
    this.enterVariableScope(() => undefined);
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState An {@link LSTMStateTuple}, `{ c, h }` or `[c, h]`, each float32 [batchSize, numUnits].
   * @returns `[output, nextState]`, where the output is the hidden state `h` of the next state.
   * @throws ValueError when the inputs have the wrong rank or dtype, or another last dimension than at the first connection;
   *   when the state is missing, or has another structure, shape or dtype.
   */
  protected override build(
    inputs: tf.Tensor,
    prevState: LSTMStateTupleLike,
  ): [output: tf.Tensor, nextState: LSTMStateTuple] {
    const sequence = sequenceIn(inputs);
    if (sequence !== null) return this.#unroll(sequence, prevState);
    const [batchSize, inputSize] = checkVectors(this, inputs);
    const { c, h } = this.#checkedState(prevState, batchSize);
    const weights = this.#weights(inputSize);
    const gates = tf.add(tf.matMul(tf.concat([inputs, h], 1), weights.kernel), weights.bias);
    return this.#next(gates, c, weights);
  }

  override get stateSize(): LSTMStateTuple<number> {
    return new LSTMStateTuple(this.#numUnits, this.#numUnits);
  }

  override get outputSize(): number {
    return this.#numUnits;
  }

  #unroll(sequence: Sequence<tf.Tensor>, prevState: LSTMStateTupleLike): [tf.Tensor, LSTMStateTuple] {
    const inputSize = checkVectorSequence(this, sequence.values);
    const state = this.#checkedState(prevState, sequence.batchSize);
    const weights = this.#weights(inputSize);
    const { kernel, bias } = weights;
    const wInputs = tf.slice(kernel, [0, 0], [inputSize, bias.size]);
    const wHidden = tf.slice(kernel, [inputSize, 0], [-1, bias.size]);
    const step = (fromInputs: tf.Tensor, { c, h }: LSTMStateTuple): [tf.Tensor, LSTMStateTuple] =>
      this.#next(tf.add(fromInputs, tf.matMul(h, wHidden)), c, weights);
    return scan(sequence, state, step, {
      apply: (values: tf.Tensor) => applyMerged((vectors) => tf.add(tf.matMul(vectors, wInputs), bias), values),
      elementsPerStep: sequence.batchSize * bias.size,
    });
  }

  #next(gates: tf.Tensor, cell: tf.Tensor, { peepholes }: Weights): [tf.Tensor, LSTMStateTuple] {
    let [i, j, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    if (peepholes !== null) {
      i = tf.add(i, tf.mul(peepholes.i, cell));
      f = tf.add(f, tf.mul(peepholes.f, cell));
    }
    const sum = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(j)));
    const { cellClip = null } = this.#options;
    const nextCell = cellClip !== null && cellClip > 0 ? clipUnseen(sum, cellClip) : sum;
    if (peepholes !== null) o = tf.add(o, tf.mul(peepholes.o, nextCell));
    const hidden = tf.mul(tf.tanh(nextCell), tf.sigmoid(o));
    return [hidden, new LSTMStateTuple(nextCell, hidden)];
  }

  #checkedState(prevState: LSTMStateTupleLike, batchSize: number): LSTMStateTuple {
    const [c, h] = Array.isArray(prevState) ? prevState : [Object(prevState).c, Object(prevState).h];
    if (c === undefined || h === undefined || (Array.isArray(prevState) && prevState.length !== 2)) {
      throw noState(
        this,
        'the previous state must be { c, h }, an LSTMStateTuple or an array of these 2 tensors',
        prevState,
      );
    }
    checkStateTensor(this, 'the cell', c, [batchSize, this.#numUnits]);
    checkStateTensor(this, 'the hidden state', h, [batchSize, this.#numUnits]);
    return new LSTMStateTuple(c, h);
  }

  #weights(inputSize: number): Weights {
    // A connection that was taken back, because one around it failed, does not count.
    if (this.#inputSize !== null && this.isConnected) checkSameSize(this, this.#inputSize, inputSize);
    const units = this.#numUnits;
    const { reuse = null, forgetBias = 1, usePeephole = false } = this.#options;
    const get = (name: string, options: GetVariableOptions) =>
      getVariable(name, reuse === true ? { ...options, reuse } : options);
    const weights = variableScope(this.#options.name ?? 'lstm_cell', () => {
      const kernel = get('kernel', { shape: [inputSize + units, 4 * units] });
      const bias = get('bias', { shape: [4 * units], initializer: initializers.zeros() });
      const peephole = (name: string) => get(name, { shape: [units] });
      const peepholes = usePeephole
        ? { i: peephole('w_i_diag'), f: peephole('w_f_diag'), o: peephole('w_o_diag') }
        : null;
      return { kernel, bias: addForgetBias(this.scopeName, bias, forgetBias), peepholes };
    });
    this.#inputSize = inputSize;
    return weights;
  }
}

/** Clips a tensor; its gradient is that of the tensor as it was, as in TensorFlow's kernel. */
function clipUnseen(tensor: tf.Tensor, value: number): tf.Tensor {
  const clipped = tf.customGrad((x) => ({
    value: tf.clipByValue(x as tf.Tensor, -value, value),
    gradFunc: (dy) => tf.clone(dy),
  }));
  return clipped(tensor);
}
