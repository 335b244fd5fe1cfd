import { describe, expect, it } from 'vitest';
import { ndArray } from '../nd-array.ts';
import { fromOthers, shapesOf } from './convolution.ts';
import { groupsOf, membersOf } from './groups.ts';
import { continued } from './images.ts';
import { productShape, productTerms } from './matrix-product.ts';
import { erf, roundHalfToEven, sigmoid, softplus } from './special-functions.ts';
import { bilinear, bilinearByFirst } from './terms.ts';
import { windowsOf } from './windows.ts';

describe('special functions', () => {
  it('has the error function to float64', () => {
    // From Abramowitz and Stegun, table 7.1.
    expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
    expect(erf(-1)).toBeCloseTo(-0.8427007929497149, 14);
    expect(erf(2.49)).toBeCloseTo(0.99957071, 8);
    expect(erf(2.5)).toBeCloseTo(0.9995930479825551, 14);
    expect(erf(1e-200)).toBeCloseTo(0, 15);
    expect(erf(Infinity)).toBe(1);
    expect(erf(Number.NaN)).toBeNaN();
  });

  it('rounds halves to even numbers', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.6].map(roundHalfToEven)).toEqual([-2, -2, 0, 0, 2, 2, 3]);
    expect(roundHalfToEven(Infinity)).toBe(Infinity);
  });

  it('does not overflow in sigmoid and softplus', () => {
    expect(sigmoid(-800)).toBe(0);
    expect(sigmoid(800)).toBe(1);
    expect(softplus(800)).toBe(800);
    expect(softplus(0)).toBeCloseTo(Math.LN2, 15);
  });
});

describe('windows', () => {
  it('pads as TensorFlow does: more behind than before, and never less than nothing', () => {
    const settings = { filter: 2, dilation: 1, pad: 'same' as const };
    expect(windowsOf({ ...settings, size: 3, stride: 1 })).toEqual([
      [0, 1],
      [1, 2],
      [2, -1],
    ]);
    expect(windowsOf({ ...settings, size: 5, filter: 1, stride: 3 })).toEqual([[0], [3]]);
  });

  it('dilates', () => {
    expect(windowsOf({ size: 5, filter: 2, stride: 1, dilation: 3, pad: 'valid' })).toEqual([
      [0, 3],
      [1, 4],
    ]);
  });
});

it('convolves, and takes each array from the two others', () => {
  const settings = { x: [1, 3, 1], filter: [2, 1, 1], strides: [1], dilations: [1], pad: 'valid' as const };
  const [x, filter, dy] = [ndArray([1, 3, 1], [1, 2, 4]), ndArray([2, 1, 1], [10, 1]), ndArray([1, 2, 1], [1, 3])];
  expect(shapesOf(settings).y).toEqual([1, 2, 1]);
  expect([...fromOthers(settings, 'y', ['x', x], ['filter', filter]).data]).toEqual([12, 24]);
  expect([...fromOthers(settings, 'x', ['y', dy], ['filter', filter]).data]).toEqual([10, 31, 3]);
  expect([...fromOthers(settings, 'filter', ['x', x], ['y', dy]).data]).toEqual([7, 14]);
});

it('multiplies stacks of matrices whose batches broadcast', () => {
  const product = { a: [2, 1, 1], b: [1, 2, 1], transposeA: false, transposeB: true };
  const [a, b] = [ndArray(product.a, [2, 3]), ndArray(product.b, [5, 7])];
  expect(productShape(product)).toEqual([2, 1, 2]);
  expect([...bilinear([2, 1, 2], productTerms(product), a, b).data]).toEqual([10, 14, 15, 21]);
  const dy = ndArray([2, 1, 2], [1, 1, 1, 0]);
  expect([...bilinearByFirst(product.a, productTerms(product), dy, b).data]).toEqual([12, 5]);
});

it('groups elements by the axes that a reduction keeps', () => {
  const groups = groupsOf([2, 3], [-1], true);
  expect(groups.shape).toEqual([2, 1]);
  expect(membersOf(groups)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect(groupsOf([0, 3], 0, false)).toMatchObject({ shape: [3], length: 0 });
});

it('continues images as TensorFlow does', () => {
  expect([-1, -2, 3, 4].map((at) => continued(at, 3, 'reflect'))).toEqual([0, 1, 2, 1]);
  expect([-1, 3, 7].map((at) => continued(at, 3, 'nearest'))).toEqual([0, 2, 2]);
  expect([-1, 3].map((at) => continued(at, 3, 'wrap'))).toEqual([2, 0]);
  expect(continued(-5, 3, 'constant')).toBe(-5);
});
