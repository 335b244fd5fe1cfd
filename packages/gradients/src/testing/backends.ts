import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import { registerGradients } from '../register.ts';

/** Defines the same tests on the cpu and on the wasm backend of stock tfjs, with the gradients registered. */
export function onEachBackend(define: (backendName: 'cpu' | 'wasm') => void): void {
  describe.each(['cpu', 'wasm'] as const)('on %s', (backendName) => {
    beforeAll(async () => {
      registerGradients();
      await tf.setBackend(backendName);
    });
    define(backendName);
  });
}
