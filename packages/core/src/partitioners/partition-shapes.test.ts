import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { partitionSlices } from './partition-shapes.ts';

describe('partitionSlices', () => {
  it('makes the first slices one longer where the axis does not divide evenly', () => {
    expect(partitionSlices([10, 2], [4, 1], 'w')).toEqual({
      axis: 0,
      slices: [
        { shape: [3, 2], offset: [0, 0] },
        { shape: [3, 2], offset: [3, 0] },
        { shape: [2, 2], offset: [6, 0] },
        { shape: [2, 2], offset: [8, 0] },
      ],
    });
  });

  it('cuts any one axis', () => {
    expect(partitionSlices([2, 4, 3], [1, 2, 1], 'w')).toEqual({
      axis: 1,
      slices: [
        { shape: [2, 2, 3], offset: [0, 0, 0] },
        { shape: [2, 2, 3], offset: [0, 2, 0] },
      ],
    });
  });

  it('gives the whole for one slice', () => {
    expect(partitionSlices([2, 3], [1, 1], 'w')).toEqual({ axis: 0, slices: [{ shape: [2, 3], offset: [0, 0] }] });
    expect(partitionSlices([], [], 'w')).toEqual({ axis: 0, slices: [{ shape: [], offset: [] }] });
    expect(partitionSlices([0, 3], [1, 1], 'w').slices).toHaveLength(1);
  });

  it('refuses numbers that cannot be, with the name of the variable and both shapes', () => {
    expect(() => partitionSlices([2, 3], [3, 1], 'mlp/w')).toThrow(ValueError);
    expect(() => partitionSlices([2, 3], [3, 1], 'mlp/w')).toThrow(
      'Partitioner of "mlp/w": cannot make 3 slices of axis 0, whose size is 2 (shape [2,3], partitions [3,1]).',
    );
    expect(() => partitionSlices([2, 3], [0, 1], 'w')).toThrow('cannot make 0 slices of axis 0');
    expect(() => partitionSlices([2, 3], [2, 2], 'w')).toThrow('only one axis can be cut');
    expect(() => partitionSlices([2, 3], [2], 'w')).toThrow('one number of partitions an axis');
    expect(() => partitionSlices([2, 3], [1.5, 1], 'w')).toThrow(TypeError);
    expect(() => partitionSlices([2, 3], 2 as never, 'w')).toThrow(TypeError);
  });

  it('covers the variable without gaps, in slices of nearly one size', () => {
    const cuts = fc
      .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
      .chain((shape) => fc.tuple(fc.constant(shape), fc.nat(shape.length - 1)))
      .chain(([shape, axis]) =>
        fc.tuple(fc.constant(shape), fc.constant(axis), fc.integer({ min: 1, max: shape[axis] as number })),
      );
    fc.assert(
      fc.property(cuts, ([shape, axis, count]) => {
        const { slices } = partitionSlices(
          shape,
          shape.map((_, i) => (i === axis ? count : 1)),
          'w',
        );
        expect(slices).toHaveLength(count);
        let end = 0;
        for (const slice of slices) {
          expect(slice.offset).toEqual(shape.map((_, i) => (i === axis ? end : 0)));
          expect(slice.shape).toEqual(shape.with(axis, slice.shape[axis] as number));
          end += slice.shape[axis] as number;
        }
        expect(end).toBe(shape[axis]);
        const lengths = slices.map((slice) => slice.shape[axis] as number);
        expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
      { seed: 20190613, numRuns: 500 },
    );
  });
});
