import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasGoodKernel, passedOver } from './kernel-choice.ts';
import { registerGradients } from './register.ts';

/** Runs a function and lists the kernels that a backend was asked for. */
async function kernelsOf(run: () => tf.Tensor): Promise<string[]> {
  const { kernels } = await tf.profile(() => tf.tidy(run));
  return kernels.map(({ name }) => name);
}

describe('the choice between kernels and compositions', () => {
  beforeAll(() => registerGradients());
  afterEach(async () => {
    await tf.setBackend('cpu');
  });

  const filterGradient = (): tf.Tensor =>
    tf.grad((w) => tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))(tf.ones([3, 3, 1, 1]));
  const poolGradient = (): tf.Tensor =>
    tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.zeros([1, 4, 4, 1]));

  it('takes the kernel where the backend has a good one', async () => {
    expect(hasGoodKernel(tf.Conv2DBackpropFilter)).toBe(true);
    expect(await kernelsOf(filterGradient)).toContain(tf.Conv2DBackpropFilter);
    expect(await kernelsOf(poolGradient)).toContain(tf.MaxPoolGrad);
  });

  it('composes the gradient where the backend has none', async () => {
    await tf.setBackend('wasm');
    expect(hasGoodKernel(tf.Conv2DBackpropFilter)).toBe(false);
    expect(await kernelsOf(filterGradient)).not.toContain(tf.Conv2DBackpropFilter);
  });

  it('composes the gradient where the kernel is wrong, until an adapter vouches for it', async () => {
    await tf.setBackend('wasm');
    expect(hasGoodKernel(tf.MaxPoolGrad)).toBe(false);
    expect(await kernelsOf(poolGradient)).not.toContain(tf.MaxPoolGrad);
    registerGradients({ soundKernels: { wasm: [tf.MaxPoolGrad] } });
    expect(hasGoodKernel(tf.MaxPoolGrad)).toBe(true);
    registerGradients();
    expect(await kernelsOf(poolGradient)).toContain(tf.MaxPoolGrad);
  });

  it('passes over kernels that exist only', () => {
    // TensorFlow's are there only where it is loaded.
    for (const backendName of ['cpu', 'wasm']) {
      for (const kernelName of Object.keys(passedOver[backendName] ?? {})) {
        expect(tf.getKernel(kernelName, backendName)).toBeDefined();
      }
    }
  });
});
