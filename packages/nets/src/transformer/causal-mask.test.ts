import { ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { causalMask, futureMask } from './causal-mask.ts';

/** Rows of a mask, with x where it hides something. */
function rows(mask: tf.Tensor): string[] {
  const columns = mask.shape[3] as number;
  const marks = [...mask.dataSync()].map((x) => (x === 0 ? '.' : 'x')).join('');
  return Array.from({ length: mask.shape[2] as number }, (_, i) => marks.slice(i * columns, (i + 1) * columns));
}

describe('futureMask', () => {
  it('hides what is later', () => {
    const mask = futureMask(3);
    expect(mask.shape).toEqual([1, 1, 3, 3]);
    expect(rows(mask)).toEqual(['.xx', '..x', '...']);
    expect(Math.min(...mask.dataSync())).toBe(-1e6);
    expect(rows(futureMask(1))).toEqual(['.']);
  });

  it('has the dtype that is asked for', () => {
    expect(futureMask(2).dtype).toBe('float32');
    expect(futureMask(2, 'int32').dtype).toBe('int32');
    expect(rows(futureMask(2, 'int32'))).toEqual(['.x', '..']);
  });

  it('refuses sizes and dtypes that make no sense', () => {
    expect(() => futureMask(0)).toThrow(ValueError);
    expect(() => futureMask(1.5)).toThrow('futureMask: chunkSize must be a positive integer; got 1.5.');
    expect(() => futureMask(2, 'bool' as 'int32')).toThrow('futureMask: dtype must be float32 or int32; got bool.');
  });

  it('leaves nothing but the mask', () => {
    expectNoLeak(() => futureMask(3));
  });
});

describe('causalMask', () => {
  it('shows the whole memory', () => {
    expect(rows(causalMask(3, 2, false))).toEqual(['...xx', '....x', '.....']);
  });

  it('shows every element equally much of what is before it, when told so', () => {
    expect(rows(causalMask(3, 2, true))).toEqual(['...xx', 'x...x', 'xx...']);
    expect(rows(causalMask(4, 1, true))).toEqual(['..xxx', 'x..xx', 'xx..x', 'xxx..']);
  });
});
