import { describe, expect, it } from 'vitest';
import type { Corpus, Part } from './corpus.ts';
import { makeNGrams } from './n-grams.ts';

const [a, b, c, d] = [0, 1, 2, 3];

/** A part whose first two characters are context. */
function part(...ids: number[]): Part {
  return { ids: Int32Array.from(ids.slice(1)), withContext: Int32Array.from(ids), count: ids.length - 2 };
}

function corpus(train: number[], validation: Part, test: Part): Corpus {
  return { alphabet: ['a', 'b', 'c', 'd'], train: Int32Array.from(train), validation, test };
}

describe('makeNGrams', () => {
  const train = [a, b, a, b, a, c];
  const validation = part(a, b, a, b, d);
  const test = part(b, a, b, a);
  const [unigram, bigram, trigram] = makeNGrams(corpus(train, validation, test));

  it('interpolates counts with the shorter context', () => {
    const [u, v, w] = [unigram?.weight ?? 0, bigram?.weight ?? 0, trigram?.weight ?? 0];
    const p1 = { a: (3 + u / 4) / (6 + u), b: (2 + u / 4) / (6 + u) };
    // a is followed by b twice and by c once, b by a twice.
    const p2 = { ab: (2 + v * p1.b) / (3 + v), ba: (2 + v * p1.a) / (2 + v) };
    const p3 = { bab: (1 + w * p2.ab) / (2 + w), aba: (2 + w * p2.ba) / (2 + w) };
    const bits = (...probabilities: number[]) =>
      probabilities.reduce((sum, p) => sum - Math.log2(p), 0) / probabilities.length;
    expect(unigram?.testBits).toBeCloseTo(bits(p1.b, p1.a), 12);
    expect(bigram?.testBits).toBeCloseTo(bits(p2.ab, p2.ba), 12);
    expect(trigram?.testBits).toBeCloseTo(bits(p3.bab, p3.aba), 12);
  });

  it('chooses weights by the validation part alone', () => {
    const others = makeNGrams(corpus(train, validation, part(c, c, d, d, d, d)));
    expect(others.map(({ weight }) => weight)).toEqual([unigram, bigram, trigram].map((nGram) => nGram?.weight));
    // What never occurred calls for a large weight, what always did for a small one.
    const weightFor = (validation: Part) => makeNGrams(corpus(train, validation, test))[0]?.weight ?? 0;
    expect(weightFor(part(a, a, d, d, d))).toBe(4096);
    expect(weightFor(part(a, a, a, b, a))).toBe(1 / 16);
  });

  it('gives all characters together the probability 1, whatever came before', () => {
    for (const context of [
      [a, b],
      [d, d],
      [c, a],
    ] as const) {
      for (const order of [0, 1, 2]) {
        const probabilities = [a, b, c, d].map((next) => {
          const nGrams = makeNGrams(corpus(train, validation, part(...context, next)));
          return 2 ** -(nGrams[order]?.testBits ?? 0);
        });
        expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
      }
    }
  });

  it('knows all that follows from two characters in a text of three in turn', () => {
    const turns = (count: number, from: number) => Array.from({ length: count }, (_, i) => (i + from) % 3);
    const nGrams = makeNGrams(corpus(turns(900, 0), part(...turns(62, 1)), part(...turns(62, 0))));
    expect(nGrams[0]?.testBits).toBeCloseTo(Math.log2(3), 2);
    expect(nGrams[1]?.testBits).toBeLessThan(0.01);
    expect(nGrams[2]?.testBits).toBeLessThan(0.01);
  });
});
