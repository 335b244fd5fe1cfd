import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { allGradients } from './all-gradients.ts';
import { slopes } from './elementwise/slopes.ts';
import { kernelsWithoutGradient } from './without-gradient.ts';

/** The names of kernels that tfjs-core exports as constants, and those that the backends register. */
const constants = Object.entries(tf).flatMap(([key, value]) =>
  typeof value === 'string' && /^_?[A-Z]/.test(key) && key !== 'OP_SCOPE_SUFFIX' ? [value] : [],
);
const registered = ['cpu', 'wasm'].flatMap((backend) =>
  tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName),
);
const kernels = [...new Set([...constants, ...registered])].sort();
const withGradient = new Set(allGradients.map(({ kernelName }) => kernelName));

describe('the gradients', () => {
  it('belong to kernels of tfjs, or to slopes that a backend may have, one to each', () => {
    expect(withGradient.size).toBe(allGradients.length);
    const others = allGradients.map(({ kernelName }) => kernelName).filter((name) => !kernels.includes(name));
    expect(others).toEqual(slopes.map(({ kernelName }) => kernelName));
  });

  it('are looked for in all of its kernels', () => {
    expect(constants.length).toBeGreaterThanOrEqual(180);
  });

  it.each(kernels)('%s has a gradient or a stated reason why not', (name) => {
    const reason = kernelsWithoutGradient[name];
    expect([withGradient.has(name), reason !== undefined].filter(Boolean)).toHaveLength(1);
    expect(reason ?? 'differentiable').not.toBe('');
  });

  it('leaves no reason to kernels that do not exist', () => {
    expect(Object.keys(kernelsWithoutGradient).filter((name) => !kernels.includes(name))).toEqual([]);
  });
});
