import { Graph, Module, minimize, nameScope, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BayesByBackpropOptions, bayesByBackpropGetter } from './bayes-by-backprop-getter.ts';
import { getTotalKlCost } from './get-total-kl-cost.ts';
import { renewSharedNoise } from './renew-shared-noise.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

const x = tf.tensor2d([[1, -2, 0.5]]);

/** Connects a module of its own as often as it is called, and gives the first output. */
function makeProbe(options: BayesByBackpropOptions): () => number {
  const linear = new Linear(1, { customGetter: bayesByBackpropGetter(options) });
  return () => tf.tidy(() => linear(x).dataSync()[0] as number);
}

/** What a function gives while gradients are computed. */
function inGradient<T>(fn: () => T): T {
  const results: T[] = [];
  const w = tf.variable(tf.scalar(1));
  const { value, grads } = valueAndGrads(
    () => {
      results.push(fn());
      return tf.mul(w, 1);
    },
    { variables: [w] },
  );
  tf.dispose([w, value, ...Object.values(grads)] as tf.Tensor[]);
  return results[0] as T;
}

const distinct = (values: readonly number[]): number => new Set(values).size;

describe('fresh noise', () => {
  it('is drawn at every connection', () => {
    const probe = makeProbe({});
    expect(distinct([probe(), probe(), ...inGradient(() => [probe(), probe()])])).toBe(4);
  });

  it('is drawn once for a loop, as an unrolled core opens it', () => {
    const probe = makeProbe({});
    const loop = (): number[] => nameScope('rnn', () => nameScope('while', () => [probe(), probe(), probe()]));
    const [first, second] = [loop(), loop()];
    expect([distinct(first), distinct(second), distinct([...first, ...second])]).toEqual([1, 1, 2]);
    const nested = nameScope('while', () => [...loop(), ...loop()]);
    expect(distinct(nested)).toBe(1);
    const inside = (): number[] => nameScope('step/', () => nameScope('while/', () => [probe(), probe()]));
    expect(distinct([...inGradient(inside), ...inGradient(inside)])).toBe(2);
  });

  it('is drawn at every step of a loop on demand', () => {
    const probe = makeProbe({ keepControlDependencies: true });
    expect(distinct(nameScope('while', () => [probe(), probe(), probe()]))).toBe(3);
  });

  it('is not mistaken by a module whose name is not quite that of a loop', () => {
    const probe = makeProbe({});
    const module = new Module(() => tf.tensor1d([probe(), probe()]), { name: 'meanwhile' });
    expect(distinct([...module().dataSync()])).toBe(2);
  });
});

describe('shared noise', () => {
  const options = { freshNoisePerConnection: false };

  it('holds for all connections outside of gradients', () => {
    const probe = makeProbe(options);
    expect(distinct([probe(), probe(), probe()])).toBe(1);
  });

  it('is drawn once for each computation of gradients', () => {
    const probe = makeProbe(options);
    const before = probe();
    const [first, second] = [inGradient(() => [probe(), probe()]), inGradient(() => [probe(), probe()])];
    expect([distinct(first), distinct(second), distinct([before, ...first, ...second])]).toEqual([1, 1, 3]);
    expect(probe()).toBe(second[0]);
  });

  it('can be renewed by hand, graph by graph', () => {
    const probe = makeProbe(options);
    const before = probe();
    const graph = new Graph();
    graph.asDefault(() => renewSharedNoise());
    graph.dispose();
    expect(probe()).toBe(before);
    renewSharedNoise();
    const after = probe();
    expect([after === before, probe() === after]).toEqual([false, true]);
  });

  it('is renewed in training, so that the spread is learned', () => {
    const linear = new Linear(1, { useBias: false, customGetter: bayesByBackpropGetter(options) });
    const optimizer = tf.train.sgd(0.01);
    const weights: number[] = [];
    for (let step = 0; step < 4; step++) {
      minimize(optimizer, () => {
        const [a, b] = [linear(x), linear(x)];
        weights.push(a.dataSync()[0] as number, b.dataSync()[0] as number);
        return tf.add(tf.sum(tf.square(tf.add(a, b))), tf.mul(getTotalKlCost(), 1e-6));
      });
    }
    expect(distinct(weights)).toBe(4);
  });
});
