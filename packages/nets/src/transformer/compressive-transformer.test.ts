import {
  IncompatibleShapeError,
  minimize,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { CompressiveTransformer } from './compressive-transformer.ts';
import { PoolCompressor } from './pool-compressor.ts';
import { CompressedMemoryState } from './states.ts';

const TESTING = { isTraining: false };
const CONFIG = { valueSize: 4, numHeads: 2, numLayers: 2, mlpHiddenSizes: [6] };
const POOLED = { compressionCtor: PoolCompressor, name: 'pooled' };
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const sample = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + shape.length)),
    shape,
  );
/** Some steps of a memory [1, steps, 8]. */
const steps = (tensor: tf.Tensor | undefined, begin: number, size: number): number[] =>
  valuesOf(tf.slice(tensor as tf.Tensor, [0, begin, 0], [1, size, 8]));

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a CompressiveTransformer', () => {
  it('compresses what leaves its memory', () => {
    const core = new CompressiveTransformer(CONFIG, 4, 4, 3, POOLED);
    const [, one] = core(sample(1, 4, 5), core.initialState(1), TESTING);
    const [output, two] = core(tf.neg(sample(1, 4, 5)), one, TESTING);
    expect(output.shape).toEqual([1, 4, 8]);
    for (const layer of [0, 1]) {
      const episodic = one[layer]?.episodicMemory as tf.Tensor;
      const pairs = tf.mean(tf.reshape(episodic, [1, 2, 2, 8]), 2);
      expect(steps(two[layer]?.compressedMemory, 0, 1).every((x) => x === 0)).toBe(true);
      steps(two[layer]?.compressedMemory, 1, 2).forEach((x, i) => {
        expect(x).toBeCloseTo(valuesOf(pairs)[i] as number, 5);
      });
      expect(valuesOf(two[layer]?.index as tf.Tensor)).toEqual([2]);
    }
  });

  it('compresses single steps once in compressionRate calls', () => {
    const core = new CompressiveTransformer({ ...CONFIG, numLayers: 1 }, 1, 4, 2, { ...POOLED, compressionRate: 3 });
    let state: CompressedMemoryState[] = core.initialState(1);
    const compressed: number[][] = [];
    for (let i = 0; i < 7; i++) {
      const [output, next] = core(tf.fill([1, 5], i), state, TESTING);
      expect(output.shape).toEqual([1, 8]);
      compressed.push(steps(next[0]?.compressedMemory, 1, 1));
      state = next;
    }
    const changes = compressed.map((values, i) => i > 0 && `${values}` !== `${compressed[i - 1]}`);
    expect(changes).toEqual([false, false, false, false, false, true, false]);
    // By the sixth call, three steps have come in after the first three: the two empty slots and the first input leave.
    expect(valuesOf(state[0]?.index as tf.Tensor)).toEqual([7]);
  });

  it('attends to both memories', () => {
    const core = new CompressiveTransformer(CONFIG, 2, 4, 3);
    const state = core.initialState(1);
    const inputs = sample(1, 2, 5);
    const [output] = core(inputs, state, TESTING);
    const changed = state.map(
      ({ episodicMemory, index }) => new CompressedMemoryState(episodicMemory, tf.ones([1, 3, 8]), index),
    );
    const [other] = core(inputs, changed, TESTING);
    expect(valuesOf(other)).not.toEqual(valuesOf(output));
  });

  it('has a compressor for each layer', () => {
    const core = new CompressiveTransformer(CONFIG, 2, 4, 3);
    core(sample(1, 2, 5), core.initialState(1), TESTING);
    core(sample(1, 2, 5), core.initialState(1), TESTING);
    const names = core.getVariables().map(variableName);
    expect(names.slice(-2)).toEqual([
      'compressive_transformer/conv_compressor/conv_1d/w',
      'compressive_transformer/conv_compressor_1/conv_1d/w',
    ]);
    expect(names[0]).toBe('compressive_transformer/mlp/linear_0/w');
    expect(core.nameScopes).toEqual(['compressive_transformer', 'compressive_transformer_1']);
  });

  it('gives options to its compressors', () => {
    const core = new CompressiveTransformer(CONFIG, 2, 4, 3, {
      compressionConfig: { kernelSize: 1, name: 'squeeze' },
      compressionRate: 1,
    });
    core(sample(1, 2, 5), core.initialState(1), TESTING);
    const squeeze = core.variables.find((variable) => variableName(variable).includes('squeeze/'));
    expect(squeeze?.shape).toEqual([2, 8, 8]);
  });

  it('says the sizes of its state and output', () => {
    const core = new CompressiveTransformer({ ...CONFIG, outputSize: 3 }, 2, 4, 5);
    expect(core.stateSize.map((size) => [...size])).toEqual([
      [[4, 8], [5, 8], [1]],
      [[4, 8], [5, 8], [1]],
    ]);
    expect(core.outputSize).toEqual([2, 3]);
    const [state] = core.initialState(3);
    expect(state).toBeInstanceOf(CompressedMemoryState);
    expect([...(state as CompressedMemoryState)].map(({ shape }) => shape)).toEqual([
      [3, 4, 8],
      [3, 5, 8],
      [3, 1],
    ]);
  });

  it('leaks nothing over 100 calls', () => {
    const core = new CompressiveTransformer({ ...CONFIG, numLayers: 1 }, 2, 4, 3, { exportStats: true });
    const inputs = sample(1, 2, 5);
    let state = core.initialState(1);
    const call = (): void => {
      const [[output, stats], next] = core(inputs, state);
      tf.dispose([output, stats.compressionLoss, ...state.flatMap((memory) => [...memory])]);
      state = next;
    };
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  });
});

describe('the loss of a CompressiveTransformer', () => {
  const make = () => new CompressiveTransformer(CONFIG, 4, 4, 3, { exportStats: true });

  it('teaches the compressors, and nothing else', () => {
    const core = make();
    const [, state] = core(sample(1, 4, 5), core.initialState(1), TESTING);
    const { grads, value } = valueAndGrads(() => {
      const [[, { compressionLoss }]] = core(sample(1, 4, 5), state, TESTING);
      return compressionLoss as tf.Scalar;
    });
    expect(valuesOf(value)[0]).toBeGreaterThan(0);
    expect(Object.keys(grads).filter((name) => grads[name] !== null)).toEqual([
      'compressive_transformer/conv_compressor/conv_1d/w',
      'compressive_transformer/conv_compressor_1/conv_1d/w',
    ]);
  });

  it('goes down', () => {
    const core = make();
    const [, state] = core(sample(1, 4, 5), core.initialState(1), TESTING);
    const loss = (): tf.Scalar => core(sample(1, 4, 5), state, TESTING)[0][1].compressionLoss as tf.Scalar;
    const [before = 0] = valuesOf(loss());
    const optimizer = tf.train.adam(0.01);
    for (let step = 0; step < 30; step++) minimize(optimizer, loss);
    expect(valuesOf(loss())[0]).toBeLessThan(before / 2);
  });

  it('is zero where the compressors have none, or have nothing to do', () => {
    const pooled = new CompressiveTransformer(CONFIG, 2, 4, 3, { ...POOLED, exportStats: true });
    const [[, { compressionLoss }]] = pooled(sample(1, 2, 5), pooled.initialState(1), TESTING);
    expect(valuesOf(compressionLoss)).toEqual([0]);
    const single = new CompressiveTransformer(CONFIG, 1, 4, 3, { exportStats: true });
    const memory = new CompressedMemoryState(sample(1, 4, 8), sample(1, 3, 8), tf.zeros([1, 1]));
    const lossAt = (index: number): number => {
      const state = new CompressedMemoryState(memory.episodicMemory, memory.compressedMemory, tf.fill([1, 1], index));
      const [[, stats]] = single(sample(1, 5), [state, state], TESTING);
      return valuesOf(stats.compressionLoss)[0] as number;
    };
    expect(lossAt(0)).toBe(0);
    expect(lossAt(1)).toBeGreaterThan(0);
  });
});

describe('a CompressiveTransformer refuses', () => {
  it.each<[unknown[], string]>([
    [[CONFIG, 0, 4, 3], 'chunkSize must be a positive integer; got 0'],
    [[CONFIG, 2, 0, 3], 'episodicMemorySize must be a positive integer; got 0'],
    [[CONFIG, 2, 4, 0], 'compressedMemorySize must be a positive integer; got 0'],
    [[CONFIG, 2, 4, 3, { compressionRate: 1.5 }], 'compressionRate must be a positive integer; got 1.5'],
    [[CONFIG, 2, 4, 3, { compressionRate: 3 }], 'chunkSize must be 1, or at least compressionRate, 3; got 2'],
    [[{ ...CONFIG, numHeads: 0 }, 2, 4, 3], 'numHeads must be a positive integer; got 0'],
  ])('the arguments %j', (args, message) => {
    const make = () => new CompressiveTransformer(...(args as ConstructorParameters<typeof CompressiveTransformer>));
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`CompressiveTransformer: ${message}`);
    expect(new CompressiveTransformer(CONFIG, 2, 2, 2).scopeName).toBe('compressive_transformer');
  });

  it('chunks that leave too little to compress', () => {
    const core = new CompressiveTransformer(CONFIG, 4, 4, 3, { compressionRate: 4 });
    expect(() => core(sample(1, 3, 5), core.initialState(1))).toThrow(IncompatibleShapeError);
    expect(() => core(sample(1, 3, 5), core.initialState(1))).toThrow('chunks of 3 steps leave 3 to compress');
  });

  it('inputs of another rank, and a state that is none', () => {
    const core = new CompressiveTransformer(CONFIG, 2, 4, 3);
    expect(() => core(sample(5), core.initialState(1))).toThrow(IncompatibleShapeError);
    expect(() => core(sample(1, 2, 5), [])).toThrow('each of the 2 layers; got 0');
  });
});
