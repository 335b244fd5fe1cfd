import {
  getVariable,
  type InitializerContext,
  partitioners,
  RandomStream,
  resetDefaultGraph,
  ValueError,
} from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { identityKernelInitializer, noisyIdentityKernelInitializer } from './identity-kernels.ts';

const context = (): InitializerContext => ({ name: 'conv/w', random: RandomStream.fromSeed(1) });
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** What is not zero in a kernel, with its indices. */
function nonzero(kernel: tf.Tensor): (readonly [indices: string, value: number])[] {
  const [, width = 0, inputs = 0, outputs = 0] = kernel.shape;
  return valuesOf(kernel).flatMap((value, i) => {
    const indices = [
      i / (width * inputs * outputs),
      (i / (inputs * outputs)) % width,
      (i / outputs) % inputs,
      i % outputs,
    ];
    return Math.abs(value) < 1e-6 ? [] : [[indices.map(Math.floor).join(' '), value] as const];
  });
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('identityKernelInitializer', () => {
  it('connects each channel with itself, in the middle', () => {
    expect(nonzero(identityKernelInitializer([3, 3, 2, 2]))).toEqual([
      ['1 1 0 0', 1],
      ['1 1 1 1', 1],
    ]);
    expect(valuesOf(identityKernelInitializer([1, 1, 2, 2]))).toEqual([1, 0, 0, 1]);
  });

  it('gives the dtype that is asked for', () => {
    expect(identityKernelInitializer([1, 1, 1, 1]).dtype).toBe('float32');
    expect(identityKernelInitializer([1, 1, 1, 1], 'int32').dtype).toBe('int32');
  });

  it('gives each slice of a variable its part', () => {
    const whole = getVariable('w', {
      shape: [1, 1, 4, 4],
      initializer: identityKernelInitializer,
      partitioner: partitioners.fixedSize(2, { axis: 3 }),
    });
    expect(valuesOf(whole)).toEqual(valuesOf(identityKernelInitializer([1, 1, 4, 4])));
  });

  it.each([
    [[3, 3, 2], 'kernels of convolutions must be of rank 4; got 3 ([3, 3, 2])'],
    [[3, 2, 2, 2], 'kernels must be square; got 3 by 2'],
    [[2, 2, 2, 2], 'the height and width of kernels must be odd; got 2'],
    [[3, 3, 2, 3], 'the numbers of input and output channels must be equal; got 2 and 3'],
  ])('refuses the shape %j', (shape, message) => {
    expect(() => identityKernelInitializer(shape)).toThrow(ValueError);
    expect(() => identityKernelInitializer(shape)).toThrow(`identityKernelInitializer: ${message}`);
    expect(() => identityKernelInitializer(shape, 'float32', context())).toThrow('for "conv/w"');
  });
});

describe('noisyIdentityKernelInitializer', () => {
  it('connects groups of channels, in the middle', () => {
    const kernel = noisyIdentityKernelInitializer(2)([3, 3, 2, 4], 'float32', context());
    expect(nonzero(kernel)).toEqual([
      ['1 1 0 0', 0.5],
      ['1 1 0 1', 0.5],
      ['1 1 1 2', 0.5],
      ['1 1 1 3', 0.5],
    ]);
  });

  it('has noise elsewhere', () => {
    const quiet = valuesOf(noisyIdentityKernelInitializer(1)([3, 3, 1, 1], 'float32', context()));
    expect(quiet.every((x) => x !== 0)).toBe(true);
    const loud = valuesOf(noisyIdentityKernelInitializer(1, { stddev: 0.1 })([3, 3, 1, 1], 'float32', context()));
    expect(Math.max(...loud.filter((_, i) => i !== 4).map(Math.abs))).toBeGreaterThan(0.02);
    expect(loud[4]).toBe(1);
  });

  it('gives each slice of a variable its part', () => {
    const whole = getVariable('w', {
      shape: [1, 1, 4, 2],
      initializer: noisyIdentityKernelInitializer(2, { stddev: 0 }),
      partitioner: partitioners.fixedSize(2, { axis: 2 }),
    });
    expect(valuesOf(whole)).toEqual([0.5, 0, 0.5, 0, 0, 0.5, 0, 0.5].map((x) => x * 2));
  });

  it.each([
    [[3, 3, 2], 'kernels of convolutions must be of rank 4'],
    [[3, 2, 2, 2], 'kernels must be square'],
    [[4, 4, 2, 2], 'must be odd; got 4'],
    [[3, 3, 3, 4], 'must both be multiples of baseNumChannels, 2; got 3 and 4'],
    [[3, 3, 4, 3], 'must both be multiples of baseNumChannels, 2; got 4 and 3'],
  ])('refuses the shape %j', (shape, message) => {
    const initialize = (): tf.Tensor => noisyIdentityKernelInitializer(2)(shape, 'float32', context());
    expect(initialize).toThrow(ValueError);
    expect(initialize).toThrow(message);
    expect(initialize).toThrow('noisyIdentityKernelInitializer for "conv/w"');
  });

  it('refuses groups and deviations that make no sense', () => {
    expect(() => noisyIdentityKernelInitializer(0)).toThrow('baseNumChannels must be a positive integer; got 0');
    expect(() => noisyIdentityKernelInitializer(1, { stddev: -1 })).toThrow('stddev must be at least 0; got -1');
  });
});
