import * as tf from '@tensorflow/tfjs-core';
import { spreadTo } from './broadcast.ts';
import { fromInputList } from './gradient-config.ts';
import { reshape, runKernel } from './kernel-calls.ts';

/**
 * The gradient of one operand: an einsum of the output's gradient with the other operands, to the operand's own labels.
 * A label that the operand alone has was summed away, and its gradient is the same all along it.
 */
function operandGradient(
  dy: tf.Tensor,
  operands: tf.Tensor[],
  terms: string[],
  output: string,
  index: number,
): tf.Tensor {
  const operand = operands[index] as tf.Tensor;
  const labels = [...(terms[index] as string)];
  const others = operands.filter((_, i) => i !== index);
  const otherTerms = terms.filter((_, i) => i !== index);
  const known = new Set([output, ...otherTerms].join(''));
  const kept = labels.filter((label) => known.has(label));
  const gradient =
    others.length === 0
      ? runKernel(tf.Transpose, { x: dy }, { perm: kept.map((label) => output.indexOf(label)) })
      : tf.einsum(`${[output, ...otherTerms].join(',')}->${kept.join('')}`, dy, ...others);
  if (kept.length === labels.length) return gradient;
  const shape = labels.map((label, axis) => (known.has(label) ? (operand.shape[axis] as number) : 1));
  return spreadTo(reshape(gradient, shape), operand.shape);
}

/** Einstein summation of one or two operands. */
export const einsum: readonly tf.GradConfig[] = [
  fromInputList(tf.Einsum, (dy, operands, { equation }: tf.EinsumAttrs) => {
    const [input, output] = equation.replaceAll(/\s/g, '').split('->') as [string, string];
    const terms = input.split(',');
    return operands.map((_, index) => () => operandGradient(dy, operands, terms, output, index));
  }),
];
