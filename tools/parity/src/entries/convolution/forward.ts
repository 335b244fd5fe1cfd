import * as tf from '@tensorflow/tfjs-core';
import type { Entry, OpCase } from '../../entry.ts';
import { entry } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { type Convolution, type ConvolutionSettings, fromOthers } from '../../references/convolution.ts';
import { type ConvolutionBounds, convolutionCases, tfPad } from './convolution-cases.ts';

type Call = (x: tf.Tensor, filter: tf.Tensor, settings: ConvolutionSettings) => tf.Tensor;

interface Forward {
  readonly op: string;
  readonly rank: number;
  readonly call: Call;
  readonly bounds?: ConvolutionBounds;
  readonly examples?: readonly OpCase<ConvolutionSettings>[];
}

function convolutionOf([x, filter]: readonly NdArray[], attrs: ConvolutionSettings, depthwise?: boolean): Convolution {
  return { x: (x as NdArray).shape, filter: (filter as NdArray).shape, ...attrs, depthwise };
}

function forward({ op, rank, call, bounds, examples }: Forward): Entry {
  return entry<ConvolutionSettings>({
    op,
    family: 'convolution',
    cases: convolutionCases(rank, bounds),
    examples,
    run: ([x, filter], attrs) => call(x as tf.Tensor, filter as tf.Tensor, attrs),
    reference: (inputs, attrs) => {
      const [x, filter] = inputs as [NdArray, NdArray];
      return [fromOthers(convolutionOf(inputs, attrs, bounds?.depthwise), 'y', ['x', x], ['filter', filter])];
    },
    adjoint: (inputs, attrs, [dy]) => {
      const [x, filter] = inputs as [NdArray, NdArray];
      const convolution = convolutionOf(inputs, attrs, bounds?.depthwise);
      return [
        fromOthers(convolution, 'x', ['y', dy as NdArray], ['filter', filter]),
        fromOthers(convolution, 'filter', ['y', dy as NdArray], ['x', x]),
      ];
    },
  });
}

function example(x: number[], filter: number[], attrs: Partial<ConvolutionSettings> = {}): OpCase<ConvolutionSettings> {
  const ones = x.slice(1, -1).map(() => 1);
  return {
    inputs: [{ shape: x }, { shape: filter }],
    attrs: { strides: ones, dilations: ones, pad: 'same', ...attrs },
    seed: 5,
  };
}

const conv1d = forward({
  op: 'conv1d',
  rank: 1,
  bounds: { pads: ['same', 'valid', 'number'] },
  call: (x, filter, { strides, dilations, pad }) =>
    tf.conv1d(
      x as tf.Tensor3D,
      filter as tf.Tensor3D,
      strides[0] as number,
      tfPad(pad) as 'same',
      'NWC',
      dilations[0] as number,
    ),
});

const conv2d = forward({
  op: 'conv2d',
  rank: 2,
  examples: [
    // Where strides pass over pixels, where channels fill panels, and where 'same' would pad less than nothing.
    example([1, 12, 12, 32], [3, 3, 32, 40]),
    example([2, 9, 9, 3], [1, 1, 3, 5], { strides: [2, 2] }),
    example([1, 5, 8, 2], [2, 1, 2, 4], { strides: [3, 4] }),
  ],
  call: (x, filter, { strides, dilations, pad }) =>
    tf.conv2d(
      x as tf.Tensor4D,
      filter as tf.Tensor4D,
      strides as [number, number],
      tfPad(pad),
      'NHWC',
      dilations as [number, number],
    ),
});

const conv3d = forward({
  op: 'conv3d',
  rank: 3,
  bounds: { pads: ['same', 'valid'] },
  call: (x, filter, { strides, dilations, pad }) =>
    tf.conv3d(
      x as tf.Tensor5D,
      filter as tf.Tensor5D,
      strides as [number, number, number],
      pad as 'same',
      'NDHWC',
      dilations as [number, number, number],
    ),
});

const depthwiseConv2d = forward({
  op: 'depthwiseConv2d',
  rank: 2,
  bounds: { depthwise: true },
  examples: [example([2, 9, 9, 3], [1, 1, 3, 1], { strides: [2, 2] })],
  call: (x, filter, { strides, dilations, pad }) =>
    tf.depthwiseConv2d(
      x as tf.Tensor4D,
      filter as tf.Tensor4D,
      strides as [number, number],
      tfPad(pad),
      'NHWC',
      dilations as [number, number],
    ),
});

export const forwardEntries: readonly Entry[] = [conv1d, conv2d, conv3d, depthwiseConv2d];
