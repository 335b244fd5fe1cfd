import { Module, NotConnectedError, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchFlatten } from './batch-flatten.ts';
import { BatchReshape } from './batch-reshape.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('BatchReshape', () => {
  it.each<[number[], number[], number | undefined, number[]]>([
    [[4, 6], [2, 3], undefined, [4, 2, 3]],
    [[4, 6], [2, -1], undefined, [4, 2, 3]],
    [[4, 2, 3], [-1], undefined, [4, 6]],
    [[4, 2, 3], [3, 1], 2, [4, 2, 3, 1]],
    [[4, 2, 6], [-1, 2], 2, [4, 2, 3, 2]],
    [[0, 6], [3, 2], undefined, [0, 3, 2]],
    [[4], [-1], undefined, [4, 1]],
    [[4], [1, 1], undefined, [4, 1, 1]],
    [[4, 1], [], undefined, [4]],
  ])('makes of %j with shape %j, keeping %j dimensions, %j', (inputs, shape, preserveDims, outputs) => {
    const options = preserveDims === undefined ? {} : { preserveDims };
    expect(new BatchReshape(shape, options)(tf.zeros(inputs)).shape).toEqual(outputs);
  });

  it('keeps the values in their order, of any dtype', () => {
    const outputs = new BatchReshape([2, 2])(tf.tensor2d([1, 2, 3, 4], [1, 4], 'int32'));
    expect([outputs.dtype, ...outputs.dataSync()]).toEqual(['int32', 1, 2, 3, 4]);
  });

  it('asks for a shape that is given as a function when it is connected', () => {
    let width = 1;
    const reshape = new BatchReshape(() => [width, -1]);
    width = 3;
    expect(reshape(tf.zeros([2, 6])).shape).toEqual([2, 3, 2]);
  });

  it('has a transpose, which may be made first', () => {
    const reshape = new BatchReshape([6]);
    const back = reshape.transpose();
    expect(() => back(tf.zeros([5, 6]))).toThrow(NotConnectedError);
    expect(() => reshape.inputShape).toThrow(NotConnectedError);
    reshape(tf.zeros([4, 3, 2]));
    expect(reshape.inputShape).toEqual([3, 2]);
    expect(back(tf.zeros([5, 6])).shape).toEqual([5, 3, 2]);
    expect(back.transpose()(tf.zeros([1, 3, 2])).shape).toEqual([1, 6]);
    expect([back.moduleName, reshape.transpose({ name: 'other' }).moduleName]).toEqual([
      'batch_reshape_transpose',
      'other',
    ]);
  });

  it('knows no shape of inputs from a connection that was taken back', () => {
    const reshape = new BatchReshape([6]);
    const failing = new Module(
      () => {
        reshape(tf.zeros([4, 3, 2]));
        throw new Error('no');
      },
      { name: 'failing' },
    );
    expect(failing).toThrow('no');
    expect(() => reshape.inputShape).toThrow(NotConnectedError);
  });

  it('leaks nothing', () => {
    const reshape = new BatchReshape([-1]);
    const inputs = tf.zeros([2, 3, 4]);
    expectNoLeak(() => reshape(inputs));
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to keep %j dimensions', (preserveDims) => {
    expect(() => new BatchReshape([1], { preserveDims })).toThrow(ValueError);
    expect(() => new BatchFlatten({ preserveDims })).toThrow('BatchFlatten: preserveDims must be an integer >= 1');
    expect(new BatchReshape([1]).moduleName).toBe('batch_reshape');
  });

  it.each<[string, number[], number[]]>([
    ['sizes that do not fit', [4], [2, 6]],
    ['a wildcard that nothing fits', [4, -1], [2, 6]],
    ['two wildcards', [-1, -1], [2, 6]],
    ['a size of zero', [0, 6], [2, 6]],
    ['a negative size', [-2, 3], [2, 6]],
    ['a size that is no integer', [1.5, 4], [2, 6]],
  ])('refuses %s', (_, shape, inputs) => {
    const reshape = new BatchReshape(shape);
    expect(() => reshape(tf.zeros(inputs))).toThrow(ValueError);
    expect(() => reshape(tf.zeros(inputs))).toThrow('BatchReshape "batch_reshape": ');
    expect(reshape.isConnected).toBe(false);
  });

  it('refuses inputs with fewer dimensions than it keeps, and what is no tensor', () => {
    const reshape = new BatchReshape([1], { preserveDims: 3 });
    expect(() => reshape(tf.zeros([2, 3]))).toThrow('inputs have 2 dimensions ([2, 3])');
    expect(() => new BatchReshape([1])(tf.scalar(1))).toThrow(ValueError);
    expect(() => reshape(3 as unknown as tf.Tensor)).toThrow('inputs must be a tensor; got 3');
  });

  it('refuses a shape that is none, before it claims a name', () => {
    for (const shape of [3, null, undefined, 'x']) {
      expect(() => new BatchReshape(shape as unknown as number[])).toThrow(TypeError);
    }
    expect(new BatchReshape([1]).moduleName).toBe('batch_reshape');
  });
});

describe('BatchFlatten', () => {
  it.each<[number[], number | undefined, number[]]>([
    [[4, 28, 28], undefined, [4, 784]],
    [[4, 2, 3, 5], 2, [4, 2, 15]],
    [[4, 2], 2, [4, 2, 1]],
    [[4], undefined, [4, 1]],
  ])('makes of %j, keeping %j dimensions, %j', (inputs, preserveDims, outputs) => {
    const flatten = new BatchFlatten(preserveDims === undefined ? {} : { preserveDims });
    expect(flatten(tf.zeros(inputs)).shape).toEqual(outputs);
    expect(flatten.moduleName).toBe('batch_flatten');
  });

  it('has a transpose that gives the shape back', () => {
    const flatten = new BatchFlatten();
    flatten(tf.zeros([4, 3, 2]));
    expect(flatten.transpose()(tf.zeros([7, 6])).shape).toEqual([7, 3, 2]);
    expect(flatten.transpose().moduleName).toBe('batch_flatten_transpose_1');
  });
});
