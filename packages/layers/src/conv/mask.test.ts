import { Graph, IncompatibleShapeError, initializers, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1D, type Conv1DOptions, Conv2D, Conv3D } from './index.ts';

const ones = { w: initializers.ones() };

function outputs(mask: Conv1DOptions['mask']): number[] {
  const conv = new Conv1D(2, 3, { mask, padding: 'VALID', initializers: ones });
  return [...conv(tf.tensor([1, 2, 4, 8, 16, 32], [1, 3, 2])).dataSync()];
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('a mask', () => {
  it('is multiplied with the weights, whichever of their leading dimensions it has', () => {
    expect(outputs([1, 0, 1])).toEqual([51, 51]);
    expect(outputs(tf.tensor([1, 0, 2]))).toEqual([99, 99]);
    expect(
      outputs([
        [1, 0],
        [0, 0],
        [0, 1],
      ]),
    ).toEqual([33, 33]);
    const third = [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [1, 0],
      ],
    ];
    expect(outputs(third)).toEqual([33, 2]);
    expect(outputs(Float32Array.of(0, 0, 1))).toEqual([48, 48]);
  });

  it('of lower rank than the weights works at every connection', () => {
    const conv = new Conv2D(1, 2, {
      mask: [
        [1, 1],
        [1, 0],
      ],
      padding: 'VALID',
      initializers: ones,
    });
    for (let i = 0; i < 3; i++) expect(conv(tf.ones([1, 2, 2, 3])).dataSync()[0]).toBe(9);
  });

  it('lets no gradient reach what it hides', () => {
    const conv = new Conv1D(1, 3, { mask: [1, 0, 1], padding: 'VALID', useBias: false });
    const { grads } = valueAndGrads(() => tf.sum(conv(tf.ones([1, 3, 1]))));
    expect([...(grads['conv_1d/w']?.dataSync() ?? [])]).toEqual([1, 0, 1]);
  });

  it('can be read, as it was given', () => {
    const conv = new Conv3D(1, 2, { mask: [1, 0] });
    expect(conv.mask?.arraySync()).toEqual([1, 0]);
    conv(tf.zeros([1, 2, 2, 2, 1]));
    expect(conv.mask?.arraySync()).toEqual([1, 0]);
    expect(new Conv3D(1, 2).mask).toBeNull();
  });

  it('belongs to the graph of its module', () => {
    const graph = new Graph();
    const conv = graph.asDefault(() => new Conv1D(1, 3, { mask: [1, 0, 1] }));
    graph.asDefault(() => conv(tf.zeros([1, 3, 1])));
    const { mask } = conv;
    expect(mask?.isDisposed).toBe(false);
    expect(conv.mask).toBe(mask);
    graph.dispose();
    expect(mask?.isDisposed).toBe(true);
  });

  it('leaves the variable as it is', () => {
    const conv = new Conv1D(1, 3, { mask: [0, 0, 0], initializers: ones });
    conv(tf.zeros([1, 3, 1]));
    expect([...conv.w.dataSync()]).toEqual([1, 1, 1]);
  });

  it('that is a tensor may be disposed once the module is made, also in a tidy', () => {
    const made: Conv1D[] = [];
    tf.tidy(() => {
      const mask = tf.tensor([0, 0, 1]);
      made.push(new Conv1D(1, 3, { mask, padding: 'VALID', initializers: ones }));
    });
    const conv = made[0] as Conv1D;
    const first = tf.tidy(() => conv(tf.tensor([1, 2, 4], [1, 3, 1])).dataSync()[0]);
    expect(first).toBe(4);
    expect(conv(tf.tensor([1, 2, 4], [1, 3, 1])).dataSync()[0]).toBe(4);
    const copy = conv.clone();
    expect(copy(tf.tensor([1, 2, 4], [1, 3, 1])).dataSync()[0]).toBe(4);
  });

  it('is made once', () => {
    const conv = new Conv1D(1, 3, { mask: [0, 0, 1] });
    const inputs = tf.zeros([1, 3, 1]);
    conv(inputs).dispose();
    expectNoLeak(() => conv(inputs)).dispose();
  });

  it.each([
    [
      'an integer tensor',
      () => tf.tensor([1, 0, 1], [3], 'int32'),
      'the mask must be float32; got a tensor of int32 [3].',
    ],
    ['booleans', () => [true, false, true], 'got [true, false, true].'],
    ['ragged rows', () => [[1, 0], [1], [1, 1]], 'got [[1, 0], [1], [1, 1]].'],
    ['a number', () => 1, 'got 1.'],
    ['text', () => 'mask', 'got mask.'],
    ['an empty array', () => [], 'got [].'],
    ['integers in a typed array', () => Int32Array.of(1, 0, 1), 'got 1,0,1.'],
  ])('cannot be %s', (_, mask, message) => {
    const construct = () => new Conv1D(1, 3, { mask: mask() as never });
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });

  it('must have the shape of the weights or of their leading dimensions', () => {
    const short = new Conv1D(2, 3, { mask: [1, 1] });
    expect(() => short(tf.zeros([1, 4, 2]))).toThrow(IncompatibleShapeError);
    expect(() => short(tf.zeros([1, 4, 2]))).toThrow(
      'Conv1D "conv_1d": the mask must have the shape of the weights, or their leading dimensions; got [2] for weights of ' +
        '[3, 2, 2].',
    );
    const deep = new Conv2D(2, 1, { mask: tf.ones([1, 1, 1, 1, 1]) });
    expect(() => deep(tf.zeros([1, 2, 2, 1]))).toThrow(IncompatibleShapeError);
    expect(() => deep(tf.zeros([1, 2, 2, 1]))).toThrow(
      'the mask may have at most 4 dimensions, as the weights have; got 5',
    );
  });
});
