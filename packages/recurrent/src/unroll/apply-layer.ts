import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { applyMerged } from '../apply-merged.ts';
import { scan } from './scan.ts';
import type { Sequence } from './sequence.ts';

/**
 * Applies a layer without a state to the inputs of a step, or to those of all steps where a sequence is on its way.
 *
 * A plain Linear gets all steps at once. Others may depend on what else is in their batch, so they get one step after the
 * other.
 */
export function applyLayer(
  layer: (...args: never[]) => unknown,
  inputs: unknown,
  sequence: Sequence | null,
  options: object | undefined,
): unknown {
  const rest = options === undefined ? [] : [options];
  const apply = (values: unknown): unknown => (layer as (...args: unknown[]) => unknown)(values, ...rest);
  if (sequence === null) return apply(inputs);
  const isLinear = Object.getPrototypeOf(layer) === Linear.prototype;
  if (isLinear && inputs instanceof tf.Tensor && inputs.rank === 3) {
    return applyMerged(layer as unknown as Linear, inputs);
  }
  const [outputs] = scan(sequence.alone(inputs), null, (values) => [apply(values), null]);
  return outputs;
}
