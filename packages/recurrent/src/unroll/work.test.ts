import { resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AnyCore,
  BatchNormLSTM,
  BidirectionalRNN,
  bidirectionalDynamicRnn,
  Conv1DLSTM,
  Conv2DLSTM,
  ConvLSTM,
  DeepRNN,
  dynamicRnn,
  GRU,
  HighwayCore,
  LSTM,
  LSTMBlockCell,
  RecurrentDropoutWrapper,
  RelationalMemory,
  ResidualCore,
  SkipConnectionCore,
  VanillaRNN,
  ZoneoutWrapper,
} from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** Unrolls any core. */
function unroll(core: AnyCore, inputs: tf.Tensor): [tf.Tensor, unknown] {
  return dynamicRnn(core as never, inputs as never) as [tf.Tensor, unknown];
}

/** How often a kernel runs in a function. */
async function count(kernel: string, fn: () => unknown): Promise<number> {
  const { kernels } = await tf.profile(fn as () => tf.TensorContainer);
  return countIn(kernels, kernel);
}

function countIn(kernels: readonly { readonly name: string }[], kernel: string): number {
  return kernels.filter(({ name }) => name === kernel).length;
}

const STEPS = 100;
const batchNorm = { useBatchNormX: true, useBatchNormC: true, usePeepholes: true };

/** Each core, the products of a step that depend on its state, and those that do not and are so computed only once. */
const products: [name: string, make: () => AnyCore, perStep: number, once: number][] = [
  ['VanillaRNN', () => new VanillaRNN(3), 1, 1],
  ['LSTM', () => new LSTM(3), 1, 1],
  ['LSTM with normalization and projection', () => new LSTM(3, { useLayerNorm: true, projectionSize: 2 }), 2, 1],
  ['LSTMBlockCell', () => new LSTMBlockCell(3, { usePeephole: true }), 1, 1],
  ['BatchNormLSTM', () => new BatchNormLSTM(3, batchNorm).withBatchNormControl({ isTraining: true }), 1, 1],
  ['BatchNormLSTM (cell)', () => cellNorm().withBatchNormControl({ isTraining: true }), 1, 1],
  ['GRU', () => new GRU(3), 3, 1],
  ['HighwayCore', () => new HighwayCore(3, 2), 4, 1],
  ['DeepRNN', () => new DeepRNN([new LSTM(2), new LSTM(2)]), 2, 2],
  ['DeepRNN with layers', () => new DeepRNN([new Linear(2), new GRU(2)], { skipConnections: false }), 3, 2],
  ['ResidualCore', () => new ResidualCore(new LSTM(3)), 1, 1],
  ['SkipConnectionCore', () => new SkipConnectionCore(new LSTM(3)), 1, 1],
  ['RecurrentDropoutWrapper', () => new RecurrentDropoutWrapper(new LSTM(3), { hidden: 0.5, cell: null }), 1, 1],
  ['ZoneoutWrapper', () => new ZoneoutWrapper(new LSTM(3), [0.5, 0.5], { isTraining: true }), 1, 1],
];

function cellNorm(): BatchNormLSTM {
  return new BatchNormLSTM(3, { useBatchNormH: false, useBatchNormC: true });
}

describe.each(products)('unrolling %s', (_, make, perStep, once) => {
  it('computes in one product what comes from the inputs of all steps', async () => {
    const [core, inputs] = [make(), tf.ones([2, STEPS, 3])];
    unroll(core, inputs);
    expect(await count('BatchMatMul', () => unroll(core, inputs))).toBe(perStep * STEPS + once);
  });

  it('does so with a gradient as well', async () => {
    const [core, inputs] = [make(), tf.ones([2, STEPS, 3])];
    unroll(core, inputs);
    let forward = 0;
    await tf.profile(() => {
      const { value, grads } = valueAndGrads(() => {
        const loss = tf.sum(unroll(core, inputs)[0]);
        forward = countIn(tf.engine().state.activeProfile.kernels, 'BatchMatMul');
        return loss;
      });
      return { value, grads } as never;
    });
    expect(forward).toBe(perStep * STEPS + once);
  });
});

describe('unrolling RelationalMemory', () => {
  it('maps the inputs of all steps at once, for the memory and for its gates', async () => {
    const per = async (steps: number): Promise<number> => {
      const [core, inputs] = [new RelationalMemory(2, 3), tf.ones([2, steps, 3])];
      unroll(core, inputs);
      return count('BatchMatMul', () => unroll(core, inputs));
    };
    // Queries, keys and values; logits; what is read; two layers of the MLP; the memory for the gates.
    expect(await per(10)).toBe(2 + 6 * 10);
  });
});

describe('unrolling a convolutional LSTM', () => {
  it.each<[string, () => AnyCore, number[], string]>([
    ['Conv1DLSTM', () => new Conv1DLSTM({ inputShape: [4, 1], outputChannels: 2, kernelShape: 3 }), [4, 1], 'Conv2D'],
    [
      'Conv2DLSTM',
      () => new Conv2DLSTM({ inputShape: [3, 3, 1], outputChannels: 2, kernelShape: 3 }),
      [3, 3, 1],
      'Conv2D',
    ],
    ['ConvLSTM', () => new ConvLSTM(3, [2, 2, 2, 1], 1, 2), [2, 2, 2, 1], 'Conv3D'],
  ])('convolves the inputs of all steps at once: %s', async (_, make, shape, kernel) => {
    const [core, inputs] = [make(), tf.ones([2, 10, ...shape])];
    expect(await count(kernel, () => unroll(core, inputs))).toBe(1 + 10);
  });
});

describe('unrolling in both directions', () => {
  it('computes in one product for each core what comes from the inputs', async () => {
    const [fw, bw, inputs] = [new LSTM(2), new GRU(2), tf.ones([2, STEPS, 3])];
    expect(await count('BatchMatMul', () => bidirectionalDynamicRnn(fw, bw, inputs))).toBe(2 + 4 * STEPS);
    const both = new BidirectionalRNN(fw, bw);
    const byTime = tf.ones([STEPS, 2, 3]);
    expect(await count('BatchMatMul', () => both(byTime, both.initialState(2)))).toBe(2 + 4 * STEPS);
  });
});
