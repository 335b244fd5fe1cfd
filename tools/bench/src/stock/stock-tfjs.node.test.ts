import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { filledValues } from '../measuring/values.ts';
import { registerStockFilterGradient } from './filter-gradient.ts';
import { heapOf, loadStock } from './stock-tfjs.ts';

beforeAll(() => useBackend(wasm()));

it('has an engine, kernels and a heap of its own, and leaves ours alone', async () => {
  const kernel = tf.getKernel('Tanh', 'wasm');
  const before = tf.memory().numTensors;
  const stock = await loadStock('bundled');
  expect(heapOf(stock)).not.toBe(heapOf(tf));
  expect(stock.getKernel('Tanh', 'wasm')).not.toBe(kernel);
  expect(tf.getKernel('Tanh', 'wasm')).toBe(kernel);
  const tensor = stock.ones([3]);
  expect([stock.memory().numTensors, tf.memory().numTensors]).toEqual([1, before]);
  tensor.dispose();
});

it('has gradients when bundled, and none as plain node has it', async () => {
  const [bundled, node] = [await loadStock('bundled'), await loadStock('node')];
  expect([
    ...bundled
      .grad((x) => bundled.square(x))(bundled.tensor1d([3]))
      .dataSync(),
  ]).toEqual([6]);
  expect(node.getGradient('Square')).toBeUndefined();
});

it.each(['convolution', 'products'] as const)('gets the gradient by a filter from %s', async (composition) => {
  const stock = await loadStock('bundled');
  registerStockFilterGradient(stock, composition);
  const gradient = (library: typeof stock): number[] => {
    const x = library.tensor4d(filledValues(2 * 5 * 6 * 3), [2, 5, 6, 3]);
    const w = library.tensor4d(filledValues(3 * 3 * 3 * 4, { seed: 2 }), [3, 3, 3, 4]);
    const by = library.grad((filter: tf.Tensor) => library.conv2d(x, filter as tf.Tensor4D, 1, 'same'));
    return [...by(w).dataSync()];
  };
  gradient(stock).forEach((value, i, all) => {
    expect(value).toBeCloseTo(gradientOfOurs[i] ?? Number.NaN, 4);
    expect(all).toHaveLength(gradientOfOurs.length);
  });
});

const gradientOfOurs: number[] = [];
beforeAll(() => {
  const x = tf.tensor4d(filledValues(2 * 5 * 6 * 3), [2, 5, 6, 3]);
  const w = tf.tensor4d(filledValues(3 * 3 * 3 * 4, { seed: 2 }), [3, 3, 3, 4]);
  gradientOfOurs.push(
    ...tf
      .grad((filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'))(w)
      .dataSync(),
  );
});
