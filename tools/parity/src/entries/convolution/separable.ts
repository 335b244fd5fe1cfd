import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry } from '../../entry.ts';
import type { Expected } from '../../expected.ts';
import type { NdArray, Shape } from '../../nd-array.ts';
import { type Convolution, type ConvolutionSettings, fromOthers, shapesOf } from '../../references/convolution.ts';
import { seed } from '../../sizes.ts';
import { convolutions, settingsOf, tfPad } from './convolution-cases.ts';

/** The two convolutions that a separable one consists of. */
interface Stages {
  readonly depthwise: Convolution;
  readonly pointwise: Convolution;
  /** What is between them. */
  readonly middle: Expected;
}

function pointwiseOn(shape: Shape, filter: Shape): Convolution {
  return { x: shape, filter, strides: [1, 1], dilations: [1, 1], pad: 'valid' };
}

function stagesOf(inputs: readonly NdArray[], attrs: ConvolutionSettings): Stages {
  const [x, first, second] = inputs as [NdArray, NdArray, NdArray];
  const depthwise: Convolution = { ...attrs, x: x.shape, filter: first.shape, depthwise: true };
  const middle = fromOthers(depthwise, 'y', ['x', x], ['filter', first]);
  return { depthwise, middle, pointwise: pointwiseOn(middle.shape, second.shape) };
}

export const separableConv2d: Entry = entry<ConvolutionSettings>({
  op: 'separableConv2d',
  family: 'convolution',
  cases: fc
    .record({
      convolution: convolutions(2, { depthwise: true, most: 10_000 }),
      outputs: fc.constantFrom(1, 3, 4, 8, 17),
      seed,
    })
    .map(({ convolution, outputs, seed: values }) => {
      const channels = shapesOf(convolution).y.at(-1) as number;
      return {
        inputs: [{ shape: convolution.x }, { shape: convolution.filter }, { shape: [1, 1, channels, outputs] }],
        attrs: settingsOf(convolution),
        seed: values,
      };
    }),
  run: ([x, first, second], { strides, dilations, pad }) =>
    tf.separableConv2d(
      x as tf.Tensor4D,
      first as tf.Tensor4D,
      second as tf.Tensor4D,
      strides as [number, number],
      tfPad(pad) as 'same',
      dilations as [number, number],
    ),
  reference: (inputs, attrs) => {
    const { pointwise, middle } = stagesOf(inputs, attrs);
    return [fromOthers(pointwise, 'y', ['x', middle], ['filter', inputs[2] as NdArray])];
  },
  adjoint: (inputs, attrs, [dy]) => {
    const [x, first, second] = inputs as [NdArray, NdArray, NdArray];
    const { depthwise, pointwise, middle } = stagesOf(inputs, attrs);
    const toMiddle = fromOthers(pointwise, 'x', ['y', dy as NdArray], ['filter', second]);
    return [
      fromOthers(depthwise, 'x', ['y', toMiddle], ['filter', first]),
      fromOthers(depthwise, 'filter', ['y', toMiddle], ['x', x]),
      fromOthers(pointwise, 'filter', ['y', dy as NdArray], ['x', middle]),
    ];
  },
});
