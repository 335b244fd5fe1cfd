import {
  globalVariables,
  localVariables,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { MovingAverage } from './moving-average.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const feed = (average: MovingAverage, ...inputs: number[]): number[] =>
  inputs.map((x) => average(tf.scalar(x)).dataSync()[0] as number);

describe('MovingAverage', () => {
  it('begins with the first inputs', () => {
    expect(feed(new MovingAverage({ decay: 0.75 }), 4, 8, 1)).toEqual([4, 5, 4]);
    expect(feed(new MovingAverage({ decay: 0 }), 4, 8)).toEqual([4, 8]);
    expect(feed(new MovingAverage({ decay: 1 }), 4, 8)).toEqual([4, 4]);
  });

  it('forgets on demand', () => {
    const average = new MovingAverage();
    expect(() => average.reset()).toThrow(NotConnectedError);
    feed(average, 4, 8);
    expectNoLeak(() => average.reset());
    expect(feed(average, 2)).toEqual([2]);
  });

  it('lets gradients through to the latest inputs, unchanged', () => {
    const average = new MovingAverage({ decay: 0.5 });
    feed(average, 4);
    const x = tf.variable(tf.scalar(2));
    const { value, grads } = valueAndGrads(() => tf.mul(average(x), 3), { variables: [x] });
    expect([value, ...Object.values(grads)].map((tensor) => tensor?.dataSync()[0])).toEqual([9, 3]);
    expect(feed(average, 3)).toEqual([3]);
    x.dispose();
  });

  it('may be connected first in a gradient', () => {
    const average = new MovingAverage();
    const x = tf.variable(tf.scalar(2));
    valueAndGrads(() => average(x), { variables: [x] });
    expect(feed(average, 2)).toEqual([2]);
    x.dispose();
  });

  it('has global or local variables, none of them trainable', () => {
    feed(new MovingAverage(), 1);
    feed(new MovingAverage({ local: true, name: 'local' }), 1);
    const names = (variables: tf.Variable[]): string[] => variables.map(({ name }) => name);
    expect(names(globalVariables())).toEqual(['moving_average/initialized', 'moving_average/moving_average']);
    expect(names(localVariables())).toEqual(['local/initialized', 'local/moving_average']);
    expect([...globalVariables(), ...localVariables()].some(({ trainable }) => trainable)).toBe(false);
  });

  it('leaks nothing', () => {
    const average = new MovingAverage();
    const inputs = tf.ones([2, 3]);
    tf.tidy(() => {
      average(inputs);
    });
    for (let i = 0; i < 100; i++) expectNoLeak(() => average(inputs)).dispose();
  });

  it('refuses what it cannot average', () => {
    for (const decay of [1.1, -0.1, Number.NaN]) expect(() => new MovingAverage({ decay })).toThrow(ValueError);
    const average = new MovingAverage();
    expect(() => average(tf.scalar(1, 'int32'))).toThrow(TypeError);
    average(tf.zeros([2]));
    expect(() => average(tf.zeros([3]))).toThrow(ValueError);
  });
});
