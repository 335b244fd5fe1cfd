import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { fixedSize, minMax, variableAxisSize } from './index.ts';
import { partitionSlices } from './partition-shapes.ts';

describe('fixedSize', () => {
  it('makes the same number of slices of every variable', () => {
    expect(fixedSize(3)([10, 4], 'float32')).toEqual([3, 1]);
    expect(fixedSize(3, { axis: 1 })([10, 4], 'float32')).toEqual([1, 3]);
  });

  it('makes no more slices than the axis is long', () => {
    expect(fixedSize(5)([2, 4], 'float32')).toEqual([2, 1]);
    expect(fixedSize(5)([0, 4], 'float32')).toEqual([1, 1]);
  });
});

describe('variableAxisSize', () => {
  it('keeps slices within a size in bytes', () => {
    expect(variableAxisSize(1024)([1000, 64], 'float32')).toEqual([250, 1]);
    expect(variableAxisSize(1024 * 1024)([1000, 64], 'float32')).toEqual([1, 1]);
    expect(variableAxisSize(64, { axis: 1 })([4, 16], 'int32')).toEqual([1, 4]);
  });

  it('counts the bytes of each data type', () => {
    expect(variableAxisSize(64)([256], 'bool')).toEqual([4]);
    expect(variableAxisSize(64)([256], 'complex64')).toEqual([32]);
    expect(variableAxisSize(64)([256], 'string')).toEqual([64]);
    expect(variableAxisSize(64, { bytesPerStringElement: 8 })([256], 'string')).toEqual([32]);
  });

  it('makes slices of one index at the least, and maxShards slices at the most', () => {
    expect(variableAxisSize(1)([10, 64], 'float32')).toEqual([10, 1]);
    expect(variableAxisSize(1, { maxShards: 4 })([10, 64], 'float32')).toEqual([4, 1]);
    expect(variableAxisSize(1)([0, 64], 'float32')).toEqual([1, 1]);
    expect(variableAxisSize(1)([10, 0], 'float32')).toEqual([1, 1]);
  });
});

describe('minMax', () => {
  it('makes fewer slices where they would become too small', () => {
    const partitioner = minMax(8, { minSliceSize: 1024 });
    expect(partitioner([100, 10], 'float32')).toEqual([4, 1]);
    expect(partitioner([10_000, 10], 'float32')).toEqual([8, 1]);
    expect(partitioner([3, 100_000], 'float32')).toEqual([3, 1]);
    expect(partitioner([1, 1], 'float32')).toEqual([1, 1]);
    expect(minMax(8, { axis: 1, minSliceSize: 16 })([2, 4], 'string')).toEqual([1, 4]);
  });

  it('has slices of 256 KiB at the least, by default, and one of them', () => {
    expect(minMax(100)([256 * 1024, 2], 'float32')).toEqual([8, 1]);
    expect(minMax()([1024 * 1024], 'float32')).toEqual([1]);
  });
});

describe('every partitioner', () => {
  it('refuses an axis that the variable lacks', () => {
    for (const partitioner of [fixedSize(2, { axis: 2 }), variableAxisSize(8, { axis: 2 }), minMax(2, { axis: 2 })]) {
      expect(() => partitioner([3, 4], 'float32')).toThrow(ValueError);
      expect(() => partitioner([3, 4], 'float32')).toThrow('cannot partition along axis 2 of shape [3,4]');
    }
  });

  it('refuses arguments that are no integers or too small', () => {
    expect(() => fixedSize(0)).toThrow('partitioners.fixedSize: numShards must be an integer >= 1; got 0.');
    expect(() => fixedSize(2, { axis: -1 })).toThrow('axis must be an integer >= 0; got -1');
    expect(() => variableAxisSize(0)).toThrow(ValueError);
    expect(() => variableAxisSize(8, { bytesPerStringElement: 0 })).toThrow(ValueError);
    expect(() => variableAxisSize(8, { maxShards: 0 })).toThrow(ValueError);
    expect(() => minMax(1.5)).toThrow(ValueError);
    expect(() => minMax(1, { minSliceSize: 0 })).toThrow(ValueError);
  });

  it('gives numbers of slices that can be cut', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 });
    const number = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(shapes, fc.nat(3), number, number, (shape, anyAxis, a, b) => {
        const axis = anyAxis % shape.length;
        for (const partitioner of [
          fixedSize(a, { axis }),
          variableAxisSize(a, { axis }),
          variableAxisSize(a, { axis, maxShards: b }),
          minMax(a, { axis, minSliceSize: b }),
        ]) {
          partitionSlices(shape, partitioner(shape, 'float32'), 'w');
        }
      }),
      { seed: 20190613, numRuns: 500 },
    );
  });
});
