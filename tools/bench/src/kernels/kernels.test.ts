import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadStock, type Tfjs } from '../stock/stock-tfjs.ts';
import { kernelCases, untimedKernels } from './cases.ts';
import { Inputs, sizes } from './kernel-case.ts';
import { againstLimit, joinRuns, type KernelResult } from './kernels.ts';

let stock: Tfjs;
beforeAll(async () => {
  await useBackend(wasm());
  stock = await loadStock('node');
});

describe('the cases', () => {
  it('are of every kernel that stock has on wasm, or it is said why not', () => {
    const timed = new Set([...kernelCases.map(({ kernel }) => kernel), ...Object.keys(untimedKernels)]);
    const registered = stock.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);
    expect([...timed].sort()).toEqual(registered.sort());
  });

  it('have names of their own', () => {
    const names = kernelCases.map(({ kernel, variant }) => `${kernel} ${variant}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(kernelCases)('$kernel $variant runs the kernel, and frees what it makes', async ({ kernel, make }) => {
    const before = tf.memory().numTensors;
    const inputs = new Inputs(tf, sizes[1] as number);
    const run = make(inputs);
    const { kernelNames } = await tf.profile(() => void tf.dispose(run()) as unknown as tf.Tensor);
    inputs.dispose();
    expect(kernelNames).toContain(kernel);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const result = (ratio: number, low: number, size = 16): KernelResult => ({
  kernel: 'Tanh',
  size,
  oursMicroseconds: ratio,
  stockMicroseconds: 1,
  ratio,
  interval: [low, ratio + 0.1],
});

describe('joinRuns', () => {
  it('calls slower what was slower in every run', () => {
    const [slow] = joinRuns([[result(1.3, 1.2)], [result(1.2, 1.11)]]);
    expect(slow).toMatchObject({ slower: true, ratio: 1.3, ratios: [1.3, 1.2] });
    const [once] = joinRuns([[result(1.3, 1.2)], [result(1.2, 1.09)]]);
    expect(once?.slower).toBe(false);
  });

  it('calls beyond its limit what was so in every run', () => {
    const of = (ofLimit: number) => [{ ...result(1, 1), ofLimit }];
    expect(joinRuns([of(1.3), of(1.01)])[0]).toMatchObject({ beyondLimit: true, ofLimits: [1.3, 1.01] });
    expect(joinRuns([of(1.3), of(0.99)])[0]?.beyondLimit).toBe(false);
    expect(joinRuns([[result(1, 1)], [result(1, 1)]])[0]).toMatchObject({ beyondLimit: false, ofLimits: [] });
  });

  it('keeps sizes apart', () => {
    const joined = joinRuns([
      [result(1, 1, 16), result(2, 2, 1024)],
      [result(1, 1, 16), result(2, 2, 1024)],
    ]);
    expect(joined.map(({ slower }) => slower)).toEqual([false, true]);
  });
});

describe('againstLimit', () => {
  // Two rounds, of which the machine was half as fast in the second.
  const samples = { ours: [3, 6], copy: [2, 4], flops: [1, 2], divisions: [1, 2], roots: [1, 2] };
  const one = { operations: 1000 };
  const bounds = {
    size: 1000,
    copy: { bytes: 8000 },
    loops: { flops: { operations: 10_000 }, divisions: one, roots: one },
  };

  it('is bounded by the copy where there is little to compute', () => {
    const limits = againstLimit({ reads: 1, writes: 1, flops: 1 }, samples, bounds);
    expect(limits).toEqual({ copyMicroseconds: 3, arithmeticMicroseconds: expect.closeTo(0.15), ofLimit: 1 });
  });

  it('is bounded by the arithmetic where there is much', () => {
    const limits = againstLimit({ reads: 1, writes: 0, flops: 10, divisions: 1, roots: 1 }, samples, bounds);
    expect(limits).toEqual({ copyMicroseconds: 1.5, arithmeticMicroseconds: 4.5, ofLimit: 0.5 });
  });
});
