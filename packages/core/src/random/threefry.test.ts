import { describe, expect, it } from 'vitest';
import { threefry2x32, threefryWords } from './threefry.ts';

function block(key: [number, number], counter: [number, number]): string[] {
  const out = new Uint32Array(2);
  threefry2x32(key[0], key[1], counter[0], counter[1], out, 0);
  return [...out].map((word) => word.toString(16).padStart(8, '0'));
}

describe('threefry2x32', () => {
  it('gives the published test vectors of Random123', () => {
    expect(block([0, 0], [0, 0])).toEqual(['6b200159', '99ba4efe']);
    expect(block([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual(['1cb996fc', 'bb002be7']);
    expect(block([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual(['c4923a9c', '483df7a0']);
  });
});

describe('threefryWords', () => {
  it('gives the same words however they are asked for', () => {
    const all = new Uint32Array(21);
    threefryWords(1, 2, 0, all);
    for (let start = 0; start <= all.length; start++) {
      for (let end = start; end <= all.length; end++) {
        const some = new Uint32Array(end - start);
        threefryWords(1, 2, start, some);
        expect(some).toEqual(all.slice(start, end));
      }
    }
  });

  it('counts blocks with 64 bits', () => {
    const words = new Uint32Array(2);
    threefryWords(5, 6, 2 ** 33, words);
    expect([...words].map((word) => word.toString(16).padStart(8, '0'))).toEqual(block([5, 6], [0, 1]));
    threefryWords(5, 6, 2 ** 34 - 2, words);
    expect([...words].map((word) => word.toString(16).padStart(8, '0'))).toEqual(block([5, 6], [0xffffffff, 1]));
  });
});
