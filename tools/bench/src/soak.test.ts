import { describe, expect, it } from 'vitest';
import { findLeaks, type SoakSample } from './soak.ts';

const megabyte = 2 ** 20;

function samples(change: (i: number) => Partial<SoakSample>): SoakSample[] {
  const still = {
    tensors: 50,
    tensorBytes: 1000,
    heapBytes: 2 ** 26,
    jsHeapBytes: 30 * megabyte,
    residentBytes: 2 ** 28,
  };
  return Array.from({ length: 61 }, (_, i) => ({ seconds: i, rounds: i, ...still, ...change(i) }));
}

describe('findLeaks', () => {
  it('finds none where everything settles', () => {
    expect(findLeaks(samples((i) => (i < 5 ? { heapBytes: 2 ** 24, tensors: 20 } : {})))).toEqual([]);
  });

  it('finds a single tensor, and a memory that grew late', () => {
    expect(findLeaks(samples((i) => (i === 60 ? { tensors: 51 } : {})))).toEqual(['tensors: 50 became 51']);
    expect(findLeaks(samples((i) => (i > 40 ? { heapBytes: 2 ** 27 } : {})))).toHaveLength(1);
  });

  it('finds a process that grows, and lets one be that only moves', () => {
    expect(findLeaks(samples((i) => ({ residentBytes: 2 ** 28 + i * megabyte })))).toEqual([
      'residentBytes: grew by 31 MB',
    ]);
    expect(findLeaks(samples((i) => ({ residentBytes: 2 ** 28 + (i % 5) * megabyte })))).toEqual([]);
  });
});
