import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { PoolCompressor } from './pool-compressor.ts';

const memory = (): tf.Tensor => tf.tensor3d([1, 10, 3, 20, 7, 0, 5, 2], [1, 4, 2]);
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

beforeEach(() => {
  resetDefaultGraph();
});

describe('a PoolCompressor', () => {
  it('takes the mean of steps', () => {
    const [compressed, loss] = new PoolCompressor(2, 4, 4)(memory());
    expect(compressed.shape).toEqual([1, 2, 2]);
    expect(valuesOf(compressed)).toEqual([2, 15, 6, 1]);
    expect(loss).toBeNull();
  });

  it('takes their maximum when told so', () => {
    expect(valuesOf(new PoolCompressor(2, 4, 4, { pooling: 'MAX' })(memory())[0])).toEqual([3, 20, 7, 2]);
  });

  it('may overlap', () => {
    const [compressed] = new PoolCompressor(1, 4, 4, { kernelSize: 1 })(memory());
    expect(valuesOf(compressed)).toEqual([2, 15, 5, 10, 6, 1]);
  });

  it('has no variables, and leaks nothing over 100 calls', () => {
    const compressor = new PoolCompressor(2, 4, 4);
    const inputs = memory();
    compressor(inputs)[0].dispose();
    expect(compressor.variables).toEqual([]);
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) compressor(inputs)[0].dispose();
    });
  });

  it.each<[unknown[], string]>([
    [[0, 4, 4], 'compressionRate must be a positive integer; got 0'],
    [[2, 4, 4, { kernelSize: 0.5 }], 'kernelSize must be an integer of at least 0; got 0.5'],
    [[2, 4, 4, { pooling: 'SUM' }], "pooling must be 'AVG' or 'MAX'; got SUM"],
  ])('refuses the arguments %j', (args, message) => {
    const make = (): PoolCompressor => new PoolCompressor(...(args as ConstructorParameters<typeof PoolCompressor>));
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`PoolCompressor: ${message}`);
  });
});
