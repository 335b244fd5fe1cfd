import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import {
  type Convolution,
  type ConvolutionSettings,
  fromOthers,
  type Role,
  shapesOf,
} from '../../references/convolution.ts';
import { seed } from '../../sizes.ts';
import { type ConvolutionBounds, convolutions, settingsOf, tfPad } from './convolution-cases.ts';

/** The settings, and the shape of the result, which does not follow from those of the inputs. */
interface Transposed extends ConvolutionSettings {
  readonly resultShape: readonly number[];
}

interface TransposedOp {
  readonly op: string;
  readonly rank: number;
  readonly bounds: ConvolutionBounds;
  /** What the result is, and what the inputs are. */
  readonly result: Role;
  readonly inputs: readonly [Role, Role];
  readonly call: (inputs: tf.Tensor[], attrs: Transposed) => tf.Tensor;
}

function transposedCases({ rank, bounds, inputs, result }: TransposedOp): fc.Arbitrary<OpCase<Transposed>> {
  return fc.record({ convolution: convolutions(rank, bounds), seed }).map(({ convolution, seed: values }) => {
    const shapes = shapesOf(convolution);
    return {
      inputs: inputs.map((role) => ({ shape: shapes[role] })),
      attrs: { ...settingsOf(convolution), resultShape: shapes[result] },
      seed: values,
    };
  });
}

/** A kernel that computes one operand of a convolution from its result and the other operand. */
function transposed(definition: TransposedOp): Entry {
  const { op, result, inputs: roles, bounds, call } = definition;
  const convolutionOf = (inputs: readonly NdArray[], attrs: Transposed): Convolution => {
    const shapeOf = (role: Role): readonly number[] =>
      role === result ? attrs.resultShape : (inputs[roles.indexOf(role)] as NdArray).shape;
    return { ...attrs, x: shapeOf('x'), filter: shapeOf('filter'), depthwise: bounds.depthwise };
  };
  return entry<Transposed>({
    op,
    family: 'convolution',
    cases: transposedCases(definition),
    run: call,
    reference: (inputs, attrs) => {
      const [first, second] = inputs as [NdArray, NdArray];
      return [fromOthers(convolutionOf(inputs, attrs), result, [roles[0], first], [roles[1], second])];
    },
    adjoint: (inputs, attrs, [dy]) => {
      const convolution = convolutionOf(inputs, attrs);
      const [first, second] = inputs as [NdArray, NdArray];
      return [
        fromOthers(convolution, roles[0], [result, dy as NdArray], [roles[1], second]),
        fromOthers(convolution, roles[1], [result, dy as NdArray], [roles[0], first]),
      ];
    },
  });
}

function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor | undefined>,
  attrs: Record<string, unknown>,
): tf.Tensor {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);
}

const conv2dTranspose = transposed({
  op: 'conv2dTranspose',
  rank: 2,
  bounds: { dilated: false },
  result: 'x',
  inputs: ['y', 'filter'],
  call: ([y, filter], { strides, pad, resultShape }) =>
    tf.conv2dTranspose(
      y as tf.Tensor4D,
      filter as tf.Tensor4D,
      resultShape as [number, number, number, number],
      strides as [number, number],
      tfPad(pad),
    ),
});

const conv3dTranspose = transposed({
  op: 'conv3dTranspose',
  rank: 3,
  bounds: { dilated: false, pads: ['same', 'valid'] },
  result: 'x',
  inputs: ['y', 'filter'],
  call: ([y, filter], { strides, pad, resultShape }) =>
    tf.conv3dTranspose(
      y as tf.Tensor5D,
      filter as tf.Tensor5D,
      resultShape as [number, number, number, number, number],
      strides as [number, number, number],
      pad as 'same',
    ),
});

const conv2dBackpropInput = transposed({
  op: 'Conv2DBackpropInput',
  rank: 2,
  bounds: { dilated: false },
  result: 'x',
  inputs: ['y', 'filter'],
  call: ([dy, filter], { strides, pad, resultShape }) =>
    runKernel(
      tf.Conv2DBackpropInput,
      { dy, filter },
      { strides, pad: tfPad(pad), dataFormat: 'NHWC', inputShape: resultShape },
    ),
});

const conv2dBackpropFilter = transposed({
  op: 'Conv2DBackpropFilter',
  rank: 2,
  bounds: { dilated: false },
  result: 'filter',
  inputs: ['x', 'y'],
  call: ([x, dy], { strides, pad, resultShape }) =>
    runKernel(
      tf.Conv2DBackpropFilter,
      { x, dy },
      { strides, pad: tfPad(pad), dataFormat: 'NHWC', filterShape: resultShape },
    ),
});

const depthwiseBackpropInput = transposed({
  op: 'DepthwiseConv2dNativeBackpropInput',
  rank: 2,
  bounds: { depthwise: true },
  result: 'x',
  inputs: ['y', 'filter'],
  call: ([dy, filter], { strides, dilations, pad, resultShape }) =>
    runKernel(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy, filter },
      { strides, dilations, pad: tfPad(pad), inputShape: resultShape },
    ),
});

const depthwiseBackpropFilter = transposed({
  op: 'DepthwiseConv2dNativeBackpropFilter',
  rank: 2,
  bounds: { depthwise: true },
  result: 'filter',
  inputs: ['x', 'y'],
  call: ([x, dy], { strides, dilations, pad, resultShape }) =>
    runKernel(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { x, dy },
      { strides, dilations, pad: tfPad(pad), filterShape: resultShape },
    ),
});

const conv3dBackpropInput = transposed({
  op: 'Conv3DBackpropInputV2',
  rank: 3,
  bounds: { dilated: false, pads: ['same', 'valid'] },
  result: 'x',
  inputs: ['y', 'filter'],
  call: ([dy, filter], { strides, pad, resultShape }) =>
    runKernel(tf.Conv3DBackpropInputV2, { dy, filter }, { strides, pad, inputShape: resultShape }),
});

const conv3dBackpropFilter = transposed({
  op: 'Conv3DBackpropFilterV2',
  rank: 3,
  bounds: { dilated: false, pads: ['same', 'valid'] },
  result: 'filter',
  inputs: ['x', 'y'],
  call: ([x, dy], { strides, pad, resultShape }) =>
    runKernel(tf.Conv3DBackpropFilterV2, { x, dy }, { strides, pad, filterShape: resultShape }),
});

export const transposedEntries: readonly Entry[] = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv2dTranspose,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  conv3dTranspose,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
];
