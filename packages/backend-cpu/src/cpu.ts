import type { Backend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The backend in plain JavaScript: it runs wherever JavaScript does and has every kernel, but is the slowest of all. It
 * is the reference in tests and a fallback that always works.
 *
 * @returns An adapter for core's `useBackend`. Nothing is loaded before it is initialized.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { useBackend } from '@sonnetjs/core';
 * import { cpu } from '@sonnetjs/backend-cpu';
 *
 * const { backend } = await useBackend(cpu());
 * assert.equal(backend.name, 'cpu');
 * ```
 */
export function cpu(): Backend {
  return {
    name: 'cpu',
    isAvailable: async () => ({ available: true }),
    initialize,
    capabilities: { simd: false, threads: 1, gpu: false, missingKernels: [] },
  };
}

async function initialize(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) throw new Error('cpu: tfjs could not start its cpu backend.');
  // At its first use in node tfjs's backend prints an advice to install tfjs-node.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
