import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { benchModels } from '../steps.ts';
import { loadStockTfjsNode } from '../stock/stock-tfjs-node.ts';
import { compareNative } from './compare.ts';

const from = preparedTensorFlow('cpu');

// The run's closing note says when this is left out.
describe.runIf(from !== undefined)('on TensorFlow', () => {
  it('measures the same training everywhere, each column on its own backend', async () => {
    const models = benchModels.filter(({ name }) => name === 'mlp');
    const { facts, models: results } = await compareNative({ from: from ?? '', models, rounds: 2, sampleMs: 1 });
    expect(facts).toEqual({ packageName: '@tensorflow/tfjs-node', tensorflow: '2.15.1', threads: expect.any(Number) });
    const [mlp] = results;
    expect(mlp?.timings.map(({ name }) => name)).toEqual([
      'node, raw ops',
      'node, modules',
      'stock tfjs-node',
      'wasm, raw ops',
      'wasm, modules',
      'stock tfjs on wasm',
    ]);
    expect(mlp?.loss).toBeGreaterThan(0);
  });

  it('has a stock tfjs-node with an engine, gradients and kernels of its own', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    await tf.setBackend('tensorflow');
    const stock = await loadStockTfjsNode(from ?? '', '@tensorflow/tfjs-node');
    expect(stock.engine()).not.toBe(tf.engine());
    expect(stock.getKernel('TanhGrad', 'tensorflow')).toBeUndefined();
    const before = tf.memory().numTensors;
    expect([
      ...stock
        .grad((x) => stock.square(x))(stock.tensor1d([3]))
        .dataSync(),
    ]).toEqual([6]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
