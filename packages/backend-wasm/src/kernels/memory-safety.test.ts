import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

/**
 * Tensors with gaps between them, of the size that the results under test have: what a kernel writes beside its result is seen in
 * them.
 */
class Guards {
  readonly #kept: tf.Tensor[] = [];

  constructor(shape: number[], dtype: 'float32' | 'int32' | 'bool') {
    const value = dtype === 'bool' ? 1 : 7;
    const all = Array.from({ length: 60 }, () => tf.fill(shape, value, dtype));
    for (const [i, guard] of all.entries()) {
      if (i % 2 === 0) this.#kept.push(guard);
      else guard.dispose();
    }
  }

  /** Whether all are as they were; they are gone then. */
  areIntact(): boolean {
    const intact = this.#kept.every((guard) => {
      const value = guard.dtype === 'bool' ? 1 : 7;
      return guard.dataSync().every((element) => element === value);
    });
    tf.dispose(this.#kept);
    return intact;
  }
}

/** Numbers of elements around vectors and turns of loops. */
const sizes = [0, 1, 2, 3, 4, 5, 7, 15, 16, 17, 31, 33, 65];

type Run = (x: tf.Tensor, truths: tf.Tensor) => tf.Tensor | tf.Tensor[];

/** Kernels by what they do with a vector of so many elements and as many truth values. */
const kernels: Readonly<Record<string, Run>> = {
  exp: (x) => tf.exp(x),
  log1p: (x) => tf.log1p(x),
  sin: (x) => tf.sin(x),
  relu6: (x) => tf.relu6(x),
  clipByValue: (x) => tf.clipByValue(x, -1, 1),
  pow: (x) => tf.pow(x, x),
  maximum: (x) => tf.maximum(x, x),
  'maximum of a row and a column': (x) => tf.maximum(tf.reshape(x, [1, -1]), tf.reshape(x, [-1, 1])),
  greater: (x) => tf.greater(x, x),
  isNaN: (x) => tf.isNaN(x),
  'cast to int32': (x) => tf.cast(x, 'int32'),
  'cast to bool': (x) => tf.cast(x, 'bool'),
  logicalAnd: (_, truths) => tf.logicalAnd(truths, truths),
  logicalNot: (_, truths) => tf.logicalNot(truths),
  'where of numbers': (x, truths) => tf.where(truths, x, x),
  'where of truths': (_, truths) => tf.where(truths, truths, truths),
  softmax: (x) => tf.softmax(x),
  'softmax of columns': (x) => tf.softmax(tf.reshape(x, [-1, 1])),
  batchNorm: (x) => tf.batchNorm(tf.stack([x, x, x, x, x]), x, tf.abs(x)),
  'sum of rows': (x) => tf.sum(tf.stack([x, x, x]), 1),
  'sum of columns': (x) => tf.sum(tf.stack([x, x, x]), 0),
  'max of columns': (x) => tf.max(tf.stack([x, x, x]), 0),
  'max of many columns': (x) => tf.max(tf.reshape(tf.tile(x, [70]), [70, x.size]), 0),
  'argMin of many columns': (x) => tf.argMin(tf.reshape(tf.tile(x, [70]), [70, x.size]), 0),
  'argMax of rows': (x) => tf.argMax(tf.stack([x, x, x]), 1),
  'argMax of columns': (x) => tf.argMax(tf.stack([x, x, x]), 0),
  'all of columns': (_, truths) => tf.all(tf.stack([truths, truths]), 0),
  'any of rows': (_, truths) => tf.any(tf.stack([truths, truths]), 1),
  cumsum: (x) => tf.cumsum(x, 0, true, true),
  'cumsum of columns': (x) => tf.cumsum(tf.stack([x, x, x]), 0),
  transpose: (x) => tf.transpose(tf.stack([x, x, x])),
  reverse: (x) => tf.reverse(x),
  'reverse of truths': (_, truths) => tf.reverse(truths),
  depthToSpace: (x) => tf.depthToSpace(tf.reshape(tf.stack([x, x, x, x]), [1, 1, x.size, 4]) as tf.Tensor4D, 2),
  tile: (x) => tf.tile(x, [3]),
  'concat of columns': (x) => tf.concat([tf.stack([x, x]), tf.stack([x, x])], 1),
  unstack: (x) => tf.unstack(tf.stack([x, x], 1), 1),
  split: (x) => tf.split(tf.stack([x, x], 1), 2, 1),
  slice: (x) => tf.slice(x, [Math.min(1, x.size)], [-1]),
  stridedSlice: (x) => tf.stridedSlice(x, [0], [x.size], [2]),
  gather: (x) => tf.gather(tf.stack([x, x]), [1, 0, 1]),
  unsortedSegmentSum: (x) => tf.unsortedSegmentSum(tf.stack([x, x, x]), tf.tensor1d([1, 0, 1], 'int32'), 2),
  oneHot: (x) => tf.oneHot(tf.zeros([3], 'int32'), Math.max(2, x.size)),
  avgPool: (x) => tf.avgPool(tf.reshape(x, [1, 1, 1, x.size]) as tf.Tensor4D, 2, 1, 1),
  localResponseNormalization: (x) => tf.localResponseNormalization(tf.reshape(x, [1, 1, 1, x.size]) as tf.Tensor4D),
  'conv2d from one channel': (x) => convolve(tf.reshape(x, [1, 1, -1, 1]), 8),
  'conv2d to one channel': (x) => convolve(tf.reshape(tf.stack(Array(8).fill(x), 1), [1, 1, -1, 8]), 1),
  'filter gradient of conv2d': (x) => {
    const dy = convolve(tf.reshape(x, [1, 1, -1, 1]), 8);
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 1, 8] };
    return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x: tf.reshape(x, [1, 1, -1, 1]), dy }, attrs) as tf.Tensor;
  },
};

function convolve(x: tf.Tensor, outChannels: number): tf.Tensor {
  const [channels = 1] = x.shape.slice(-1);
  return tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, channels, outChannels]), 1, 'same');
}

describe('kernels write their results and nothing else', () => {
  it.each(Object.entries(kernels))('%s', (_, run) => {
    for (const size of sizes) {
      tf.tidy(() => {
        const x = tf.fill([size], 0.5);
        const truths = tf.fill([size], 1, 'bool');
        const [sample] = [run(x, truths)].flat();
        const guards = new Guards(sample?.shape ?? [], (sample?.dtype ?? 'float32') as 'float32');
        for (let k = 0; k < 5; k++) run(x, truths);
        expect(guards.areIntact(), `${size} elements`).toBe(true);
        expect(x.dataSync().every((element) => element === 0.5)).toBe(true);
      });
    }
  });
});
