import { IncompatibleShapeError, resetDefaultGraph, ValueError, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { TransformerXL } from './transformer-xl.ts';

const TESTING = { isTraining: false };
const CONFIG = { valueSize: 4, numHeads: 2, numLayers: 2, mlpHiddenSizes: [6] };
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const sample = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + shape.length)),
    shape,
  );

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a TransformerXL', () => {
  it('remembers the latest inputs of its layers', () => {
    const core = new TransformerXL(CONFIG, 5, 3);
    const [first, second] = [sample(2, 3, 4), tf.neg(sample(2, 3, 4))];
    const [, afterOne] = core(first, core.initialState(2), TESTING);
    const [, afterTwo] = core(second, afterOne, TESTING);
    expect(afterOne.map(({ shape }) => shape)).toEqual([
      [2, 5, 8],
      [2, 5, 8],
    ]);
    const part = (tensor: tf.Tensor | undefined, begin: number, size: number): number[] =>
      valuesOf(tf.slice(tensor as tf.Tensor, [0, begin, 0], [2, size, 8]));
    expect(new Set(part(afterOne[0], 0, 2))).toEqual(new Set([0]));
    expect(part(afterTwo[0], 0, 2)).toEqual(part(afterOne[0], 3, 2));
    expect(part(afterTwo[1], 0, 2)).toEqual(part(afterOne[1], 3, 2));
  });

  it('gives in chunks what it gives at once, where its memory reaches', () => {
    const core = new TransformerXL({ ...CONFIG, numLayers: 1 }, 6, 4);
    const [oldest, newest] = [sample(1, 2, 8), tf.neg(sample(1, 4, 8))];
    const [first, second] = [sample(1, 2, 5), tf.neg(sample(1, 2, 5))];
    const [, next] = core(first, [tf.concat([oldest, newest], 1)], TESTING);
    const [inChunks] = core(second, next, TESTING);
    // At once with a memory that lacks what the chunks have forgotten.
    const [atOnce] = core(tf.concat([first, second], 1), [newest], TESTING);
    const difference = tf.sub(tf.slice(atOnce, [0, 2, 0], [1, 2, 8]), inChunks);
    expect(Math.max(...valuesOf(tf.abs(difference)))).toBeLessThan(1e-5);
  });

  it('names its variables', () => {
    const core = new TransformerXL(CONFIG, 2, 3);
    core(sample(1, 3, 8), core.initialState(1), TESTING);
    const names = core.getVariables().map(variableName);
    expect(names.slice(0, 3)).toEqual([
      'transformer_xl/mlp/linear_0/w',
      'transformer_xl/mlp/linear_0/b',
      'transformer_xl/transformer_tower/layer_0/residual_dropout_wrapper/layer_norm/gamma',
    ]);
    expect(names).toHaveLength(34);
    expect(core.nameScopes).toEqual(['transformer_xl']);
  });

  it('says the sizes of its state and output', () => {
    const core = new TransformerXL({ ...CONFIG, outputSize: 3 }, 5, 4);
    expect(core.stateSize).toEqual([
      [5, 8],
      [5, 8],
    ]);
    expect(core.outputSize).toEqual([4, 3]);
    expect(new TransformerXL(CONFIG, 5, 1).outputSize).toEqual([8]);
    expect(core(sample(1, 4, 2), core.initialState(1), TESTING)[0].shape).toEqual([1, 4, 3]);
  });

  it('begins with zeros', () => {
    const core = new TransformerXL(CONFIG, 5, 3);
    const state = core.initialState(2);
    expect(state.map(({ shape }) => shape)).toEqual([
      [2, 5, 8],
      [2, 5, 8],
    ]);
    expect(valuesOf(tf.addN(state)).every((x) => x === 0)).toBe(true);
    expect(core.zeroState(1).map(({ shape }) => shape)).toEqual([
      [1, 5, 8],
      [1, 5, 8],
    ]);
  });

  it('takes single steps', () => {
    const core = new TransformerXL(CONFIG, 3, 1);
    const step = sample(2, 5);
    const [alone, next] = core(step, core.initialState(2), TESTING);
    const [asChunk] = core(tf.expandDims(step, 1), core.initialState(2), TESTING);
    expect(alone.shape).toEqual([2, 8]);
    expect(valuesOf(alone)).toEqual(valuesOf(asChunk));
    expect(next[0]?.shape).toEqual([2, 3, 8]);
  });

  it('may have no memory', () => {
    const core = new TransformerXL(CONFIG, 0, 3);
    const state = core.initialState(1);
    const [output, next] = core(sample(1, 3, 8), state, TESTING);
    expect(output.shape).toEqual([1, 3, 8]);
    expect(next.map(({ shape }) => shape)).toEqual([
      [1, 0, 8],
      [1, 0, 8],
    ]);
    expect(next[0]).not.toBe(state[0]);
  });

  it('drops in training', () => {
    const core = new TransformerXL({ ...CONFIG, dropoutRate: 0.5 }, 2, 3);
    const state = core.initialState(1);
    const run = (options: object): number[] => valuesOf(core(sample(1, 3, 8), state, options)[0]);
    expect(run(TESTING)).toEqual(run(TESTING));
    expect(run({})).not.toEqual(run({}));
  });

  it('takes a condition and other inputs for its last layer', () => {
    const core = new TransformerXL({ ...CONFIG, causal: false }, 2, 3);
    const options = { ...TESTING, condition: sample(1, 2), finalLayerKeyInputs: sample(1, 3, 8) };
    expect(core(sample(1, 3, 8), core.initialState(1), options)[0].shape).toEqual([1, 3, 8]);
  });

  it('has gradients by its variables and its state', () => {
    const core = new TransformerXL(CONFIG, 2, 3);
    const memory = tf.variable(sample(1, 2, 8), true, 'memory');
    const { grads } = valueAndGrads(() => {
      const [output] = core(sample(1, 3, 8), [memory, memory], TESTING);
      return tf.sum(tf.square(output)) as tf.Scalar;
    });
    expect(Object.values(grads).every((grad) => grad !== null)).toBe(true);
    memory.dispose();
  });

  it('leaks nothing over 100 calls', () => {
    const core = new TransformerXL(CONFIG, 4, 3);
    const inputs = sample(1, 3, 5);
    let state = core.initialState(1);
    const call = (): void => {
      const [output, next] = core(inputs, state);
      tf.dispose([output, state]);
      state = next;
    };
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  });
});

describe('a TransformerXL refuses', () => {
  it.each<[unknown[], string]>([
    [[CONFIG, -1, 3], 'memorySize must be an integer of at least 0; got -1'],
    [[CONFIG, 2, 0], 'chunkSize must be a positive integer; got 0'],
    [[{ ...CONFIG, numLayers: 0 }, 2, 3], 'numLayers must be a positive integer; got 0'],
    [[{ ...CONFIG, valueSize: 3, numHeads: 1 }, 2, 3], 'must be even'],
  ])('the arguments %j', (args, message) => {
    const make = (): TransformerXL => new TransformerXL(...(args as ConstructorParameters<typeof TransformerXL>));
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
    expect(new TransformerXL(CONFIG, 1, 1).scopeName).toBe('transformer_xl');
  });

  it('inputs of another rank', () => {
    const core = new TransformerXL(CONFIG, 2, 3);
    expect(() => core(sample(8), core.initialState(1))).toThrow(IncompatibleShapeError);
    expect(() => core(sample(8), core.initialState(1))).toThrow('TransformerXL "transformer_xl"');
  });

  it('a state that is none', () => {
    const core = new TransformerXL(CONFIG, 2, 3);
    const message = 'the state must have one item for each of the 2 layers; got';
    expect(() => core(sample(1, 3, 8), [])).toThrow(ValueError);
    expect(() => core(sample(1, 3, 8), [sample(1, 2, 8)])).toThrow(`${message} 1`);
    expect(() => core(sample(1, 3, 8), undefined as unknown as tf.Tensor[])).toThrow(`${message} undefined`);
    expect(() => core.initialState(0)).toThrow('batchSize must be a positive integer; got 0');
  });
});
