import { resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { scan } from './scan.ts';
import { Sequence } from './sequence.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const sum = (x: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] => {
  const next = tf.add(x, state);
  return [next, next];
};

/** [steps, 1] of 1, 2, 3, …. */
function counting(steps: number): tf.Tensor {
  return tf.reshape(tf.range(1, steps + 1), [steps, 1]);
}

describe.each([1, 63, 64, 65, 130, 4097])('scan over %i steps', (steps) => {
  it('gives the outputs in the order of the inputs, and the last state', () => {
    const [outputs, state] = scan(new Sequence(counting(steps)), tf.zeros([1]), sum);
    const expected = Array.from({ length: steps }, (_, i) => ((i + 1) * (i + 2)) / 2);
    expect(outputs.shape).toEqual([steps, 1]);
    expect([...outputs.dataSync()]).toEqual(expected);
    expect(state.dataSync()[0]).toBe(expected.at(-1));
  });

  it('goes backwards when it is told', () => {
    const total = (steps * (steps + 1)) / 2;
    const [outputs] = scan(new Sequence(counting(steps), { reversed: true }), tf.zeros([1]), sum);
    expect(outputs.dataSync()[0]).toBe(total);
    expect(outputs.dataSync()[steps - 1]).toBe(steps);
    const [asGone] = scan(new Sequence(counting(steps), { reversed: true, outputsAsGone: true }), tf.zeros([1]), sum);
    expect(asGone.dataSync()[0]).toBe(steps);
    expect(asGone.dataSync()[steps - 1]).toBe(total);
  });

  it('gives the states of all steps when it is told', () => {
    const step = (x: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] => [tf.mul(x, 2), tf.add(state, 1)];
    const [results] = scan(new Sequence(counting(steps), { withStates: true }), tf.zeros([1]), step);
    const [outputs, states] = results as unknown as [tf.Tensor, tf.Tensor];
    expect([outputs.shape, states.shape]).toEqual([
      [steps, 1],
      [steps, 1],
    ]);
    expect(states.dataSync()[steps - 1]).toBe(steps);
  });

  it('tells the number of each step to what carries the state', () => {
    const seen: number[] = [];
    const carry = (step: number, _: unknown, next: unknown) => {
      seen.push(step);
      return next;
    };
    scan(new Sequence(counting(steps), { reversed: true, carry }), tf.zeros([1]), sum);
    expect(seen).toEqual(Array.from({ length: steps }, (_, i) => steps - 1 - i));
  });

  it('projects in pieces that are not too large, and leaves nothing behind', () => {
    const pieces: number[] = [];
    const projection = {
      apply: (values: tf.Tensor) => {
        pieces.push(values.shape[0] as number);
        return tf.neg(values);
      },
      // As if a step were so large that no more than 64 go at once.
      elementsPerStep: 1 << 20,
    };
    const values = counting(steps);
    const start = tf.zeros([1]);
    const [outputs, state] = expectNoLeak(() => scan(new Sequence(values), start, sum, projection));
    expect(state.dataSync()[0]).toBe((-steps * (steps + 1)) / 2);
    expect(pieces.reduce((a, b) => a + b, 0)).toBe(steps);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(64);
    tf.dispose([outputs, state]);
  });
});

describe('the gradient of scan', () => {
  it('goes through groups of steps, and projects all of them at once', () => {
    const pieces: number[] = [];
    const projection = {
      apply: (values: tf.Tensor) => {
        pieces.push(values.shape[0] as number);
        return tf.mul(values, 10);
      },
      elementsPerStep: 1 << 20,
    };
    const x = tf.variable(counting(130));
    const total = () =>
      tf.sum(scan<tf.Tensor, tf.Tensor, tf.Tensor>(new Sequence(x), tf.zeros([1]), sum, projection)[0]);
    const { grads } = valueAndGrads(total, { variables: [x] });
    expect(pieces).toEqual([130]);
    expect([...(grads[x.name]?.dataSync() ?? [])]).toEqual(Array.from({ length: 130 }, (_, i) => 10 * (130 - i)));
    x.dispose();
  });
});
