import { cpu } from '@sonnetjs/backend-cpu';
import { getBackend, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { node } from './node.ts';
import { computing, installFakes } from './testing/fake-package.ts';

afterEach(async () => {
  await useBackend(cpu());
});

/** tfjs's cpu backend in place of TensorFlow: what a fake package registers. */
function registerFake(gpu: boolean): void {
  const fake = Object.assign(Object.create(tf.findBackend('cpu') as object), {
    isUsingGpuDevice: gpu,
    binding: { TF_Version: '2.15.1' },
  });
  tf.registerBackend('tensorflow', () => fake as tf.KernelBackend);
}

Reflect.set(globalThis, 'registerFakeTensorFlow', registerFake);

describe('node', () => {
  it('has a name for the CPU and one for GPUs', () => {
    expect([node().name, node({ gpu: false }).name, node({ gpu: true }).name]).toEqual(['node', 'node', 'node-gpu']);
  });

  it('is passed over with the reason where it cannot run', async () => {
    const from = installFakes({ '@tensorflow/tfjs-node-gpu': { binding: '', main: computing() } });
    const broken = installFakes({ '@tensorflow/tfjs-node': { binding: new Uint8Array(10) } });
    const candidates = [node({ gpu: true, from }), node({ from: installFakes({}) }), node({ from: broken }), cpu()];
    const { backend, passedOver } = await useBackend(candidates);
    expect(backend.name).toBe('cpu');
    expect(passedOver.map(({ name, reason }) => [name, reason.split(':')[0]])).toEqual([
      ['node-gpu', 'TensorFlow finds no GPU that it can use'],
      ['node', '@tensorflow/tfjs-node is not installed'],
      ['node', expect.stringMatching(/damaged|cannot be loaded|tfjs-node/)],
    ]);
    expect(tf.findBackendFactory('tensorflow')).toBeNull();
  });

  it('loads nothing and changes nothing before it is initialized', async () => {
    const from = installFakes({
      '@tensorflow/tfjs-node': { binding: "throw new Error('it is loaded')", main: "throw new Error('it is loaded')" },
    });
    const backend = node({ from });
    expect(await backend.isAvailable()).toEqual({ available: true });
    expect(backend.capabilities).toEqual({ simd: false, threads: 1, gpu: false, missingKernels: [] });
    await expect(backend.initialize()).rejects.toMatchObject({
      name: 'BackendNotAvailableError',
      message: expect.stringContaining('@tensorflow/tfjs-node cannot be loaded (it is loaded)'),
    });
    expect(tf.getBackend()).toBe('cpu');
  });

  it("becomes tfjs's current backend, and what runs already is kept", async () => {
    const log = process.env.TF_CPP_MIN_LOG_LEVEL;
    const from = installFakes({
      '@tensorflow/tfjs-node': { binding: '', main: 'globalThis.registerFakeTensorFlow(false);' },
    });
    const { backend } = await useBackend(node({ from }));
    expect(getBackend()).toBe(backend);
    expect(tf.getBackend()).toBe('tensorflow');
    expect(backend.capabilities).toMatchObject({ simd: true, gpu: false });
    expect(process.env.TF_CPP_MIN_LOG_LEVEL).toBe(log ?? '2');

    const { passedOver } = await useBackend([node({ gpu: true, from: installFakes({}) }), node({ from })]);
    expect(passedOver).toEqual([
      { name: 'node-gpu', reason: expect.stringMatching(/runs TensorFlow on the CPU already.*first$/) },
    ]);
    tf.removeBackend('tensorflow');
  });

  it('says that TensorFlow uses a GPU where it was loaded so', async () => {
    registerFake(true);
    const { backend } = await useBackend(node({ gpu: true, from: installFakes({}) }));
    expect(backend.capabilities).toMatchObject({ gpu: true });
    expect(backend.capabilities.limitations).toBeUndefined();
    const second = await useBackend(node({ from: installFakes({}) }));
    expect(second.backend.capabilities).toMatchObject({
      gpu: true,
      limitations: ['this process had loaded TensorFlow for GPUs before'],
    });
    tf.removeBackend('tensorflow');
  });
});
