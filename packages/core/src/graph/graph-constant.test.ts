import { registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Module } from '../modules/module.ts';
import { resetDefaultGraph } from './default-graph.ts';
import { Graph } from './graph.ts';
import { graphConstant } from './graph-constant.ts';

const numTensors = (): number => tf.memory().numTensors;

beforeEach(() => {
  resetDefaultGraph();
  registerGradients();
});

describe('graphConstant', () => {
  it('makes a tensor once for each key and graph', () => {
    const make = vi.fn(() => tf.tidy(() => tf.add(tf.ones([2]), 1)));
    const graph = new Graph();
    const before = numTensors();
    const [first, again] = [graphConstant('a', make), graphConstant('a', make)];
    const [other, elsewhere] = [graphConstant('b', make), graph.asDefault(() => graphConstant('a', make))];
    expect(again).toBe(first);
    expect(new Set([first, other, elsewhere]).size).toBe(3);
    expect([make.mock.calls.length, numTensors() - before]).toEqual([3, 3]);
    graph.dispose();
    resetDefaultGraph();
    expect(numTensors()).toBe(before);
  });

  it('outlives the tf.tidy and the gradient in which it is made, and only it does', () => {
    const before = numTensors();
    const make = (): tf.Tensor => tf.mul(tf.ones([2]), 3);
    const mask = tf.tidy(() => graphConstant('mask', make));
    const scale = tf.tidy(() => {
      tf.grad((x) => tf.mul(x, graphConstant('scale', make)))(tf.ones([2]));
      return graphConstant('scale', make);
    });
    expect([mask.isDisposed, scale.isDisposed, numTensors() - before]).toEqual([false, false, 2]);
    expect([...scale.dataSync()]).toEqual([3, 3]);
  });

  it('is made anew when somebody has disposed it', () => {
    graphConstant('a', () => tf.scalar(1)).dispose();
    expect(graphConstant('a', () => tf.scalar(2)).dataSync()[0]).toBe(2);
  });

  it('is taken back with a connection that fails', () => {
    const before = numTensors();
    const module = new Module(
      () => {
        graphConstant('a', () => tf.scalar(1));
        throw new Error('no');
      },
      { name: 'm' },
    );
    expect(() => module()).toThrow('no');
    expect(numTensors()).toBe(before);
    expect(graphConstant('a', () => tf.scalar(2)).dataSync()[0]).toBe(2);
  });

  it('refuses what is no tensor', () => {
    expect(() => graphConstant('a', (() => 1) as unknown as () => tf.Tensor)).toThrow(
      'graphConstant "a": the function must return a tensor; got 1.',
    );
  });
});
