import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { type Convolution, type ConvolutionSettings, fromOthers, shapesOf } from '../../references/convolution.ts';
import { seed } from '../../sizes.ts';
import { type Fusion, fusedEntry, fusionInputs, fusions } from '../fused-entry.ts';
import { convolutions, settingsOf, tfPad } from './convolution-cases.ts';

type Settings = ConvolutionSettings & Fusion;

function fusedConvolution(op: string, call: typeof tf.fused.conv2d, depthwise: boolean): Entry {
  const convolutionOf = (x: NdArray, filter: NdArray, attrs: Settings): Convolution => ({
    ...attrs,
    x: x.shape,
    filter: filter.shape,
    depthwise,
  });
  return fusedEntry<Settings>({
    op,
    family: 'convolution',
    cases: fc
      .record({ convolution: convolutions(2, { depthwise }), fusion: fusions, seed })
      .map(({ convolution, fusion, seed: values }) => ({
        inputs: [
          { shape: convolution.x },
          { shape: convolution.filter },
          ...fusionInputs(fusion, shapesOf(convolution).y.at(-1) as number),
        ],
        attrs: { ...settingsOf(convolution), ...fusion },
        seed: values,
      })),
    call: ({ first, second, bias, preluActivationWeights }, attrs) =>
      call({
        x: first as tf.Tensor4D,
        filter: second as tf.Tensor4D,
        strides: attrs.strides as [number, number],
        pad: tfPad(attrs.pad) as 'same',
        dilations: attrs.dilations as [number, number],
        bias,
        activation: attrs.activation,
        preluActivationWeights,
        leakyreluAlpha: attrs.leakyreluAlpha,
      }),
    sums: (x, filter, attrs) => fromOthers(convolutionOf(x, filter, attrs), 'y', ['x', x], ['filter', filter]),
    byOperands: (x, filter, attrs, dy) => {
      const convolution = convolutionOf(x, filter, attrs);
      return [
        fromOthers(convolution, 'x', ['y', dy], ['filter', filter]),
        fromOthers(convolution, 'filter', ['y', dy], ['x', x]),
      ];
    },
  });
}

export const fusedEntries: readonly Entry[] = [
  fusedConvolution('fusedConv2d', tf.fused.conv2d, false),
  fusedConvolution('fusedDepthwiseConv2d', tf.fused.depthwiseConv2d as typeof tf.fused.conv2d, true),
];
