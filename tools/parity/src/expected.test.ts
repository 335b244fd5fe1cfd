import { describe, expect, it } from 'vitest';
import { agrees, elementwiseTolerance, Sums, sumTolerance } from './expected.ts';

describe('agrees', () => {
  it('asks NaN for NaN and the sign of an infinity', () => {
    expect(agrees(Number.NaN, Number.NaN, 1)).toBe(true);
    expect(agrees(0, Number.NaN, 1)).toBe(false);
    expect(agrees(Number.NaN, 0, 1)).toBe(false);
    expect(agrees(Infinity, Infinity, 0)).toBe(true);
    expect(agrees(-Infinity, Infinity, 1)).toBe(false);
    expect(agrees(3e38, Infinity, 0)).toBe(false);
  });

  it('takes what rounds to the same float32 as equal', () => {
    expect(agrees(Math.fround(0.1), 0.1, 0)).toBe(true);
    expect(agrees(0.1001, 0.1, 0)).toBe(false);
    expect(agrees(-0, 0, 0)).toBe(true);
  });

  it('takes an infinity for what is beyond float32, or so near that rounding decides', () => {
    expect(agrees(Infinity, 1e39, 0)).toBe(true);
    expect(agrees(-Infinity, -1e39, 0)).toBe(true);
    expect(agrees(Infinity, 3.402e38, elementwiseTolerance(3.402e38))).toBe(false);
    expect(agrees(Infinity, 3.40282e38, elementwiseTolerance(3.40282e38))).toBe(true);
    expect(agrees(Infinity, 1, 1)).toBe(false);
  });

  it('is exact without tolerance', () => {
    expect(agrees(1 + 2 ** -23, 1, 0)).toBe(false);
    expect(agrees(1 + 2 ** -23, 1, 2 ** -22)).toBe(true);
  });
});

it('allows sums what their terms allow, not what cancels', () => {
  const sums = new Sums([2]);
  for (const term of [1000, -1000, 0.5, 0.5]) sums.add(0, term);
  const { data, tolerance } = sums.expected();
  expect([...data]).toEqual([1, 0]);
  expect(tolerance?.[0]).toBeCloseTo(1e-6 * 2 * 2001, 12);
  expect(tolerance?.[1]).toBe(0);
  expect(sumTolerance(4, 2)).toBeCloseTo(4e-6, 15);
});

it('adds what the terms are inexact themselves, and asks integers to be exact', () => {
  const sums = new Sums([1]);
  sums.add(0, 2, 0.25);
  expect(sums.expected().tolerance?.[0]).toBeCloseTo(0.250002, 9);
  expect(sums.expected('int32').tolerance).toBeUndefined();
});
