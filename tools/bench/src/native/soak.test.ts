import { describe, expect, it } from 'vitest';
import { findGrowth, type NativeSoakSample } from './soak.ts';

function samples(change: (i: number) => Partial<NativeSoakSample>): NativeSoakSample[] {
  const still = { tensors: 16, nativeTensors: 16, jsHeapBytes: 3e7, residentBytes: 3e8 };
  return Array.from({ length: 50 }, (_, i) => ({ step: 1000 * (i + 1), ...still, ...change(i) }));
}

describe('findGrowth', () => {
  it('compares the end with the first sample', () => {
    expect(findGrowth(samples((i) => ({ residentBytes: i === 49 ? 3.12e8 : 3e8 })))).toEqual({
      growth: expect.closeTo(0.04, 6),
      leaks: [],
    });
  });

  it('tells of a process that grew by more than a twentieth', () => {
    const { leaks } = findGrowth(samples((i) => ({ residentBytes: 3e8 + i * 1e6 })));
    expect(leaks).toEqual(['the process grew by 16.3 %']);
  });

  it('tells of a single tensor, here or in TensorFlow', () => {
    expect(findGrowth(samples((i) => (i > 40 ? { nativeTensors: 17 } : {}))).leaks).toEqual([
      'nativeTensors: 16 became 17',
    ]);
    expect(findGrowth(samples((i) => (i > 40 ? { tensors: 15 } : {}))).leaks).toHaveLength(1);
  });
});
