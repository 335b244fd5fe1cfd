import * as tf from '@tensorflow/tfjs-core';

/** How windows lie along one spatial axis of `[batch, …spatial, channels]`. */
export interface WindowAxis {
  readonly size: number;
  /** How many positions a window covers. */
  readonly reach: number;
  readonly stride: number;
  /** How far the first window begins before the input. */
  readonly before: number;
  readonly outputs: number;
}

/** What `tf.backend_util` computes of convolutions and pools; those of two axes have no depth. */
export interface WindowInfo {
  readonly padInfo: { readonly type: string; readonly front?: number; readonly top: number; readonly left: number };
  readonly inDepth?: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outDepth?: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly strideDepth?: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly effectiveFilterDepth?: number;
  readonly effectiveFilterHeight: number;
  readonly effectiveFilterWidth: number;
}

/**
 * Whether TensorFlow pads right by a name. The others are numbers, which most of its operations do not take, and those that
 * are less than nothing, with which its pools begin behind the start of the input.
 */
export function isNamed({ padInfo: { type, front = 0, top, left } }: WindowInfo): boolean {
  return (type === 'SAME' || type === 'VALID') && Math.min(front, top, left) >= 0;
}

/** The spatial axes: depth, if there is one, height and width. */
export function axesOf(info: WindowInfo): WindowAxis[] {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const { inDepth, outDepth = 1, strideDepth = 1, effectiveFilterDepth = 1 } = info;
  const axis = (size: number, reach: number, stride: number, before: number, outputs: number): WindowAxis => {
    // In three dimensions tfjs pads less than nothing where strides pass over the end of the input.
    return { size, reach, stride, before: Math.max(before, 0), outputs };
  };
  return [
    ...(inDepth === undefined ? [] : [axis(inDepth, effectiveFilterDepth, strideDepth, padInfo.front ?? 0, outDepth)]),
    axis(inHeight, info.effectiveFilterHeight, strideHeight, padInfo.top, outHeight),
    axis(inWidth, info.effectiveFilterWidth, strideWidth, padInfo.left, outWidth),
  ];
}

/** How many positions the windows cover from the first to the last. */
function covered({ outputs, stride, reach }: WindowAxis): number {
  return Math.max((outputs - 1) * stride + reach, 0);
}

/** How far the last window ends behind the input; less than 0 where the input goes on. */
function after(axis: WindowAxis): number {
  return covered(axis) - axis.size - axis.before;
}

/** The padding in numbers, in which windows lie as they do: what TensorFlow calls explicit, of all four axes. */
export function explicitPadding(axes: readonly WindowAxis[]): [number, number][] {
  return [[0, 0], ...axes.map((axis): [number, number] => [axis.before, Math.max(after(axis), 0)]), [0, 0]];
}

/** The shape that {@link covering} gives. */
export function coveringShape(shape: readonly number[], axes: readonly WindowAxis[]): number[] {
  return [shape[0] as number, ...axes.map(covered), shape.at(-1) as number];
}

/** Exactly what the windows cover: they lie in the result as they do in `x`, without padding. */
export function covering(x: tf.Tensor, axes: readonly WindowAxis[], border = 0): tf.Tensor {
  const padded = tf.pad(x, explicitPadding(axes), border);
  return axes.some((axis) => after(axis) < 0)
    ? tf.slice(
        padded,
        x.shape.map(() => 0),
        coveringShape(x.shape, axes),
      )
    : padded;
}

/** The transpose of {@link covering}: from the gradient by what the windows cover, the gradient by the input. */
export function uncovering(dx: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const begin = [0, ...axes.map(({ before }) => before), 0];
  const kept = axes.map((axis) => Math.min(axis.size, covered(axis) - axis.before));
  const inside = tf.slice(dx, begin, [dx.shape[0] as number, ...kept, dx.shape.at(-1) as number]);
  const behind = axes.map((axis, i): [number, number] => [0, axis.size - (kept[i] as number)]);
  return behind.some(([, count]) => count > 0) ? tf.pad(inside, [[0, 0], ...behind, [0, 0]]) : inside;
}

/**
 * A filter with zeros between its elements, which covers without dilation what it covers with it.
 *
 * @param filter `[…spatial, in, out]`.
 * @param dilations One for each spatial axis.
 */
export function dilated(filter: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((spread, dilation, axis) => {
    if (dilation === 1) return spread;
    const { shape } = spread;
    const [outer, size, inner] = [sizeOf(shape.slice(0, axis)), shape[axis] as number, sizeOf(shape.slice(axis + 1))];
    const padded = tf.pad(tf.reshape(spread, [outer, size, 1, inner]), [
      [0, 0],
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    const reach = (size - 1) * dilation + 1;
    const cut = tf.slice(tf.reshape(padded, [outer, size * dilation, inner]), [0, 0, 0], [outer, reach, inner]);
    return tf.reshape(
      cut,
      shape.map((length, i) => (i === axis ? reach : length)),
    );
  }, filter);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
