import { IncompatibleShapeError, nest, resetDefaultGraph, ValueError, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { AttentionOutput, AttentiveRead } from './attentive-read.ts';
import { Linear } from './linear.ts';

const MEMORY = [
  [
    [1, 0],
    [2, 0],
    [3, 1],
  ],
];

beforeEach(() => {
  resetDefaultGraph();
});

/** Logits that are the first element of the word times that of the query. */
const product = (inputs: tf.Tensor): tf.Tensor =>
  tf.mul(tf.slice(inputs, [0, 0], [-1, 1]), tf.slice(inputs, [0, 2], [-1, 1]));

const mask = (...rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, 'bool');

describe('AttentiveRead', () => {
  it('gives the sum of the words, weighted by the softmax of the logits', () => {
    const attention = new AttentiveRead(product);
    const outputs = attention(tf.tensor3d(MEMORY), tf.tensor2d([[0.5]]));
    expect(outputs).toBeInstanceOf(AttentionOutput);
    expect(nest.flatten(outputs)).toEqual([outputs.read, outputs.weights, outputs.weightLogits]);
    expect(outputs.weightLogits.arraySync()).toEqual([[0.5, 1, 1.5]]);
    const weights = [...outputs.weights.dataSync()];
    const exps = [0.5, 1, 1.5].map(Math.exp);
    const total = exps.reduce((sum, x) => sum + x, 0);
    for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo((exps[i] ?? 0) / total, 5);
    expect(outputs.read.dataSync()[1]).toBeCloseTo(weights[2] ?? 0, 5);
  });

  it('leaves out what the mask says', () => {
    const attention = new AttentiveRead(product);
    const memoryMask = mask([1, 0, 0]);
    const { read, weights } = attention(tf.tensor3d(MEMORY), tf.tensor2d([[1]]), { memoryMask });
    expect(weights.arraySync()).toEqual([[1, 0, 0]]);
    expect(read.arraySync()).toEqual([[1, 0]]);
  });

  it('has no gradients of what is left out', () => {
    const attention = new AttentiveRead(new Linear(1));
    const memory = tf.variable(tf.ones([1, 3, 2]));
    const query = tf.ones([1, 2]);
    const loss = (): tf.Tensor => tf.sum(tf.square(attention(memory, query, { memoryMask: mask([1, 1, 0]) }).read));
    const { grads } = valueAndGrads(loss, { variables: [memory] });
    expect([...(Object.values(grads)[0]?.dataSync() ?? [])].slice(4)).toEqual([0, 0]);
    expect(attention(memory, query).read.shape).toEqual([1, 2]);
    memory.dispose();
  });

  it('leaks nothing', () => {
    const attention = new AttentiveRead(new Linear(1));
    const [memory, query] = [tf.ones([2, 3, 4]), tf.ones([2, 5])];
    const memoryMask = mask([1, 0, 0], [1, 1, 1]);
    tf.tidy(() => {
      attention(memory, query);
    });
    for (let i = 0; i < 100; i++) tf.dispose([...expectNoLeak(() => attention(memory, query, { memoryMask }))]);
  });

  it('refuses tensors of the wrong rank', () => {
    const attention = new AttentiveRead(new Linear(1));
    const [memory, query] = [tf.ones([2, 3, 4]), tf.ones([2, 5])];
    expect(() => attention(query, query)).toThrow(
      'AttentiveRead "attention": memory must have the shape [batchSize, memorySize, memoryWordSize]; got [2, 5].',
    );
    expect(() => attention(memory, memory)).toThrow(IncompatibleShapeError);
    expect(() => attention(memory, query, { memoryMask: tf.ones([2], 'bool') })).toThrow(IncompatibleShapeError);
    const nested = new AttentiveRead((inputs) => tf.expandDims(inputs, 2));
    expect(() => nested(memory, query)).toThrow(IncompatibleShapeError);
  });

  it('refuses sizes that do not go together', () => {
    const attention = new AttentiveRead(new Linear(1));
    const [memory, query] = [tf.ones([2, 3, 4]), tf.ones([2, 5])];
    expect(() => attention(memory, tf.ones([3, 5]))).toThrow('got memory [2, 3, 4], query [3, 5].');
    expect(() => attention(memory, query, { memoryMask: tf.ones([2, 4], 'bool') })).toThrow(ValueError);
    expect(() => attention(memory, query, { memoryMask: tf.ones([2, 3]) })).toThrow(TypeError);
    const empty = mask([1, 1, 1], [0, 0, 0]);
    expect(() => attention(memory, query, { memoryMask: empty })).toThrow('row 1 leaves out all.');
    expect(() => new AttentiveRead(new Linear(2))(memory, query)).toThrow('it gave [2 * 3, 2].');
    expect(() => new AttentiveRead(null as never)).toThrow(TypeError);
  });
});
