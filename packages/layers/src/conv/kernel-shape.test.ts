import { IncompatibleShapeError, NotSupportedError } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { Conv1D, Conv2D, Conv3D, fillShape } from './index.ts';

describe('fillShape', () => {
  it('repeats a number and copies an array', () => {
    const given = [1, 2];
    expect(fillShape(3, 2)).toEqual([3, 3]);
    expect(fillShape(given, 2)).toEqual([1, 2]);
    expect(fillShape(given, 2)).not.toBe(given);
  });

  it.each([
    [0, 2, 'x is 0, but must be a positive integer or an array of positive integers of size 2.'],
    [-1, 2, 'x is -1,'],
    [1.5, 2, 'x is 1.5,'],
    [[1, 2], 3, 'x is [1, 2], but must be a positive integer or an array of positive integers of size 3.'],
    [[1, 0], 2, 'x is [1, 0],'],
    [null, 2, 'x is null,'],
    ['33', 2, 'x is 33,'],
    [1, 0, 'n must be a positive integer; got 0.'],
    [1, 1.5, 'n must be a positive integer; got 1.5.'],
  ])('refuses %j for %j dimensions', (x, n, message) => {
    expect(() => fillShape(x as number, n)).toThrow(TypeError);
    expect(() => fillShape(x as number, n)).toThrow(message);
  });
});

describe('kernel shape, stride and rate of a convolution', () => {
  it('are written out for each dimension', () => {
    const conv = new Conv2D(1, 3, { rate: 2 });
    expect([conv.kernelShape, conv.stride, conv.rate]).toEqual([
      [3, 3],
      [1, 1, 1, 1],
      [2, 2],
    ]);
    const first = new Conv3D(1, [1, 2, 3], { stride: [3, 2, 1], dataFormat: 'NCDHW' });
    expect([first.kernelShape, first.stride]).toEqual([
      [1, 2, 3],
      [1, 1, 3, 2, 1],
    ]);
  });

  it('may be strides of all dimensions, in the order of the data format', () => {
    expect(new Conv2D(1, 3, { stride: [1, 2, 3, 1] }).stride).toEqual([1, 2, 3, 1]);
    expect(new Conv2D(1, 3, { stride: [1, 1, 2, 3], dataFormat: 'NCHW' }).stride).toEqual([1, 1, 2, 3]);
    expect(() => new Conv2D(1, 3, { stride: [1, 2, 3, 1], dataFormat: 'NCHW' })).toThrow(
      'the second element must be 1',
    );
    expect(() => new Conv2D(1, 3, { stride: [1, 2, 2, 2] })).toThrow(IncompatibleShapeError);
  });

  it.each([
    ['a kernel of three sizes', () => new Conv2D(1, [3, 3, 3]), 'Conv2D: invalid kernel shape: x is [3, 3, 3]'],
    ['a negative kernel', () => new Conv2D(1, [3, -1]), 'Conv2D: invalid kernel shape: x is [3, -1]'],
    ['a kernel of a wrong type', () => new Conv1D(1, '3' as never), 'Conv1D: invalid kernel shape: x is 3'],
    ['three strides', () => new Conv2D(1, 3, { stride: [1, 1, 1] }), 'Conv2D: invalid stride shape: x is [1, 1, 1]'],
    ['a stride of 0', () => new Conv3D(1, 3, { stride: 0 }), 'Conv3D: invalid stride shape: x is 0'],
    ['a rate of 0', () => new Conv3D(1, 3, { rate: [1, 0, 1] }), 'Conv3D: invalid rate shape: x is [1, 0, 1]'],
  ])('refuse %s', (_, construct, message) => {
    expect(construct).toThrow(IncompatibleShapeError);
    expect(construct).toThrow(message);
  });

  it('refuse a stride and a rate above 1', () => {
    const construct = () => new Conv2D(1, 3, { stride: [2, 1], rate: [1, 2] });
    expect(construct).toThrow(NotSupportedError);
    expect(construct).toThrow(
      'Conv2D: a stride > 1 together with a rate > 1 is not supported; got stride [2, 1] and rate [1, 2].',
    );
  });
});
