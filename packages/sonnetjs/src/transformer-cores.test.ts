import { nest, resetDefaultGraph, ValueError, valueAndGrads } from '@sonnetjs/core';
import { CompressedMemoryState, CompressiveTransformer, TransformerXL } from '@sonnetjs/nets';
import {
  BidirectionalRNN,
  CoreWithExtraBuildArgs,
  DeepRNN,
  dynamicRnn,
  GRU,
  LSTM,
  type LSTMState,
  ResidualCore,
  RNNCore,
  SkipConnectionCore,
  staticRnn,
} from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';

// The transformers with a memory are recurrent cores of a package that does not know of RNNCore.

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

const CONFIG = { valueSize: 4, numHeads: 2, numLayers: 2, mlpHiddenSizes: [6] };
const TESTING = { isTraining: false };

/** Chunks of sequences: [batch, chunks, steps, size]. */
function chunks(...shape: number[]): tf.Tensor {
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i));
  return tf.tensor(values, shape);
}

function maxDifference(a: unknown, b: unknown): number {
  const [x, y] = [a, b].map((structure) => nest.flatten(structure) as tf.Tensor[]) as [tf.Tensor[], tf.Tensor[]];
  expect(x.map(({ shape }) => shape)).toEqual(y.map(({ shape }) => shape));
  return Math.max(...x.map((leaf, i) => tf.max(tf.abs(tf.sub(leaf, y[i] as tf.Tensor))).dataSync()[0] ?? Number.NaN));
}

const cores = {
  TransformerXL: () => new TransformerXL(CONFIG, 5, 3),
  CompressiveTransformer: () => new CompressiveTransformer(CONFIG, 3, 4, 2),
};

describe.each(Object.entries(cores))('%s as a core', (_, make) => {
  const outputSize = [3, 8];

  it('is unrolled over the chunks of a sequence, with its options', () => {
    const core = make() as TransformerXL;
    const inputs = chunks(2, 4, 3, 8);
    const testing = new CoreWithExtraBuildArgs(core, TESTING);
    const [outputs, state] = dynamicRnn(testing, inputs);
    expect(outputs.shape).toEqual([2, 4, ...outputSize]);
    let expected = core.initialState(2);
    const steps = tf.unstack(inputs, 1).map((chunk) => {
      const [output, next] = core(chunk, expected, TESTING);
      expected = next;
      return output;
    });
    expect(maxDifference([outputs, state], [tf.stack(steps, 1), expected])).toBeLessThan(1e-5);
    const [unrolled, last] = staticRnn(testing, tf.unstack(inputs, 1));
    expect(maxDifference([tf.stack(unrolled, 1), last], [outputs, state])).toBeLessThan(1e-5);
  });

  it('ends each row at its own chunk', () => {
    const core = make() as TransformerXL;
    const inputs = chunks(2, 3, 3, 8);
    const testing = new CoreWithExtraBuildArgs(core, TESTING);
    const [outputs] = dynamicRnn(testing, inputs, { sequenceLength: [3, 1] });
    const [all] = dynamicRnn(testing, inputs);
    const first = (tensor: tf.Tensor) => tf.slice(tensor, [1, 0, 0, 0], [1, 1, ...outputSize]);
    expect(maxDifference(first(outputs), first(all))).toBeLessThan(1e-6);
    expect(tf.max(tf.abs(tf.slice(outputs, [1, 1, 0, 0]))).dataSync()[0]).toBe(0);
  });

  it('stands in stacks and wrappers', () => {
    const core = make() as TransformerXL;
    const deep = new DeepRNN([new ResidualCore(core), new SkipConnectionCore(make() as TransformerXL)], {
      skipConnections: false,
    });
    const [outputs, states] = dynamicRnn(deep, chunks(1, 2, 3, 8));
    expect(outputs.shape).toEqual([1, 2, 3, 16]);
    expect(states).toHaveLength(2);
    expect(deep.initialState(1)).toHaveLength(2);
  });

  it('has gradients through all chunks', () => {
    const testing = new CoreWithExtraBuildArgs(make() as TransformerXL, TESTING);
    const { grads } = valueAndGrads(() => tf.sum(dynamicRnn(testing, chunks(1, 2, 3, 8))[0]));
    expect(Object.values(grads).filter((gradient) => gradient !== null).length).toBeGreaterThan(20);
  });
});

describe('a core by its structure', () => {
  it('keeps its types', () => {
    const deep = new DeepRNN([new CompressiveTransformer(CONFIG, 1, 4, 2), new LSTM(3)]);
    const [first, second] = deep.initialState(2);
    expectTypeOf(first).toEqualTypeOf<CompressedMemoryState[]>();
    expectTypeOf(second).toEqualTypeOf<LSTMState>();
    expect(first[0]).toBeInstanceOf(CompressedMemoryState);
    expect(deep.outputSize).toEqual([11]);
    const [output] = dynamicRnn(new TransformerXL(CONFIG, 5, 1), chunks(2, 3, 4));
    expectTypeOf(output).toEqualTypeOf<tf.Tensor>();
    expect(output.shape).toEqual([2, 3, 8]);
  });

  it('is no module that has only sizes', () => {
    const both = new BidirectionalRNN(new GRU(2), new GRU(2));
    expect(both).not.toBeInstanceOf(RNNCore);
    expect(() => new DeepRNN([both as never, new GRU(2)])).toThrow(ValueError);
    expect(() => dynamicRnn(both as never, tf.ones([1, 2, 3]))).toThrow('expected a recurrent core');
  });
});
