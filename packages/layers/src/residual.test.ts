import { initializers, resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Linear } from './linear.ts';
import { BatchNorm } from './norm/batch-norm.ts';
import { Residual } from './residual.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('Residual', () => {
  it('adds the inputs to the outputs of a module', () => {
    const block = new Residual(new Linear(3, { initializers: { w: initializers.ones() } }));
    expect(block(tf.ones([1, 3])).arraySync()).toEqual([[4, 4, 4]]);
    expect(block.variables).toHaveLength(2);
  });

  it('hands on further arguments', () => {
    const block = new Residual(new BatchNorm());
    const outputs = block(tf.tensor2d([[1], [3]]), { isTraining: true });
    expect([...outputs.dataSync()].map(Math.round)).toEqual([0, 4]);
  });

  it('takes nested inputs', () => {
    const block = new Residual(([a, b]: [tf.Tensor, tf.Tensor]): [tf.Tensor, tf.Tensor] => [tf.neg(a), tf.square(b)]);
    const [a, b] = block([tf.scalar(3), tf.scalar(4)]);
    expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([0, 20]);
  });

  it('leaks nothing', () => {
    const block = new Residual(new Linear(3));
    const inputs = tf.ones([1, 3]);
    block(inputs).dispose();
    for (let i = 0; i < 100; i++) expectNoLeak(() => block(inputs)).dispose();
  });

  it('refuses outputs that cannot be added', () => {
    const block = new Residual(new Linear(4));
    expect(() => block(tf.ones([2, 3]))).toThrow(ValueError);
    expect(() => block(tf.ones([2, 3]))).toThrow('got inputs [2, 3], outputs [2, 4].');
    const pair = (inputs: tf.Tensor): tf.Tensor => [inputs, inputs] as never;
    expect(() => new Residual(pair)(tf.ones([2]))).toThrow(/structure/);
    expect(() => new Residual(3 as never)).toThrow('Residual: baseModule must be a module or a function; got 3.');
  });
});
