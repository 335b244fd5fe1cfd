import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { graphConstant } from '../graph/graph-constant.ts';
import { truncatedNormal } from '../initializers/index.ts';
import { l2 } from '../regularizers/index.ts';
import { getVariable } from '../variables/get-variable.ts';
import { Module } from './module.ts';

/** A module with a variable that is computed, a constant and intermediate results. */
function makeNet(): Module<[x: tf.Tensor], tf.Tensor> {
  return new Module(
    (x: tf.Tensor) => {
      const w = getVariable('w', { shape: [2], initializer: truncatedNormal(), regularizer: l2(1) });
      const mask = graphConstant('mask', () => tf.add(tf.ones([2]), 1));
      return tf.sum(tf.mul(tf.mul(tf.square(x), w), mask));
    },
    { name: 'net' },
  );
}

beforeEach(() => {
  resetDefaultGraph();
  registerGradients();
});

describe('a first connection', () => {
  it('inside tf.tidy makes variables and constants that stay', () => {
    const net = makeNet();
    const x = tf.tensor1d([1, 2]);
    const inside = tf.tidy(() => net(x).dataSync()[0]);
    expectNoLeak(() => net(x)).dispose();
    expect(net(x).dataSync()[0]).toBe(inside);
    expect(net.variables.map(({ isDisposed }) => isDisposed)).toEqual([false]);
  });

  it('inside a gradient makes variables and constants that stay, and the gradient is right', () => {
    const net = makeNet();
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const dx = tf.grad((input) => net(input))(x);
    expect(tf.memory().numTensors - before).toBe(3);
    const w = [...(net.variables[0]?.dataSync() ?? [])];
    const expected = [4 * (w[0] ?? 0), 8 * (w[1] ?? 0)];
    [...dx.dataSync()].forEach((slope, i) => void expect(slope).toBeCloseTo(expected[i] ?? 0, 5));
    expectNoLeak(() => net(x)).dispose();
    const again = expectNoLeak(() => tf.grad((input) => net(input))(x));
    expect([...again.dataSync()]).toEqual([...dx.dataSync()]);
  });

  it('that fails inside a gradient leaves nothing behind', () => {
    const net = new Module(
      (x: tf.Tensor) => {
        tf.mul(x, getVariable('w', { shape: [2] }));
        throw new Error('no');
      },
      { name: 'net' },
    );
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => net(x))).toThrow('no');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a connection', () => {
  it('frees what build computes on the way, and keeps what it returns', () => {
    const net = new Module((x: tf.Tensor) => ({ a: tf.exp(tf.exp(x)), b: [tf.neg(x), x] }), { name: 'net' });
    const x = tf.scalar(1);
    const { a, b } = expectNoLeak(() => net(x), { kept: -1 });
    expect([a.isDisposed, b[0]?.isDisposed, b[1]]).toEqual([false, false, x]);
    tf.dispose([a, b]);
  });

  it('may return its input, or a variable', () => {
    const net = new Module((x: tf.Tensor) => [x, getVariable('w', { shape: [1] })], { name: 'net' });
    const x = tf.scalar(1);
    const [first, w] = tf.tidy(() => net(x));
    expect([first === x, x.isDisposed, w?.isDisposed]).toEqual([true, false, false]);
    tf.tidy(() => void net(x));
    expect([x.isDisposed, w?.isDisposed]).toEqual([false, false]);
  });

  it('may return what is no tensor', () => {
    const net = new Module((value: unknown) => value, { name: 'net' });
    const values = [undefined, null, 3, 'text', { a: [1] }, () => 1, net];
    for (const value of values) expect(net(value)).toBe(value);
  });
});
