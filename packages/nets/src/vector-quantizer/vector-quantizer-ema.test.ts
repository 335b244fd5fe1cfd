import {
  customGetters,
  Graph,
  Module,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { VectorQuantizerEMA } from './vector-quantizer-ema.ts';

const TRAINING = { isTraining: true };
const TESTING = { isTraining: false };
const EPSILON = 1e-5;
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((x, i) => {
    expect(Math.abs(x - (expected[i] as number))).toBeLessThan(1e-4 * (1 + Math.abs(x)));
  });
}

/** A quantizer of numbers to 0 and 10. */
function makeQuantizer(decay = 0.5): VectorQuantizerEMA {
  const quantizer = new VectorQuantizerEMA(1, 2, 0.25, decay);
  (quantizer.embeddings as tf.Variable).assign(tf.tensor2d([[0, 10]]));
  return quantizer;
}

/** The codebook after some batches of numbers, computed as the averages are defined. */
function expectedCodebook(batches: readonly (readonly number[])[], decay: number): number[] {
  let codebook = [0, 10];
  const sizes = [0, 0];
  const sums = [0, 0];
  batches.forEach((batch, step) => {
    const unbias = 1 - decay ** (step + 1);
    const assigned = batch.map((x) =>
      Math.abs(x - (codebook[0] as number)) <= Math.abs(x - (codebook[1] as number)) ? 0 : 1,
    );
    for (const k of [0, 1] as const) {
      const members = batch.filter((_, i) => assigned[i] === k);
      sizes[k] = decay * (sizes[k] as number) + (1 - decay) * members.length;
      sums[k] = decay * (sums[k] as number) + (1 - decay) * members.reduce((sum, x) => sum + x, 0);
    }
    const total = ((sizes[0] as number) + (sizes[1] as number)) / unbias;
    codebook = codebook.map((_, k) => {
      const smoothed = (((sizes[k] as number) / unbias + EPSILON) / (total + 2 * EPSILON)) * total;
      return (sums[k] as number) / unbias / smoothed;
    });
  });
  return codebook;
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a VectorQuantizerEMA', () => {
  it('moves its embeddings to the averages of what they are used for', () => {
    const quantizer = makeQuantizer(0.8);
    const batches = [
      [1, 2, 9],
      [3, 12, 14, 20],
      [0, 1, 5, 30],
    ];
    batches.forEach((batch, i) => {
      quantizer(tf.tensor2d(batch, [batch.length, 1]), TRAINING);
      expectClose(valuesOf(quantizer.embeddings), expectedCodebook(batches.slice(0, i + 1), 0.8));
    });
  });

  it('quantizes by the embeddings from before the call', () => {
    const { quantize, loss } = makeQuantizer()(tf.tensor2d([[2], [7]]), TRAINING);
    expectClose(valuesOf(quantize), [0, 10]);
    expect(loss.dataSync()[0]).toBeCloseTo(0.25 * ((4 + 9) / 2), 5);
  });

  it('changes nothing without training', () => {
    const quantizer = makeQuantizer();
    quantizer(tf.tensor2d([[2], [7]]), TESTING);
    quantizer(tf.tensor2d([[2], [7]]), { isTraining: tf.scalar(false) });
    expect(valuesOf(quantizer.embeddings)).toEqual([0, 10]);
    expect(quantizer.variables).toHaveLength(3);
  });

  it('has trainable variables, and those without which averages would be biased', () => {
    const quantizer = new VectorQuantizerEMA(2, 3, 0.25, 0.9);
    quantizer(tf.ones([4, 2]), TRAINING);
    expect(quantizer.getVariables().map(variableName)).toEqual([
      'VectorQuantizerEMA/embedding',
      'VectorQuantizerEMA/ema_cluster_size',
      'VectorQuantizerEMA/ema_dw',
    ]);
    expect(quantizer.nonTrainableVariables.map(variableName)).toEqual([
      'VectorQuantizerEMA/VectorQuantizerEMA/ema_cluster_size/biased',
      'VectorQuantizerEMA/VectorQuantizerEMA/ema_cluster_size/local_step',
      'VectorQuantizerEMA/VectorQuantizerEMA/ema_dw/biased',
      'VectorQuantizerEMA/VectorQuantizerEMA/ema_dw/local_step',
    ]);
  });

  it('begins its averages with the codebook, but not as the same data', () => {
    const quantizer = new VectorQuantizerEMA(2, 3, 0.25, 0.9);
    quantizer(tf.ones([4, 2]), TESTING);
    const [, sums, embedding] = quantizer.variables as [tf.Variable, tf.Variable, tf.Variable];
    expect(variableName(embedding)).toBe('VectorQuantizerEMA/embedding');
    expect(valuesOf(sums)).toEqual(valuesOf(embedding));
    expect(sums.dataId).not.toBe(embedding.dataId);
  });

  it('may be connected for training after it was connected for testing', () => {
    const quantizer = makeQuantizer();
    quantizer(tf.tensor2d([[1]]), TESTING);
    quantizer(tf.tensor2d([[1], [9]]), TRAINING);
    expectClose(valuesOf(quantizer.embeddings), [1, 9]);
  });

  it('draws the inputs to their embeddings, and gives no gradient to its variables', () => {
    const quantizer = makeQuantizer();
    const inputs = tf.variable(tf.tensor2d([[2], [7]]), true, 'inputs');
    const { grads } = valueAndGrads(() => quantizer(inputs, TRAINING).loss as tf.Scalar, {
      variables: [inputs, quantizer.embeddings as tf.Variable],
    });
    expectClose(valuesOf(grads.inputs as tf.Tensor), [0.25 * 2, 0.25 * -3]);
    expect(grads['VectorQuantizerEMA/embedding']).toBeNull();
    expectClose(valuesOf(quantizer.embeddings), [2, 7]);
    inputs.dispose();
  });

  it('may be connected first inside tf.tidy', () => {
    const quantizer = makeQuantizer();
    tf.tidy(() => {
      quantizer(tf.tensor2d([[1], [9]]), TRAINING);
    });
    quantizer(tf.tensor2d([[1], [9]]), TRAINING);
    expectClose(valuesOf(quantizer.embeddings), [1, 9]);
  });

  it('gets its values back when the connection around it fails', () => {
    const quantizer = makeQuantizer();
    quantizer(tf.tensor2d([[1], [9]]), TRAINING);
    const failing = new Module(
      (inputs: tf.Tensor) => {
        quantizer(inputs, TRAINING);
        throw new ValueError('on purpose');
      },
      { name: 'failing' },
    );
    expect(() => failing(tf.tensor2d([[5], [6]]))).toThrow('on purpose');
    expectClose(valuesOf(quantizer.embeddings), [1, 9]);
  });

  it('looks embeddings up by index, before and after its first connection', () => {
    const quantizer = makeQuantizer();
    const indices = tf.tensor1d([1, 0, 1], 'int32');
    expect(valuesOf(quantizer.quantize(indices))).toEqual([10, 0, 10]);
    quantizer(tf.tensor2d([[1], [9]]), TRAINING);
    expectClose(valuesOf(quantizer.quantize(indices)), [9, 1, 9]);
  });

  it('has names of its own in each graph', () => {
    const names = (): string[] => {
      const quantizer = new VectorQuantizerEMA(1, 2, 0.25, 0.5, { name: 'vq' });
      quantizer(tf.ones([1, 1]), TRAINING);
      return quantizer.variables.map(variableName);
    };
    expect(new Graph().asDefault(names)).toEqual(new Graph().asDefault(names));
  });

  it('leaks nothing over 100 training calls, inside and outside of gradients', () => {
    const quantizer = makeQuantizer();
    const inputs = tf.variable(tf.tensor2d([[2], [7]]));
    const step = (): void => {
      tf.dispose({ ...quantizer(inputs, TRAINING) });
      const { value, grads } = valueAndGrads(() => quantizer(inputs, TRAINING).loss as tf.Scalar, {
        variables: [inputs],
      });
      tf.dispose([value, ...Object.values(grads).filter((grad) => grad !== null)]);
    };
    step();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) step();
    });
    inputs.dispose();
  });
});

describe('a VectorQuantizerEMA refuses', () => {
  it.each([
    [0, 4, 0.25, 0.9, 1e-5, 'embeddingDim must be a positive integer; got 0'],
    [2, -1, 0.25, 0.9, 1e-5, 'numEmbeddings must be a positive integer; got -1'],
    [2, 4, Number.POSITIVE_INFINITY, 0.9, 1e-5, 'commitmentCost must be a finite number; got Infinity'],
    [2, 4, 0.25, 1, 1e-5, 'decay must be at least 0 and below 1; got 1'],
    [2, 4, 0.25, -0.1, 1e-5, 'decay must be at least 0 and below 1; got -0.1'],
    [2, 4, 0.25, 0.9, Number.NaN, 'epsilon must be a finite number; got NaN'],
  ])('the arguments %d, %d, %d, %d and %d', (embeddingDim, numEmbeddings, commitmentCost, decay, epsilon, message) => {
    const make = () => new VectorQuantizerEMA(embeddingDim, numEmbeddings, commitmentCost, decay, { epsilon });
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`VectorQuantizerEMA: ${message}`);
    expect(new VectorQuantizerEMA(1, 1, 1, 0).scopeName).toBe('VectorQuantizerEMA');
  });

  it('inputs whose vectors have another size', () => {
    const quantizer = makeQuantizer();
    expect(() => quantizer(tf.ones([4, 3]), TRAINING)).toThrow(ValueError);
    expect(() => quantizer(tf.ones([4, 3]), TRAINING)).toThrow('VectorQuantizerEMA "VectorQuantizerEMA"');
    expect(() => quantizer.variables).toThrow(NotConnectedError);
  });

  it('a call that does not say whether it is training', () => {
    const quantizer = makeQuantizer() as unknown as (inputs: tf.Tensor) => object;
    expect(() => quantizer(tf.ones([1, 1]))).toThrow('isTraining');
  });

  it('to train what a custom getter has made of its variables', () => {
    const outer = new Module((inputs: tf.Tensor) => new VectorQuantizerEMA(1, 2, 0.25, 0.9)(inputs, TRAINING).loss, {
      name: 'outer',
      customGetter: customGetters.stopGradient,
    });
    expect(() => outer(tf.ones([1, 1]))).toThrow(TypeError);
  });
});
