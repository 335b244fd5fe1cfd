import * as tf from '@tensorflow/tfjs-core';
import { LSTMState } from './lstm-state.ts';

/** What a plain LSTM is computed with. */
export interface PlainLSTM {
  /** The inputs of all steps: [steps, batch, inputSize]. */
  readonly inputs: tf.Tensor;
  /** The weights of inputs and hidden state: [inputSize + size, 4 * size]. */
  readonly weights: tf.Tensor;
  /** The bias, with what is added to the forget gate: [4 * size]. */
  readonly bias: tf.Tensor;
  /** The state before the step gone through first. */
  readonly state: LSTMState;
  /** Whether the last step is gone through first. */
  readonly reversed: boolean;
}

/** What the backward pass needs of the forward pass, for all steps in the order in which they are gone through. */
interface Saved {
  /** The hidden states before the steps: [steps, batch, size]. */
  readonly hidden: tf.Tensor;
  /** The forget gates: [steps, batch, size]. */
  readonly forget: tf.Tensor;
  /** By what the gradient of the hidden state is multiplied to give that of the cell: [steps, batch, size]. */
  readonly toCell: tf.Tensor;
  /**
   * By what the gradients of the cell, three times, and of the hidden state are multiplied to give those of the gates:
   * [steps, batch, 4 * size].
   */
  readonly toGates: tf.Tensor;
}

type Save = (tensors: tf.Tensor[]) => void;

/**
 * Unrolls an LSTM without peepholes, normalization, clipping and projection, with a gradient of its own.
 *
 * It computes what tfjs's tape would, with less than half the kernels: slopes are computed for all steps at once, and so are
 * the gradients of weights and bias, in one product instead of one a step. Nothing is multiplied with an operand transposed,
 * which is slow on tfjs's WebAssembly. The gradient has no right gradient of its own, since what is saved counts as constant
 * in it: this is for first derivatives.
 *
 * @returns The outputs in the order of the inputs, [steps, batch, size], and the state after the step gone through last.
 */
export function unrollWithGradient(plain: PlainLSTM): [outputs: tf.Tensor, finalState: LSTMState] {
  const { inputs, weights, bias, state, reversed } = plain;
  const [steps = 0, batchSize = 0] = inputs.shape;
  const size = bias.size / 4;
  // A custom gradient has one result: the outputs and, behind them, the last cell.
  const compute = tf.customGrad((...args) => {
    const [x, w, b, hidden, cell] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const save = args.at(-1) as unknown as Save;
    const { results, saved } = forward(x, w, b, [hidden, cell], reversed);
    save([x, w, saved.hidden, saved.forget, saved.toCell, saved.toGates]);
    const gradFunc = (dResults: tf.Tensor, kept: tf.Tensor[]): tf.Tensor[] => {
      const [keptX, keptW, before, forget, toCell, toGates] = kept as Tuple6;
      return backward(dResults, keptX, keptW, { hidden: before, forget, toCell, toGates }, reversed);
    };
    return { value: results, gradFunc };
  });
  const results = compute(inputs, weights, bias, state.hidden, state.cell);
  const at = (step: number): tf.Tensor =>
    tf.reshape(tf.slice(results, [step, 0, 0], [1, batchSize, size]), [batchSize, size]);
  const outputs = tf.slice(results, [0, 0, 0], [steps, batchSize, size]);
  return [outputs, new LSTMState(at(reversed ? 0 : steps - 1), at(steps))];
}

type Tuple6 = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** The outputs of all steps and the last cell, in this order, and what the backward pass needs. */
function forward(
  inputs: tf.Tensor,
  weights: tf.Tensor,
  bias: tf.Tensor,
  [firstHidden, firstCell]: readonly [tf.Tensor, tf.Tensor],
  reversed: boolean,
): { readonly results: tf.Tensor; readonly saved: Saved } {
  const [steps = 0, batchSize = 0, inputSize = 0] = inputs.shape;
  const wInputs = tf.slice(weights, [0, 0], [inputSize, bias.size]);
  const wHidden = tf.slice(weights, [inputSize, 0], [-1, bias.size]);
  const fromInputs = tf.add(tf.matMul(asRows(inputs), wInputs), bias);
  let [hidden, cell] = [firstHidden, firstCell];
  const states = ordered(tf.unstack(tf.reshape(fromInputs, [steps, batchSize, bias.size])), reversed).map((x) => {
    const before = { hiddenBefore: hidden, cellBefore: cell };
    const [i, j, f, o] = tf.tidy(() => {
      const [i, j, f, o] = tf.split(tf.add(x, tf.matMul(hidden, wHidden)), 4, 1) as Tuple4;
      return [tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f), tf.sigmoid(o)] as Tuple4;
    });
    cell = tf.tidy(() => tf.add(tf.mul(f, before.cellBefore), tf.mul(i, j)));
    const squashed = tf.tanh(cell);
    hidden = tf.mul(squashed, o);
    return { ...before, i, j, f, o, squashed, output: hidden };
  });
  const all = (key: keyof (typeof states)[number]): tf.Tensor => tf.stack(states.map((state) => state[key]));
  const outputs = states.map(({ output }) => output);
  const results = tf.stack([...ordered(outputs, reversed), cell]);
  const [i, j, forget, o, squashed] = [all('i'), all('j'), all('f'), all('o'), all('squashed')];
  const toGates = tf.concat(
    [
      tf.mul(j, slopeOfSigmoid(i)),
      tf.mul(i, slopeOfTanh(j)),
      tf.mul(all('cellBefore'), slopeOfSigmoid(forget)),
      tf.mul(squashed, slopeOfSigmoid(o)),
    ],
    2,
  );
  return { results, saved: { hidden: all('hiddenBefore'), forget, toCell: tf.mul(o, slopeOfTanh(squashed)), toGates } };
}

type Tuple4 = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** The gradients by inputs, weights and bias, and by the hidden state and the cell at the beginning. */
function backward(
  dResults: tf.Tensor,
  inputs: tf.Tensor,
  weights: tf.Tensor,
  saved: Saved,
  reversed: boolean,
): tf.Tensor[] {
  return tf.tidy(() => {
    const inputSize = inputs.shape[2] as number;
    const transposed = tf.transpose(weights);
    const toInputs = tf.slice(transposed, [0, 0], [-1, inputSize]);
    const toHidden = tf.slice(transposed, [0, inputSize], [-1, -1]);
    const dOutputs = tf.unstack(dResults);
    const dLastCell = dOutputs.pop() as tf.Tensor;
    const { dGates, dHidden, dCell } = throughTime(ordered(dOutputs, reversed), dLastCell, toHidden, saved);
    const inOrder = asRows(tf.stack(ordered(dGates, reversed)));
    const hidden = reversed ? tf.reverse(saved.hidden, 0) : saved.hidden;
    // The gradients of weights and bias are one product over all steps and rows: the bias is the weight of a one.
    const seen = tf.concat([asRows(inputs), asRows(hidden), tf.ones([inOrder.shape[0] as number, 1])], 1);
    const dAll = tf.matMul(tf.transpose(seen), inOrder);
    const [dWeights, dBias] = tf.split(dAll, [weights.shape[0] as number, 1], 0) as [tf.Tensor, tf.Tensor];
    return [tf.reshape(tf.matMul(inOrder, toInputs), inputs.shape), dWeights, tf.reshape(dBias, [-1]), dHidden, dCell];
  });
}

/** Goes back through the steps: gives the gradients of the gates, in the order in which the steps were gone through. */
function throughTime(
  dOutputs: readonly tf.Tensor[],
  dLastCell: tf.Tensor,
  toHidden: tf.Tensor,
  { forget, toCell, toGates }: Saved,
): { readonly dGates: tf.Tensor[]; readonly dHidden: tf.Tensor; readonly dCell: tf.Tensor } {
  const [forgets, toCells, toAllGates] = [tf.unstack(forget), tf.unstack(toCell), tf.unstack(toGates)];
  const dGates: tf.Tensor[] = [];
  let dHidden: tf.Tensor | null = null;
  let dCell = dLastCell;
  for (let step = dOutputs.length - 1; step >= 0; step--) {
    const [dOutput, later, laterCell]: [tf.Tensor, tf.Tensor | null, tf.Tensor] = [
      dOutputs[step] as tf.Tensor,
      dHidden,
      dCell,
    ];
    const [gates, before, beforeCell] = tf.tidy((): [tf.Tensor, tf.Tensor, tf.Tensor] => {
      const dh = later === null ? dOutput : tf.add(dOutput, later);
      const dc = tf.add(laterCell, tf.mul(dh, toCells[step] as tf.Tensor));
      const dg = tf.mul(toAllGates[step] as tf.Tensor, tf.concat([dc, dc, dc, dh], 1));
      return [dg, tf.matMul(dg, toHidden), tf.mul(dc, forgets[step] as tf.Tensor)];
    });
    dGates.push(gates);
    [dHidden, dCell] = [before, beforeCell];
  }
  return { dGates: dGates.reverse(), dHidden: dHidden as tf.Tensor, dCell };
}

function slopeOfSigmoid(y: tf.Tensor): tf.Tensor {
  return tf.mul(y, tf.sub(1, y));
}

function slopeOfTanh(y: tf.Tensor): tf.Tensor {
  return tf.sub(1, tf.square(y));
}

/** [steps, batch, …] with steps and rows in one dimension. */
function asRows(tensor: tf.Tensor): tf.Tensor {
  return tf.reshape(tensor, [-1, tensor.shape.at(-1) as number]);
}

function ordered<T>(items: readonly T[], reversed: boolean): T[] {
  return reversed ? [...items].reverse() : [...items];
}
