import { cpu } from '@sonnetjs/backend-cpu';
import { RandomStream, useBackend } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

/** Values that a stream of a key draws at a position, on the backend in use. */
function draw(position: number, sample: (stream: RandomStream) => tf.Tensor): { values: Float32Array; after: number } {
  const stream = new RandomStream([0x9e3779b9, 0xfedcba98], { position });
  const tensor = sample(stream);
  const values = tensor.dataSync<'float32'>();
  tensor.dispose();
  return { values, after: stream.position };
}

const samples: readonly [string, (stream: RandomStream) => tf.Tensor][] = [
  ['uniform numbers', (stream) => stream.uniform([1001])],
  ['uniform numbers of a range', (stream) => stream.uniform([3, 7], { min: -0.3, max: 1e-3 })],
  ['uniform numbers that round to the end', (stream) => stream.uniform([999], { min: 1, max: 1 + 2 ** -22 })],
  ['uniform numbers of an empty range', (stream) => stream.uniform([5], { min: 2, max: 2 })],
  ['one number', (stream) => stream.uniform([])],
  ['no number', (stream) => stream.uniform([0, 3])],
  ['coins', (stream) => stream.bernoulli([1003], 0.3)],
  ['coins that always fall on one side', (stream) => stream.bernoulli([9], 1)],
  ['coins that always fall on the other', (stream) => stream.bernoulli([9], 0)],
];

describe('random numbers', () => {
  it.each(samples)('are those of core to the bit: %s', async (_, sample) => {
    // Odd and even beginnings, and counters that pass 32 bits.
    for (const position of [0, 1, 6, 2 ** 33 - 5, 2 ** 33 - 2, 2 ** 40 + 3]) {
      await useBackend(cpu());
      const expected = draw(position, sample);
      await useBackend(wasm());
      expect(draw(position, sample)).toEqual(expected);
    }
  });
});
