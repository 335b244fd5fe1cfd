import { ValueError } from '@sonnetjs/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseSoftplus } from './inverse-softplus.ts';
import { scaleVariableInitializer } from './scale-variable-initializer.ts';

describe('inverseSoftplus', () => {
  it('is the inverse of softplus', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 30, noNaN: true }), (y) => {
        const x = inverseSoftplus(y);
        expect(Math.abs(Math.log1p(Math.exp(x)) - y)).toBeLessThan(1e-12 * (1 + y));
      }),
    );
  });

  it('is finite at the ends', () => {
    expect(inverseSoftplus(1e4)).toBe(1e4);
    expect(inverseSoftplus(1e-300)).toBeCloseTo(Math.log(1e-300), 10);
  });

  it('refuses numbers that softplus does not give', () => {
    for (const y of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => inverseSoftplus(y)).toThrow(ValueError);
      expect(() => scaleVariableInitializer(y)).toThrow(`y must be a positive number; got ${y}`);
    }
  });
});
