import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, copyBox, fillsExactly } from './slices.ts';

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** A tensor cut into boxes: at up to two places along each axis. */
const cutTensors = shapes.chain((shape) =>
  fc
    .tuple(
      fc.constant(shape),
      fc.tuple(
        ...shape.map((size) => fc.uniqueArray(fc.integer({ min: 1, max: Math.max(size - 1, 1) }), { maxLength: 2 })),
      ),
    )
    .map(([shape, cuts]) => ({ shape, boxes: cut(shape, cuts) })),
);

function cut(shape: readonly number[], cuts: readonly (readonly number[])[]): Box[] {
  let boxes: Box[] = [{ offset: [], shape: [] }];
  shape.forEach((size, axis) => {
    const edges = [...new Set([0, ...(cuts[axis] ?? []).filter((at) => at < size), size])].sort((a, b) => a - b);
    const spans = size === 0 ? [[0, 0] as const] : edges.slice(1).map((end, i) => [edges[i] ?? 0, end] as const);
    boxes = boxes.flatMap((box) =>
      spans.map(([from, to]) => ({ offset: [...box.offset, from], shape: [...box.shape, to - from] })),
    );
  });
  return boxes;
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The place of each element of a box in the whole tensor, in order. */
function placesOf(shape: readonly number[], box: Box): number[] {
  return Array.from({ length: count(box.shape) }, (_, element) => {
    let rest = element;
    let place = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = box.shape[axis] ?? 1;
      place += ((box.offset[axis] ?? 0) + (rest % size)) * stride;
      rest = Math.floor(rest / size);
      stride *= shape[axis] ?? 1;
    }
    return place;
  });
}

describe('copyBox', () => {
  it('takes tensors apart and puts them together', () => {
    fc.assert(
      fc.property(cutTensors, fc.integer({ min: 1, max: 3 }), ({ shape, boxes }, itemSize) => {
        const whole = Int32Array.from({ length: count(shape) * itemSize }, (_, i) => i);
        const copy = new Int32Array(whole.length);
        for (const box of boxes) {
          const part = new Int32Array(count(box.shape) * itemSize);
          copyBox('out of', whole, shape, part, box, itemSize);
          const items = placesOf(shape, box).flatMap((place) =>
            Array.from({ length: itemSize }, (_, i) => place * itemSize + i),
          );
          expect([...part]).toEqual(items);
          copyBox('into', copy, shape, part, box, itemSize);
        }
        expect(copy).toEqual(whole);
      }),
    );
  });

  it('does nothing for a box without elements, however long its other axes are', () => {
    const box = { offset: [0, 0], shape: [2 ** 50, 0] };
    copyBox('into', new Uint8Array(), [2 ** 50, 0], new Uint8Array(), box);
  });
});

describe('fillsExactly', () => {
  it('is true for what was cut', () => {
    fc.assert(fc.property(cutTensors, ({ shape, boxes }) => fillsExactly(shape, boxes)));
  });

  it('is false when a box is missing, comes twice or is moved', () => {
    fc.assert(
      fc.property(cutTensors, fc.nat(), ({ shape, boxes }, pick) => {
        fc.pre(count(shape) > 0);
        const chosen = pick % boxes.length;
        const box = boxes[chosen] as Box;
        const others = boxes.filter((_, i) => i !== chosen);
        expect(fillsExactly(shape, others)).toBe(false);
        expect(fillsExactly(shape, [...boxes, box])).toBe(false);
        const moved = { ...box, offset: box.offset.map((from) => from + 1) };
        expect(shape.length > 0 && fillsExactly(shape, [...others, moved])).toBe(false);
      }),
    );
  });

  it('is false for boxes that only have the right number of elements', () => {
    const overlapping = [
      { offset: [0, 0], shape: [2, 1] },
      { offset: [0, 0], shape: [1, 2] },
    ];
    expect(fillsExactly([2, 2], overlapping)).toBe(false);
    const outside = [
      { offset: [0], shape: [3] },
      { offset: [-1], shape: [1] },
    ];
    expect(fillsExactly([4], outside)).toBe(false);
    expect(fillsExactly([2, 2], [{ offset: [0], shape: [4] }])).toBe(false);
    expect(fillsExactly([2 ** 40, 2 ** 40], [{ offset: [0, 0], shape: [2 ** 40, 2 ** 40] }])).toBe(false);
    expect(fillsExactly(new Array(30).fill(2), [])).toBe(false);
  });

  it('takes no time for many boxes at one place', () => {
    const boxes = Array.from({ length: 50_000 }, (_, i) => ({ offset: [0, i], shape: [1, 1] }));
    expect(fillsExactly([1, 50_000], boxes)).toBe(true);
  });
});
