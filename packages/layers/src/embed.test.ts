import {
  initializers,
  KeyError,
  NotConnectedError,
  partitioners,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Embed } from './embed.ts';

const VOCAB = [
  [0, 1],
  [10, 11],
  [20, 21],
];

beforeEach(() => {
  resetDefaultGraph();
});

const ids = (...values: number[]): tf.Tensor => tf.tensor1d(values, 'int32');

describe('Embed', () => {
  it('looks up a vector for each id, of any shape', () => {
    const embed = new Embed({ existingVocab: VOCAB });
    expect(embed(ids(2, 0)).arraySync()).toEqual([VOCAB[2], VOCAB[0]]);
    expect(embed(tf.tensor2d([[1], [1]], [2, 1], 'int32')).arraySync()).toEqual([[VOCAB[1]], [VOCAB[1]]]);
    expect(embed(tf.scalar(1, 'int32')).arraySync()).toEqual(VOCAB[1]);
    expect(embed(tf.zeros([2, 0, 3], 'int32')).shape).toEqual([2, 0, 3, 2]);
    expect([embed.vocabSize, embed.embedDim]).toEqual([3, 2]);
    expect(embed.embeddings.arraySync()).toEqual(VOCAB);
  });

  it('begins with a vocabulary that is given as a tensor, which it copies', () => {
    const vocab = tf.tensor2d(VOCAB, [3, 2], 'int32');
    const embed = new Embed({ existingVocab: vocab });
    embed(ids(0));
    vocab.dispose();
    expect(embed(ids(1)).arraySync()).toEqual([VOCAB[1]]);
    const late = new Embed({ existingVocab: vocab });
    expect(() => late(ids(0))).toThrow('existingVocab was disposed before the first connection');
  });

  it('chooses a size by a rule of thumb', () => {
    const sizes = [2, 7, 10, 1000].map((vocabSize) => new Embed({ vocabSize }).embedDim);
    expect(sizes).toEqual([7, 10, 11, 34]);
  });

  it('adds up the gradients of ids that come more than once', () => {
    const embed = new Embed({ existingVocab: VOCAB });
    const indices = ids(2, 2, 0);
    const { grads } = valueAndGrads(() => tf.sum(embed(indices)));
    expect(grads['embed/embeddings']?.arraySync()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
    expect(embed(ids(1)).shape).toEqual([1, 2]);
  });

  it('may be frozen, and stored in slices', () => {
    const partitioner = partitioners.fixedSize(2);
    const embed = new Embed({ vocabSize: 4, embedDim: 2, trainable: false, partitioners: { embeddings: partitioner } });
    expect(embed(ids(3)).shape).toEqual([1, 2]);
    expect(embed.variables.map(({ name, trainable }) => [name, trainable])).toEqual([
      ['embed/embeddings/part_0', false],
      ['embed/embeddings/part_1', false],
    ]);
  });

  it('leaks nothing', () => {
    const embed = new Embed({ vocabSize: 3, embedDim: 2 });
    const indices = tf.zeros([2, 2], 'int32');
    tf.tidy(() => {
      embed(indices);
    });
    for (let i = 0; i < 100; i++) expectNoLeak(() => embed(indices)).dispose();
  });

  it('refuses ids that are out of range or not integers', () => {
    const embed = new Embed({ vocabSize: 3, embedDim: 2 });
    expect(() => embed.embeddings).toThrow(NotConnectedError);
    expect(() => embed(ids(1, 3))).toThrow('Embed "embed": every id must be in [0, 3), since vocabSize is 3; got 3.');
    expect(() => embed(ids(-1))).toThrow(ValueError);
    expect(() => embed(tf.tensor1d([1]))).toThrow(TypeError);
    expect(embed.isConnected).toBe(false);
  });

  it('refuses wrong options', () => {
    expect(() => new Embed()).toThrow('Embed: one of vocabSize and existingVocab must be given.');
    expect(() => new Embed({ vocabSize: 0 })).toThrow('Embed: vocabSize must be a positive integer; got 0.');
    expect(() => new Embed({ vocabSize: 2, embedDim: 1.5 })).toThrow(ValueError);
    expect(() => new Embed({ existingVocab: VOCAB, vocabSize: 3 })).toThrow(ValueError);
    expect(() => new Embed({ existingVocab: VOCAB, initializers: {} })).toThrow(ValueError);
    expect(() => new Embed({ existingVocab: tf.zeros([3]) })).toThrow('of rank 2; got the shape [3].');
    expect(() => new Embed({ existingVocab: [[1, 2], [3]] })).toThrow(ValueError);
    expect(() => new Embed({ vocabSize: 3, initializers: { w: initializers.ones() } as object })).toThrow(KeyError);
    expect(() => new Embed({ vocabSize: 3, regularizers: { embeddings: 1 as never } })).toThrow(TypeError);
    expect(Embed.getPossibleInitializerKeys()).toEqual(['embeddings']);
  });
});
