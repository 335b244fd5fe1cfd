import type * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry } from '../entry.ts';
import type { Expected } from '../expected.ts';
import { broadcastOffsets, type NdArray } from '../nd-array.ts';
import {
  type Activation,
  activate,
  activations,
  bySlopes,
  type Epilogue,
  gathered,
  throughActivation,
  withBias,
} from '../references/epilogue.ts';
import type { InputSpec } from '../values.ts';

/** What follows the sums of a fused op. */
export interface Fusion {
  readonly bias: boolean;
  readonly activation: Activation;
  readonly leakyreluAlpha: number;
}

export const fusions: fc.Arbitrary<Fusion> = fc.record({
  bias: fc.boolean(),
  activation: fc.constantFrom(...activations),
  leakyreluAlpha: fc.constantFrom(0.2, 0, 0.5),
});

/** The inputs behind the two operands: the bias and the weights of prelu, where there are any. */
export function fusionInputs({ bias, activation }: Fusion, channels: number): InputSpec[] {
  const inputs: InputSpec[] = [];
  if (bias) inputs.push({ shape: [channels] });
  if (activation === 'prelu') inputs.push({ shape: [channels] });
  return inputs;
}

interface Operands<T> {
  readonly first: T;
  readonly second: T;
  readonly bias: T | undefined;
  readonly preluActivationWeights: T | undefined;
}

function operandsOf<T>(inputs: readonly T[], { bias, activation }: Fusion): Operands<T> {
  return {
    first: inputs[0] as T,
    second: inputs[1] as T,
    bias: bias ? inputs[2] : undefined,
    preluActivationWeights: activation === 'prelu' ? inputs.at(-1) : undefined,
  };
}

function epilogueOf({ preluActivationWeights: weights }: Operands<NdArray>, sums: Expected, attrs: Fusion): Epilogue {
  const places = weights && broadcastOffsets(weights.shape, sums.shape);
  const slopes = (flat: number): number =>
    places === undefined ? attrs.leakyreluAlpha : (weights?.data[places[flat] as number] as number);
  return { activation: attrs.activation, slopes };
}

/** An op whose two first operands are multiplied, followed by a bias and an activation. */
export interface FusedOp<Attrs extends Fusion> extends Pick<Entry<Attrs>, 'op' | 'family' | 'cases' | 'examples'> {
  readonly call: (operands: Operands<tf.Tensor>, attrs: Attrs) => tf.Tensor;
  /** The sums, before bias and activation. */
  readonly sums: (first: NdArray, second: NdArray, attrs: Attrs) => Expected;
  /** The gradients of the sums by both operands. */
  readonly byOperands: (first: NdArray, second: NdArray, attrs: Attrs, dy: Expected) => [Expected, Expected];
}

export function fusedEntry<Attrs extends Fusion>({ call, sums, byOperands, ...definition }: FusedOp<Attrs>): Entry {
  const biased = (operands: Operands<NdArray>, attrs: Attrs): Expected =>
    withBias(sums(operands.first, operands.second, attrs), operands.bias);
  return entry<Attrs>({
    ...definition,
    run: (inputs, attrs) => call(operandsOf(inputs, attrs), attrs),
    reference: (inputs, attrs) => {
      const operands = operandsOf(inputs, attrs);
      const results = biased(operands, attrs);
      return [activate(results, epilogueOf(operands, results, attrs))];
    },
    adjoint: (inputs, attrs, [dy]) => {
      const operands = operandsOf(inputs, attrs);
      const results = biased(operands, attrs);
      const through = throughActivation(results, dy as NdArray, epilogueOf(operands, results, attrs));
      const gradients = byOperands(operands.first, operands.second, attrs, through);
      const { bias, preluActivationWeights: weights } = operands;
      if (bias !== undefined) gradients.push(gathered(bias, through));
      if (weights !== undefined) gradients.push(bySlopes(weights, results, dy as NdArray));
      return gradients;
    },
  });
}
