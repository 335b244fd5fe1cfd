import * as tf from '@tensorflow/tfjs-core';
import { fromInputs } from '../gradient-config.ts';
import { add, reshape, zeros } from '../kernel-calls.ts';
import { padded, sliced, spreadOut, windowOf } from '../layout.ts';

function sliceGradient(dy: tf.Tensor, x: tf.Tensor, { begin, size }: tf.SliceAttrs): tf.Tensor {
  if (dy.size === 0) return zeros(x.shape);
  const [first, counts] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  const after = x.shape.map((length, axis) => length - (first[axis] as number) - (counts[axis] as number));
  return padded(dy, first, after);
}

/** Puts every element of `dy` back where a strided slice took it from. */
function stridedSliceGradient(dy: tf.Tensor, x: tf.Tensor, attrs: tf.StridedSliceAttrs): tf.Tensor {
  if (dy.size === 0) return zeros(x.shape);
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const counts = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  let placed = reshape(dy, counts);
  const backwards = info.strides.flatMap((stride, axis) => (stride < 0 ? [axis] : []));
  if (backwards.length > 0) placed = tf.reverse(placed, backwards);
  info.strides.forEach((stride, axis) => {
    placed = spreadOut(placed, axis, Math.abs(stride));
  });
  // What is now first: the slice's start, or its last element where the slice runs backwards.
  const first = info.strides.map((stride, axis) => {
    const start = info.begin[axis] as number;
    return stride < 0 ? start + stride * ((counts[axis] as number) - 1) : start;
  });
  return windowOf(
    placed,
    first.map((position) => -position),
    x.shape,
  );
}

/** The part of `x` from `begin` to `end` along an axis. */
function range(x: tf.Tensor, axis: number, begin: number, end: number): tf.Tensor {
  return sliced(
    x,
    x.shape.map((_, i) => (i === axis ? begin : 0)),
    x.shape.with(axis, end - begin),
  );
}

/** Adds `part` to `x` at position `begin` of an axis. */
function addRange(x: tf.Tensor, part: tf.Tensor, axis: number, begin: number): tf.Tensor {
  return add(
    x,
    windowOf(
      part,
      x.shape.map((_, i) => (i === axis ? -begin : 0)),
      x.shape,
    ),
  );
}

/** Folds the mirrored margins of every axis back onto the elements that they mirror. */
function mirrorPadGradient(dy: tf.Tensor, { paddings, mode }: tf.MirrorPadAttrs): tf.Tensor {
  const skipped = mode === 'reflect' ? 1 : 0;
  let folded = dy;
  paddings.forEach(([before, after], axis) => {
    const length = folded.shape[axis] as number;
    const inner = length - before - after;
    let sum = range(folded, axis, before, before + inner);
    if (before > 0) sum = addRange(sum, tf.reverse(range(folded, axis, 0, before), axis), axis, skipped);
    if (after > 0) {
      const mirrored = tf.reverse(range(folded, axis, length - after, length), axis);
      sum = addRange(sum, mirrored, axis, inner - skipped - after);
    }
    folded = sum;
  });
  return folded;
}

/** Slices, and the pads that undo them. */
export const slicing: readonly tf.GradConfig[] = [
  fromInputs(tf.Slice, ['x'], (dy, [x], attrs: tf.SliceAttrs) => ({ x: () => sliceGradient(dy, x, attrs) })),
  fromInputs(tf.StridedSlice, ['x'], (dy, [x], attrs: tf.StridedSliceAttrs) => ({
    x: () => stridedSliceGradient(dy, x, attrs),
  })),
  fromInputs(tf.PadV2, [], (dy, _, { paddings }: tf.PadV2Attrs) => ({
    x: () => {
      const begin = paddings.map(([before]) => before);
      return sliced(
        dy,
        begin,
        dy.shape.map((size, axis) => size - (paddings[axis] as number[]).reduce((a, b) => a + b, 0)),
      );
    },
  })),
  fromInputs(tf.MirrorPad, [], (dy, _, attrs: tf.MirrorPadAttrs) => ({ x: () => mirrorPadGradient(dy, attrs) })),
];
