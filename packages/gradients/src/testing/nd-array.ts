/** A float64 array of any rank on the host: what reference implementations compute with. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An array of zeros, or of the given values. */
export function ndArray(shape: readonly number[], values?: ArrayLike<number>): NdArray {
  return { shape, data: values === undefined ? new Float64Array(sizeOf(shape)) : Float64Array.from(values) };
}

/** All indices of a shape in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Where an index lies in the data of a shape. */
export function offsetOf(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((offset, i, axis) => offset * (shape[axis] as number) + i, 0);
}

export function at(x: NdArray, ...index: number[]): number {
  return x.data[offsetOf(x.shape, index)] as number;
}

/** An array whose elements are a function of their index. */
export function fromIndex(shape: readonly number[], value: (...index: number[]) => number): NdArray {
  return { shape, data: Float64Array.from(indicesOf(shape), (index) => value(...index)) };
}

/** Adds to the element at an index. */
export function addAt(x: NdArray, index: readonly number[], value: number): void {
  const offset = offsetOf(x.shape, index);
  x.data[offset] = (x.data[offset] as number) + value;
}

export function reshaped(x: NdArray, shape: readonly number[]): NdArray {
  return { shape, data: x.data };
}

/** The shape that shapes broadcast to, as in NumPy. */
export function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** The element that broadcasting puts at an index. */
export function broadcastAt(x: NdArray, index: readonly number[]): number {
  const own = x.shape.map((size, axis) => (size === 1 ? 0 : (index[index.length - x.shape.length + axis] as number)));
  return at(x, ...own);
}

/** A function of numbers, elementwise on arrays that broadcast. */
export function elementwise(fn: (...values: number[]) => number): (...arrays: NdArray[]) => NdArray {
  return (...arrays) => {
    const shape = broadcastShape(...arrays.map((array) => array.shape));
    return fromIndex(shape, (...index) => fn(...arrays.map((array) => broadcastAt(array, index))));
  };
}

/** Axes as tfjs takes them, counted from the front; all of them when there are none. */
function resolvedAxes(rank: number, axes?: number | readonly number[]): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  return (typeof axes === 'number' ? [axes] : [...axes]).map((axis) => (axis < 0 ? axis + rank : axis));
}

/** A function of lists of numbers applied along axes. */
export function reduce(
  x: NdArray,
  axes: number | readonly number[] | undefined,
  keepDims: boolean,
  fn: (values: number[]) => number,
): NdArray {
  const along = resolvedAxes(x.shape.length, axes);
  const kept = x.shape.map((size, axis) => (along.includes(axis) ? 1 : size));
  const groups: number[][] = Array.from({ length: sizeOf(kept) }, () => []);
  for (const index of indicesOf(x.shape)) {
    const group = index.map((i, axis) => (along.includes(axis) ? 0 : i));
    groups[offsetOf(kept, group)]?.push(at(x, ...index));
  }
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !along.includes(axis));
  return { shape, data: Float64Array.from(groups, fn) };
}
