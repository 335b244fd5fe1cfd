import * as tf from '@tensorflow/tfjs-core';
import { fromInputList, fromManyOutputs } from '../gradient-config.ts';
import { reshape, zeros } from '../kernel-calls.ts';
import { sliced } from '../layout.ts';

function concatGradient(dy: tf.Tensor, inputs: tf.Tensor[], { axis }: tf.ConcatAttrs): (() => tf.Tensor)[] {
  const [along] = tf.util.parseAxisParam(axis, dy.shape) as [number];
  let offset = 0;
  return inputs.map((input) => {
    const begin = dy.shape.map((_, i) => (i === along ? offset : 0));
    offset += input.shape[along] as number;
    return () => (input.size === 0 ? zeros(input.shape) : sliced(dy, begin, input.shape));
  });
}

function packGradient(dy: tf.Tensor, inputs: tf.Tensor[], { axis }: tf.PackAttrs): (() => tf.Tensor)[] {
  const [along] = tf.util.parseAxisParam(axis, dy.shape) as [number];
  return inputs.map((input, index) => () => {
    const begin = dy.shape.map((_, i) => (i === along ? index : 0));
    return reshape(sliced(dy, begin, dy.shape.with(along, 1)), input.shape);
  });
}

/** Joining tensors and taking them apart again: each is the gradient of the other. */
export const joining: readonly tf.GradConfig[] = [
  fromInputList(tf.Concat, concatGradient),
  fromInputList(tf.Pack, packGradient),
  fromManyOutputs(tf.SplitV, [], [], (dys, _, __, { axis }: tf.SplitVAttrs) => ({ x: () => tf.concat(dys, axis) })),
  fromManyOutputs(tf.Unpack, [], [], (dys, _, __, { axis }: tf.UnpackAttrs) => ({ value: () => tf.stack(dys, axis) })),
];
