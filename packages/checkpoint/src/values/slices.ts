import { elementCount } from './stored-tensor.ts';

/** A box inside a tensor: where it begins and how far it reaches, by axis. */
export interface Box {
  readonly offset: readonly number[];
  readonly shape: readonly number[];
}

/** TensorFlow.js has no tensors of more axes. */
const MAX_RANK = 6;

/**
 * Whether boxes fill a tensor, each element once.
 *
 * A box is told by its corners, each with a sign: plus where an even number of coordinates are those of the far end. Boxes
 * fill the tensor when all their corners add up to those of the tensor, which takes no comparison of boxes with each other.
 */
export function fillsExactly(shape: readonly number[], boxes: readonly Box[]): boolean {
  if (shape.length > MAX_RANK || elementCount(shape) === null) return false;
  const corners = new Map<string, number>();
  for (const box of boxes) {
    if (!liesInside(shape, box)) return false;
    addCorners(corners, box, 1);
  }
  addCorners(corners, { offset: shape.map(() => 0), shape }, -1);
  return [...corners.values()].every((count) => count === 0);
}

function liesInside(shape: readonly number[], box: Box): boolean {
  if (box.offset.length !== shape.length || box.shape.length !== shape.length) return false;
  return shape.every((size, axis) => {
    const [from, length] = [box.offset[axis] ?? -1, box.shape[axis] ?? -1];
    return from >= 0 && length >= 0 && from + length <= size;
  });
}

function addCorners(corners: Map<string, number>, box: Box, sign: number): void {
  if (box.shape.includes(0)) return;
  for (let corner = 0; corner < 1 << box.shape.length; corner++) {
    let cornerSign = sign;
    const at = box.offset.map((from, axis) => {
      if ((corner & (1 << axis)) === 0) return from;
      cornerSign = -cornerSign;
      return from + (box.shape[axis] ?? 0);
    });
    const key = at.join();
    corners.set(key, (corners.get(key) ?? 0) + cornerSign);
  }
}

/** An array of elements: of values, or of bytes where an element has several. */
type Elements = Uint8Array | Float32Array | Int32Array;

/**
 * Copies a box of a tensor into it, or out of it.
 *
 * @param whole The elements of the whole tensor.
 * @param shape Its shape.
 * @param part The elements of the box.
 * @param itemSize How many entries of the arrays an element has.
 */
export function copyBox<A extends Elements>(
  direction: 'into' | 'out of',
  whole: A,
  shape: readonly number[],
  part: A,
  box: Box,
  itemSize: number = 1,
): void {
  if (elementCount(box.shape) === 0) return;
  // The trailing axes along which the box reaches all through the tensor lie in one piece, with the axis before them.
  let axis = shape.length - 1;
  let run = itemSize;
  while (axis > 0 && box.shape[axis] === shape[axis]) run *= shape[axis--] ?? 1;
  const inner = run;
  if (axis >= 0) run *= box.shape[axis] ?? 1;
  const strides = rowMajorStrides(shape, itemSize);
  const rows = box.shape.slice(0, Math.max(axis, 0));
  const count = rows.reduce((product, size) => product * size, 1);
  for (let row = 0; row < count; row++) {
    let at = axis >= 0 ? (box.offset[axis] ?? 0) * inner : 0;
    let rest = row;
    for (let i = rows.length - 1; i >= 0; i--) {
      const size = rows[i] ?? 1;
      at += ((box.offset[i] ?? 0) + (rest % size)) * (strides[i] ?? 0);
      rest = Math.floor(rest / size);
    }
    if (direction === 'into') whole.set(part.subarray(row * run, (row + 1) * run), at);
    else part.set(whole.subarray(at, at + run), row * run);
  }
}

function rowMajorStrides(shape: readonly number[], itemSize: number): number[] {
  const strides = new Array<number>(shape.length);
  let stride = itemSize;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}
