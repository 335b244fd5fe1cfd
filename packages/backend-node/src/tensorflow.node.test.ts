import { cpu } from '@sonnetjs/backend-cpu';
import { minimize, useBackend } from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { installKernels } from './kernels/index.ts';
import { runningBackend } from './loading/load.ts';
import type { TensorFlowBackend } from './loading/tensorflow-backend.ts';
import { node } from './node.ts';

const from = preparedTensorFlow('cpu');

/** The number of tensors that TensorFlow itself holds. */
function nativeTensors(): number {
  return (tf.backend() as tf.KernelBackend & { getNumOfTFTensors(): number }).getNumOfTFTensors();
}

function numbers(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()];
}

/** What a function gives on the cpu backend, for what the parity suite does not compare. */
async function onCpu(compute: () => tf.Tensor[]): Promise<number[][]> {
  await useBackend(cpu());
  try {
    return tf.tidy(() => compute().map(numbers));
  } finally {
    await useBackend(node({ from }));
  }
}

// The run's closing note says when these are left out.
describe.runIf(from !== undefined)('on TensorFlow', () => {
  beforeAll(async () => {
    await useBackend(node({ from }));
  });

  it('computes there', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(numbers(tf.matMul([[1, 2]], [[3], [4]]))).toEqual([11]);
  });

  it('says what it can do', async () => {
    const { backend } = await useBackend(node({ from }));
    expect(backend.capabilities).toEqual({
      simd: true,
      threads: expect.any(Number),
      gpu: false,
      missingKernels: expect.any(Array),
    });
  });

  it('names exactly the kernels that an op would ask for in vain', async () => {
    // Kernels with a name in tfjs that no op ever asks for, or only where it is registered.
    const unused = [
      ...['BroadcastTo', 'FromPixels', 'LogSoftmax', 'LogicalXor', 'LowerBound', 'MatrixBandPart', 'Pool'],
      'UpperBound',
    ];
    const names = Object.entries(tf).flatMap(([key, value]) =>
      typeof value === 'string' && key === value ? [key] : [],
    );
    const missing = names.filter((name) => /^[A-Z]/.test(name) && tf.getKernel(name, 'tensorflow') === undefined);
    const { backend } = await useBackend(node({ from }));
    expect([...backend.capabilities.missingKernels, ...unused].sort()).toEqual(missing.sort());
  });

  it('puts its kernels in place once', () => {
    const running = runningBackend() as TensorFlowBackend;
    expect(installKernels(running)).toBe(installKernels(running));
  });

  it('cannot be had on a GPU in the same process', async () => {
    expect(await node({ gpu: true, from }).isAvailable()).toMatchObject({
      available: false,
      reason: expect.stringContaining('runs TensorFlow on the CPU already'),
    });
  });

  it.each([
    ['ReluGrad', [-2, 0, 0.5], [0, 0, 3]],
    ['SigmoidGrad', [0, 0.25, 0.5], [0, 0.375, 0.75]],
    ['TanhGrad', [-0.5, 0, 0.5], [0.75, 2, 2.25]],
  ])('has %s as one operation of TensorFlow', (kernelName, y, slopes) => {
    const inputs = { dy: tf.tensor1d([1, 2, 3]), y: tf.tensor1d(y) };
    expect(numbers(tf.engine().runKernel(kernelName, inputs) as tf.Tensor)).toEqual(slopes);
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('multiplies two matrices, transposed or not (%j, %j), also empty ones, as it multiplies batches', (ta, tb) => {
    const alone = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b, ta, tb);
    const inBatch = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.squeeze(tf.matMul(tf.expandDims(a), tf.expandDims(b), ta, tb), [0]);
    for (const [rows, inner, columns] of [
      [5, 7, 3],
      [1, 1, 1],
      [2, 0, 3],
    ] as const) {
      const a = tf.randomUniform(ta ? [inner, rows] : [rows, inner], -1, 1, 'float32', 1);
      const b = tf.randomUniform(tb ? [columns, inner] : [inner, columns], -1, 1, 'float32', 2);
      const [found, expected] = [alone(a, b), inBatch(a, b)];
      expect(found.shape).toEqual([rows, columns]);
      const far = numbers(found).filter((value, i) => !(Math.abs(value - (numbers(expected)[i] ?? 0)) < 1e-6));
      expect(far).toEqual([]);
    }
    const integers = tf.tensor2d(
      [
        [1, 2],
        [3, 4],
      ],
      [2, 2],
      'int32',
    );
    expect(alone(integers, integers).dtype).toBe('int32');
  });

  it('frees in TensorFlow what a training step made', () => {
    const w = tf.variable(tf.ones([3, 2]));
    const optimizer = tf.train.adam(0.1);
    const loss = (): tf.Scalar => tf.mean(tf.square(tf.matMul(tf.ones([4, 3]), w)));
    for (let step = 0; step < 3; step++) minimize(optimizer, loss, { variables: [w] });
    const before = [tf.memory().numTensors, nativeTensors()];
    for (let step = 0; step < 20; step++) minimize(optimizer, loss, { variables: [w] });
    expect([tf.memory().numTensors, nativeTensors()]).toEqual(before);
  });

  it('runs in JavaScript what tfjs-node does not have, with the same results and without leaks', async () => {
    const compute = (): tf.Tensor[] => [
      tf.searchSorted(tf.tensor2d([[1, 3, 5]]), tf.tensor2d([[0, 3, 9]])),
      tf.denseBincount(tf.tensor1d([0, 2, 2], 'int32'), tf.tensor1d([1, 2, 3]), 4),
      ...Object.values(
        tf.sparse.sparseFillEmptyRows(tf.tensor2d([[0, 0]], [1, 2], 'int32'), [7], tf.tensor1d([2, 2], 'int32'), 1),
      ),
      tf.string.stringToHashBucketFast(tf.tensor1d(['a', 'b'], 'string'), 10),
    ];
    const before = [tf.memory().numTensors, nativeTensors()];
    const here = tf.tidy(() => compute().map(numbers));
    expect([tf.memory().numTensors, nativeTensors()]).toEqual(before);
    expect(here).toEqual(await onCpu(compute));
  });

  it('keeps strings as they are on the way to JavaScript and back', () => {
    const { values } = tf.string.stringSplit(tf.tensor1d(['añb c'], 'string'), ' ') as { values: tf.Tensor };
    expect(values.dataSync()).toEqual(['añb', 'c']);
  });
});
