import { sizeOf } from '../nd-array.ts';
import type { ConvolutionSettings } from '../references/convolution.ts';
import { hasNegativeAxis, isUnevenBatch, reducesNothing, strideFaults, volumePadding } from './calls.ts';
import { fault, type KnownFault } from './known-fault.ts';

/** Faults of tfjs-backend-cpu 4.22. */
export const cpuFaults: readonly KnownFault[] = [
  fault({
    ops: ['sign'],
    parts: ['value'],
    reason: 'Sign: NaN becomes 0',
    when: ({ inputs: [x] }) => x?.wide === true,
  }),
  fault({
    ops: ['floorDiv'],
    reason: 'FloorDiv: the result is int32 for all operands',
    when: ({ inputs }) => inputs.some(({ dtype }) => dtype === undefined),
  }),
  fault({
    ops: ['matMul'],
    reason: 'BatchMatMul: a batch that broadcasts between axes is taken as if its matrices came again in turn',
    when: isUnevenBatch,
  }),
  fault({
    ops: ['mean'],
    parts: ['value'],
    reason: 'Mean: 0 for an empty list, where TensorFlow has NaN',
    when: ({ inputs: [x] }) => sizeOf(x?.shape ?? []) === 0,
  }),
  fault({
    ops: ['all'],
    parts: ['value'],
    reason: 'All: false for an empty list',
    when: reducesNothing,
  }),
  fault<{ axis: number }>({
    ops: ['cumsum', 'cumprod'],
    reason: 'Cumsum, Cumprod: negative axes',
    when: hasNegativeAxis,
  }),
  ...strideFaults,
  volumePadding,
  fault<{ parts: number | number[] }>({
    ops: ['split'],
    reason: 'prepareSplitSize: a -1 that is the first of the lengths counts as a length',
    when: ({ attrs: { parts } }) => typeof parts !== 'number' && parts[0] === -1,
  }),
  fault({
    ops: ['tensorScatterUpdate'],
    reason: 'TensorScatterUpdate: writes into its input',
  }),
  fault({
    ops: ['unsortedSegmentSum'],
    parts: ['value'],
    reason: 'UnsortedSegmentSum: the result is float32 for integers',
    when: ({ inputs: [x] }) => x?.dtype === 'int32',
  }),
  fault({
    ops: ['transform'],
    parts: ['value'],
    reason: 'Transform: all images but the first of a batch',
    when: ({ inputs: [image] }) => (image?.shape[0] ?? 1) > 1,
  }),
  fault<ConvolutionSettings>({
    ops: ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
    parts: ['value'],
    reason: 'DepthwiseConv2dNativeBackpropInput, …Filter: dilations are left out',
    when: ({ attrs }) => attrs.dilations.some((dilation) => dilation > 1),
  }),
];
