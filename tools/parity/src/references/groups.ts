import { axesFromFront, forEachIndex, offsetOf, type Shape, sizeOf } from '../nd-array.ts';

/** Elements that a reduction takes together. */
export interface Groups {
  /** The shape of the result. */
  readonly shape: readonly number[];
  /** For every element, the place in the result. */
  readonly places: Int32Array;
  /** How many elements come to each place. */
  readonly length: number;
}

/** What a reduction over axes does to the elements of a shape. */
export function groupsOf(shape: Shape, axes: number | readonly number[] | undefined, keepDims: boolean): Groups {
  const along = new Set(axesFromFront(shape.length, axes));
  const kept = shape.map((size, axis) => (along.has(axis) ? 1 : size));
  const places = new Int32Array(sizeOf(shape));
  forEachIndex(shape, (index, flat) => {
    places[flat] = offsetOf(
      kept,
      index.map((i, axis) => (along.has(axis) ? 0 : i)),
    );
  });
  return {
    shape: keepDims ? kept : shape.filter((_, axis) => !along.has(axis)),
    places,
    length: shape.reduce((product, size, axis) => (along.has(axis) ? product * size : product), 1),
  };
}

/** The elements of every group, each as places in the data, in order. */
export function membersOf({ shape, places }: Groups): number[][] {
  const members: number[][] = Array.from({ length: sizeOf(shape) }, () => []);
  places.forEach((place, flat) => {
    members[place]?.push(flat);
  });
  return members;
}
