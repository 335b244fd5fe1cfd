import { IncompatibleShapeError, ValueError } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { defaultTransposeSize } from './index.ts';

describe('defaultTransposeSize', () => {
  it.each([
    [[4, 4], 2, undefined, undefined, [8, 8]],
    [[3], [3], null, 'SAME', [9]],
    [[1, 2, 3], [2, 3, 4], undefined, 'SAME', [2, 6, 12]],
    [[4, 4], 2, 3, 'VALID', [10, 10]],
    [[3], [3], [5], 'VALID', [13]],
    [[2, 3], [2, 1], [1, 4], 'VALID', [4, 6]],
  ] as const)(
    'gives for inputs of %j, stride %j, kernel %j and padding %j %j',
    (sizes, stride, kernel, padding, expected) => {
      expect(defaultTransposeSize(sizes, stride, kernel, padding)).toEqual(expected);
    },
  );

  it('demands sizes, and strides and a kernel that fit them', () => {
    expect(() => defaultTransposeSize(null as never, 2)).toThrow(TypeError);
    expect(() => defaultTransposeSize([], 2)).toThrow('inputShape must be an array of sizes; got [].');
    expect(() => defaultTransposeSize([1, 2], [1])).toThrow(IncompatibleShapeError);
    expect(() => defaultTransposeSize([1, 2], 0)).toThrow('invalid stride shape: x is 0');
    expect(() => defaultTransposeSize([1, 2], 1, null, 'VALID')).toThrow('invalid kernel shape: x is null');
    expect(() => defaultTransposeSize([1, 2], 1, 3, 'FULL' as never)).toThrow(ValueError);
  });
});
