import {
  getVariable,
  initializers,
  Module,
  minimize,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { VectorQuantizer } from './vector-quantizer.ts';

const TRAINING = { isTraining: true };
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** A quantizer of points in the plane to (1, 0), (0, 1) and (-1, -1). */
function makeQuantizer(): VectorQuantizer {
  const quantizer = new VectorQuantizer(2, 3, 0.25);
  (quantizer.embeddings as tf.Variable).assign(
    tf.tensor2d([
      [1, 0, -1],
      [0, 1, -1],
    ]),
  );
  return quantizer;
}

/** The mean of squared differences. */
function meanSquare(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0) / a.length;
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a VectorQuantizer', () => {
  it('gives the nearest embedding of every vector', () => {
    const { quantize, encodingIndices, encodings } = makeQuantizer()(
      tf.tensor2d([
        [0.9, 0.2],
        [-2, -3],
        [0.1, 0.3],
      ]),
      TRAINING,
    );
    expect(valuesOf(encodingIndices)).toEqual([0, 2, 1]);
    expect(encodingIndices.dtype).toBe('int32');
    expect(valuesOf(encodings)).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
    valuesOf(quantize).forEach((x, i) => {
      expect(x).toBeCloseTo([1, 0, -1, -1, 0, 1][i] as number, 6);
    });
  });

  it('takes the first of several that are equally near', () => {
    expect(valuesOf(makeQuantizer()(tf.tensor2d([[0.5, 0.5]]), TRAINING).encodingIndices)).toEqual([0]);
  });

  it('takes all dimensions but the last as one batch', () => {
    const result = makeQuantizer()(tf.zeros([2, 3, 4, 2]), TRAINING);
    expect(result.quantize.shape).toEqual([2, 3, 4, 2]);
    expect(result.encodingIndices.shape).toEqual([2, 3, 4]);
    expect(result.encodings.shape).toEqual([24, 3]);
    expect([result.loss.shape, result.perplexity.shape]).toEqual([[], []]);
  });

  it('measures how many embeddings are in use', () => {
    const quantizer = makeQuantizer();
    const perplexity = (points: number[][]): number =>
      quantizer(tf.tensor2d(points), TRAINING).perplexity.dataSync()[0] as number;
    expect(
      perplexity([
        [1, 0],
        [1, 0],
      ]),
    ).toBeCloseTo(1, 5);
    expect(
      perplexity([
        [1, 0],
        [0, 1],
        [-1, -1],
      ]),
    ).toBeCloseTo(3, 5);
  });

  it('has the loss of the paper', () => {
    const points = [0.5, 0.25, -3, 0];
    const nearest = [1, 0, -1, -1];
    const { loss } = makeQuantizer()(tf.tensor2d(points, [2, 2]), TRAINING);
    expect(loss.dataSync()[0]).toBeCloseTo(1.25 * meanSquare(points, nearest), 5);
  });

  it('passes gradients straight through, and those of the loss to inputs and embeddings', () => {
    const quantizer = makeQuantizer();
    const inputs = tf.variable(tf.tensor2d([[0.5, 0.25]]));
    const embedding = quantizer.embeddings as tf.Variable;
    const variables = [inputs, embedding];
    const weights = tf.tensor2d([[2, 3]]);
    const through = valueAndGrads(() => tf.sum(tf.mul(quantizer(inputs, TRAINING).quantize, weights)) as tf.Scalar, {
      variables,
    });
    expect(Object.values(through.grads).map((grad) => grad && valuesOf(grad))).toContainEqual([2, 3]);
    expect(through.grads['vq_layer/embedding']).toBeNull();
    const { grads } = valueAndGrads(() => quantizer(inputs, TRAINING).loss as tf.Scalar, { variables });
    // The embedding (1, 0) is drawn to the inputs with weight 1, the inputs to it with weight 0.25.
    expect(valuesOf(grads['vq_layer/embedding'] as tf.Tensor)).toEqual([0.5, 0, 0, -0.25, 0, 0]);
    expect(Object.values(grads).map((grad) => grad && valuesOf(grad))).toContainEqual([-0.125, 0.0625]);
    inputs.dispose();
  });

  it('makes its variable when it is constructed', () => {
    const quantizer = new VectorQuantizer(3, 5, 0.25);
    expect(quantizer.isConnected).toBe(false);
    expect(variableName(quantizer.embeddings as tf.Variable)).toBe('vq_layer/embedding');
    expect(Math.max(...valuesOf(quantizer.embeddings).map(Math.abs))).toBeLessThanOrEqual(1);
    quantizer(tf.ones([1, 3]), TRAINING);
    expect(quantizer.trainableVariables.map(variableName)).toEqual(['vq_layer/embedding']);
    expect(quantizer.nameScopes).toEqual(['vq_layer_1']);
  });

  it('looks embeddings up by index, before and after its first connection', () => {
    const quantizer = makeQuantizer();
    const indices = tf.tensor2d([[2, 0]], [1, 2], 'int32');
    expect(valuesOf(quantizer.quantize(indices))).toEqual([-1, -1, 1, 0]);
    quantizer(tf.ones([1, 2]), TRAINING);
    expect(quantizer.quantize(indices).shape).toEqual([1, 2, 2]);
  });

  it('follows a custom getter of the module around it', () => {
    const outer = new Module((inputs: tf.Tensor) => new VectorQuantizer(1, 1, 0.25)(inputs, TRAINING).quantize, {
      name: 'outer',
      customGetter: (getter, name, args) => tf.mul(getter(name, { ...args, initializer: initializers.ones() }), 3),
    });
    expect(valuesOf(outer(tf.zeros([1, 1])))).toEqual([3]);
    expect(valuesOf(outer(tf.zeros([1, 1])))).toEqual([3]);
  });

  it('learns its codebook', () => {
    const quantizer = makeQuantizer();
    const inputs = tf.tensor2d([
      [2, 0],
      [0, 3],
      [-2, -2],
    ]);
    const optimizer = tf.train.sgd(1);
    for (let step = 0; step < 40; step++) minimize(optimizer, () => quantizer(inputs, TRAINING).loss as tf.Scalar);
    valuesOf(quantizer.embeddings).forEach((x, i) => {
      expect(x).toBeCloseTo([2, 0, -2, 0, 3, -2][i] as number, 3);
    });
  });

  it('leaks nothing over 100 calls', () => {
    const quantizer = makeQuantizer();
    const inputs = tf.ones([3, 2]);
    tf.dispose({ ...quantizer(inputs, TRAINING) });
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) {
        const result = quantizer(inputs, TRAINING);
        quantizer.quantize(result.encodingIndices).dispose();
        tf.dispose({ ...result });
      }
    });
  });
});

describe('a VectorQuantizer refuses', () => {
  it.each([
    [0, 5, 0.25, 'embeddingDim must be a positive integer; got 0'],
    [3, 1.5, 0.25, 'numEmbeddings must be a positive integer; got 1.5'],
    [3, 5, Number.NaN, 'commitmentCost must be a finite number; got NaN'],
  ])('the arguments %d, %d and %d', (embeddingDim, numEmbeddings, commitmentCost, message) => {
    const make = () => new VectorQuantizer(embeddingDim, numEmbeddings, commitmentCost);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`VectorQuantizer: ${message}`);
    expect(new VectorQuantizer(1, 1, 1).scopeName).toBe('vq_layer');
  });

  it('inputs whose vectors have another size', () => {
    const quantizer = new VectorQuantizer(3, 5, 0.25);
    const message =
      'VectorQuantizer "vq_layer": the last dimension of inputs must be embeddingDim, 3; got 2 (inputs [4, 2]';
    expect(() => quantizer(tf.ones([4, 2]), TRAINING)).toThrow(ValueError);
    expect(() => quantizer(tf.ones([4, 2]), TRAINING)).toThrow(message);
    expect(quantizer.isConnected).toBe(false);
  });

  it('inputs that are not float32', () => {
    expect(() => new VectorQuantizer(3, 5, 0.25)(tf.ones([4, 3], 'int32'), TRAINING)).toThrow(
      'must be float32; got int32',
    );
  });

  it('a call that does not say whether it is training', () => {
    const quantizer = new VectorQuantizer(3, 5, 0.25) as unknown as (inputs: tf.Tensor) => object;
    expect(() => quantizer(tf.ones([4, 3]))).toThrow('VectorQuantizer "vq_layer": isTraining');
  });

  it('a name of its variable that is taken', () => {
    getVariable('vq/embedding', { shape: [1] });
    expect(() => new VectorQuantizer(3, 5, 0.25, { name: 'vq' })).toThrow(ValueError);
  });
});
