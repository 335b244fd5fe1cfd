import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cpu } from './cpu.ts';

const startedOn = tf.getBackend();
afterEach(() => tf.setBackend(startedOn));

describe('cpu', () => {
  it('is available everywhere', async () => {
    expect(await cpu().isAvailable()).toEqual({ available: true });
  });

  it("becomes tfjs's current backend, however often it is initialized", async () => {
    const backend = cpu();
    await backend.initialize();
    await Promise.all([backend.initialize(), cpu().initialize()]);
    expect(tf.getBackend()).toBe(backend.name);
    expect(tf.tidy(() => tf.add([1, 2], 3).dataSync())).toEqual(new Float32Array([4, 5]));
  });

  it('prints no advice at its first use', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    tf.removeBackend('cpu');
    tf.registerBackend('cpu', () => Reflect.construct(backendClass, []), 1);
    await cpu().initialize();
    tf.scalar(1).dispose();
    expect(warn).not.toHaveBeenCalled();
  });

  it('says what it can do: it lacks no kernel', async () => {
    expect(cpu().capabilities).toEqual({ simd: false, threads: 1, gpu: false, missingKernels: [] });
    await cpu().initialize();
    // One of each kind that other backends lack.
    for (const kernel of ['Einsum', 'UnsortedSegmentSum', 'Conv2DBackpropFilter', 'FFT', 'RaggedGather'] as const) {
      expect(tf.getKernel(kernel, 'cpu')).toBeDefined();
    }
  });
});

await cpu().initialize();
const backendClass = tf.backend().constructor as new () => tf.KernelBackend;
await tf.setBackend(startedOn);
