import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { RandomStream } from './random-stream.ts';

const hex = (words: Iterable<number>): string[] => Array.from(words, (word) => word.toString(16).padStart(8, '0'));

function valuesOf(tensor: tf.Tensor): number[] {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
}

describe('the key of a stream', () => {
  // These words may never change: the results of every seeded program follow from them.
  it('is fixed for all time', () => {
    const expected: [number, (string | number)[], string[]][] = [
      [0, [], ['2383c479', 'fd14b599', 'd9887a84']],
      [42, [], ['cc24cd27', 'bb83b53a', '2a7d9b2b']],
      [-1, [], ['7df28280', 'b4b6181b', 'e0a1e68a']],
      [2 ** 40 + 3, [], ['7ba20ca3', 'cb6d6583', '2f49e2b4']],
      [42, ['mlp/linear_0/w'], ['0928f8f7', '72aaa283', '9a6a06a8']],
      [42, ['ab', 'c'], ['f0bc765a', '1e919fcf', 'd61e7959']],
      [42, ['a', 'bc'], ['205cd322', '9c2655d4', '959b4a0f']],
      [42, [7, 'x'], ['651deca3', '52ed5446', '7160453f']],
      [42, ['é\u4e2d'], ['70d3dbe4', '2d5ca5e5', 'cd427998']],
    ];
    for (const [seed, labels, words] of expected) {
      expect(hex(RandomStream.fromSeed(seed, ...labels).bits(3))).toEqual(words);
    }
  });

  it('depends on the order, the borders and the types of the labels', () => {
    const labels: (string | number)[][] = [
      [],
      ['a', 'b'],
      ['b', 'a'],
      ['ab'],
      ['ab', ''],
      ['', 'ab'],
      ['1'],
      [1],
      [''],
      [0],
    ];
    const keys = labels.map((list) => RandomStream.fromSeed(3, ...list).key.join());
    expect(new Set(keys).size).toBe(labels.length);
  });

  it('is found by splitting as by giving labels', () => {
    const parent = RandomStream.fromSeed(3, 'a');
    parent.bits(5);
    const child = parent.split('b');
    expect(child.key).toEqual(RandomStream.fromSeed(3, 'a', 'b').key);
    expect([child.position, parent.position]).toEqual([0, 5]);
  });

  it('refuses seeds and labels that are not safe integers', () => {
    for (const seed of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(() => RandomStream.fromSeed(seed)).toThrow(ValueError);
      expect(() => RandomStream.fromSeed(0).split(seed)).toThrow(`got ${seed}`);
    }
    expect(() => new RandomStream([-1, 0])).toThrow('two unsigned 32-bit words; got [-1,0]');
  });
});

describe('the position of a stream', () => {
  it('counts words, and can be set', () => {
    const stream = RandomStream.fromSeed(42);
    stream.bits(3);
    stream.uniform([2, 2]).dispose();
    expect(stream.position).toBe(7);
    const next = stream.bits(4);
    stream.position = 7;
    expect(stream.bits(4)).toEqual(next);
    expect(new RandomStream(stream.key, { position: 7 }).bits(4)).toEqual(next);
  });

  it('takes one word a sample, whatever is drawn', () => {
    const draws: ((stream: RandomStream) => tf.Tensor)[] = [
      (stream) => stream.uniform([2, 3]),
      (stream) => stream.uniform([2, 3], { max: 9, dtype: 'int32' }),
      (stream) => stream.normal([2, 3]),
      (stream) => stream.truncatedNormal([2, 3]),
      (stream) => stream.bernoulli([2, 3], 0.5),
      (stream) => stream.integers([2, 3], { max: 9 }),
    ];
    for (const draw of draws) {
      const stream = RandomStream.fromSeed(1);
      const tensor = expectNoLeak(() => draw(stream));
      expect(tensor.shape).toEqual([2, 3]);
      expect(stream.position).toBe(6);
      tensor.dispose();
    }
  });

  it('refuses positions that cannot be', () => {
    const stream = RandomStream.fromSeed(42);
    for (const position of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => {
        stream.position = position;
      }).toThrow(ValueError);
    }
    expect(stream.position).toBe(0);
  });
});

describe('tensors from a stream', () => {
  it('have fixed values', () => {
    const draw = (sample: (stream: RandomStream) => tf.Tensor) => valuesOf(sample(RandomStream.fromSeed(42)));
    expect(draw((stream) => stream.uniform([3]))).toEqual([0.797436535358429, 0.7324784398078918, 0.16597908735275269]);
    expect(draw((stream) => stream.normal([3]))).toEqual([0.8324997425079346, 0.6203261613845825, -0.970177173614502]);
    expect(draw((stream) => stream.truncatedNormal([3]))).toEqual([
      0.785443127155304, 0.5884969830513, -0.9108881950378418,
    ]);
    expect(draw((stream) => stream.bernoulli([3], 0.75))).toEqual([0, 1, 1]);
    expect(draw((stream) => stream.integers([3], { max: 10 }))).toEqual([7, 7, 1]);
  });

  it('may be scalars and empty', () => {
    const stream = RandomStream.fromSeed(42);
    const scalar = stream.normal([]);
    const empty = stream.normal([0, 3]);
    expect([scalar.shape, empty.shape, stream.position]).toEqual([[], [0, 3], 1]);
    scalar.dispose();
    empty.dispose();
  });

  it('have the dtype that is asked for', () => {
    const stream = RandomStream.fromSeed(42);
    const integers = stream.uniform([100], { min: -2, max: 3, dtype: 'int32' });
    expect(integers.dtype).toBe('int32');
    expect(new Set(valuesOf(integers))).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect(() => stream.normal([2], { dtype: 'int32' as 'float32' })).toThrow(TypeError);
    expect(() => stream.uniform([2], { dtype: 'bool' as 'float32' })).toThrow('expected dtype float32, got bool');
  });

  it('refuse arguments out of range, and then have drawn nothing', () => {
    const stream = RandomStream.fromSeed(42);
    expect(() => stream.uniform([2], { min: 1, max: 0 })).toThrow('min <= max; got 1 and 0');
    expect(() => stream.normal([2], { stddev: -1 })).toThrow(ValueError);
    expect(() => stream.truncatedNormal([2], { mean: Number.NaN })).toThrow(ValueError);
    expect(() => stream.bernoulli([2], 1.5)).toThrow('between 0 and 1; got 1.5');
    expect(() => stream.integers([2], { max: 0 })).toThrow(ValueError);
    expect(() => stream.integers([2], { max: 2 ** 31 + 1 })).toThrow(ValueError);
    expect(() => stream.integers([2], { max: 2.5 })).toThrow(ValueError);
    expect(() => stream.normal([-1])).toThrow('got [-1]');
    expect(() => stream.permutation(1.5)).toThrow(ValueError);
    expect(stream.position).toBe(0);
  });
});

describe('permutation', () => {
  it('has every number once', () => {
    const order = RandomStream.fromSeed(5).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([RandomStream.fromSeed(5).permutation(0), RandomStream.fromSeed(5).permutation(1)].map(String)).toEqual([
      '',
      '0',
    ]);
  });

  it('gives every order equally often', () => {
    const stream = RandomStream.fromSeed(6);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = stream.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom: exceeded once in a thousand
  });
});
