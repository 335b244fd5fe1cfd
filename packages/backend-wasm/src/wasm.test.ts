import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wasm } from './wasm.ts';

const startedOn = tf.getBackend();
afterEach(() => tf.setBackend(startedOn));

describe('wasm', () => {
  it('is available where there is WebAssembly', async () => {
    expect(await wasm().isAvailable()).toEqual({ available: true });
  });

  it("becomes tfjs's current backend with nothing to configure, however often it is initialized", async () => {
    const backend = wasm();
    await Promise.all([backend.initialize(), backend.initialize(), wasm().initialize()]);
    await backend.initialize();
    expect(tf.getBackend()).toBe(backend.name);
    expect(tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync())).toEqual(new Float32Array([11]));
  });

  it('keeps the binary of a backend that runs already', async () => {
    await wasm().initialize();
    await tf.setBackend(startedOn);
    await wasm({ paths: '/nowhere/' }).initialize();
    expect(tf.getBackend()).toBe('wasm');
  });

  describe('capabilities', () => {
    beforeEach(() => wasm().initialize());

    it('are complete after initialization', async () => {
      const backend = wasm();
      await backend.initialize();
      expect(backend.capabilities).toMatchObject({ simd: true, threads: 1, gpu: false });
      expect(backend.capabilities.missingKernels).toContain('Draw');
    });

    it('name exactly the kernels that an op would ask for in vain', async () => {
      // Kernels with a name in tfjs that no op ever asks for, or only where it is registered.
      const unused = ['BroadcastTo', 'FromPixels', 'LogSoftmax', 'LowerBound', 'MatrixBandPart', 'Pool', 'UpperBound'];
      const names = Object.entries(tf).flatMap(([key, value]) =>
        typeof value === 'string' && key === value ? [key] : [],
      );
      const missing = names.filter((name) => /^[A-Z]/.test(name) && tf.getKernel(name, 'wasm') === undefined);
      const backend = wasm();
      await backend.initialize();
      expect([...backend.capabilities.missingKernels, ...unused].sort()).toEqual(missing.sort());
    });

    it('no longer name a kernel that somebody has registered', async () => {
      tf.registerKernel({ kernelName: 'Draw', backendName: 'wasm', kernelFunc: () => [] });
      const backend = wasm();
      await backend.initialize();
      tf.unregisterKernel('Draw', 'wasm');
      expect(backend.capabilities.missingKernels).not.toContain('Draw');
    });
  });
});
