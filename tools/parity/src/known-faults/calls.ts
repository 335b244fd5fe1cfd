import { planOf, type Stride, type StridedSlice } from '../entries/shape/slicing.ts';
import type { OpCase } from '../entry.ts';
import { broadcastShape, sizeOf } from '../nd-array.ts';
import { fault, type KnownFault } from './known-fault.ts';
import { isNegativelyPadded, type WindowAttrs } from './windows.ts';

/** Whether a product has a batch that broadcasts between axes, so that its matrices do not simply come again in turn. */
export function isUnevenBatch({ inputs }: OpCase<unknown>): boolean {
  const batches = inputs.map(({ shape }) => shape.slice(0, -2));
  const whole = broadcastShape(...batches);
  return batches.some((batch) => {
    const filled = batch.slice(batch.findIndex((size) => size !== 1));
    return sizeOf(batch) !== 1 && filled.join() !== whole.slice(whole.length - filled.length).join();
  });
}

/** Whether a reduction is over nothing and still has results. */
export function reducesNothing({ inputs: [x] }: OpCase<unknown>): boolean {
  return sizeOf(x?.shape ?? []) === 0;
}

export function hasNegativeAxis({ attrs }: OpCase<{ axis: number }>): boolean {
  return attrs.axis < 0;
}

/** StridedSlice is the same JavaScript in both backends of tfjs. */
export const strideFaults: readonly KnownFault[] = [
  fault<StridedSlice>({
    ops: ['stridedSlice'],
    reason: 'StridedSlice: empty results of parts that are taken without stride',
    when: ({ inputs: [x], attrs: { strides } }) =>
      planOf(x?.shape ?? [], strides).positions.some((positions) => positions.length === 0) &&
      strides.filter(isSliced).every(({ stride }) => stride === 1),
  }),
  fault<StridedSlice>({
    ops: ['stridedSlice'],
    reason: 'StridedSlice: single positions of an axis beside strides of another',
    when: ({ attrs: { strides } }) =>
      strides.some(({ mask }) => mask === 'shrink') && strides.filter(isSliced).some(({ stride }) => stride !== 1),
  }),
];

function isSliced({ mask }: Stride): boolean {
  return mask !== 'shrink' && mask !== 'newAxis' && mask !== 'ellipsis';
}

/** Kernels that take the padding as tfjs-core computes it have it; one that computes its own has not. */
export const volumePadding: KnownFault = fault<WindowAttrs>({
  ops: ['conv3d', 'conv3dTranspose', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2', 'avgPool3d', 'maxPool3d'],
  reason: "get3DPadAndOutInfo: 'same' pads less than nothing where a stride is longer than what is left of the window",
  when: isNegativelyPadded,
});
