import {
  initializers,
  KeyError,
  NotConnectedError,
  partitioners,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { TrainableVariable, type TrainableVariableOptions } from './trainable-variable.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('TrainableVariable', () => {
  it('gives its variable, always the same', () => {
    const variable = new TrainableVariable([2, 3]);
    const w = variable();
    expect([variable(), variable.w, variable.variables[0]]).toEqual([w, w, w]);
    expect([w.shape, w.dtype, (w as tf.Variable).name]).toEqual([[2, 3], 'float32', 'trainable_variable/w']);
  });

  it('begins with a truncated normal of standard deviation 1/sqrt(number of elements)', () => {
    const w = [...new TrainableVariable([40, 25])().dataSync()];
    const deviation = Math.sqrt(w.reduce((sum, x) => sum + x * x, 0) / w.length);
    expect(Math.max(...w.map(Math.abs))).toBeLessThanOrEqual(2 / Math.sqrt(1000));
    expect(deviation * Math.sqrt(1000)).toBeGreaterThan(0.82);
    expect(deviation * Math.sqrt(1000)).toBeLessThan(0.94);
  });

  it('can be of integers, with an initializer for them', () => {
    const variable = new TrainableVariable([2], { dtype: 'int32', initializers: { w: initializers.constant(3) } });
    expect([...variable().dataSync()]).toEqual([3, 3]);
    expect(variable.w).toBe(variable.variables[0]);
  });

  it('can be a scalar, and empty', () => {
    expect(new TrainableVariable([])().shape).toEqual([]);
    expect(new TrainableVariable([0, 3])().shape).toEqual([0, 3]);
  });

  it('may be stored in slices, and regularized', () => {
    const variable = new TrainableVariable([4], {
      partitioners: { w: partitioners.fixedSize(2) },
      regularizers: { w: regularizers.l2(1) },
      name: 'embeddings',
    });
    expect(variable().shape).toEqual([4]);
    expect(variable.variables.map(({ name }) => name)).toEqual(['embeddings/w/part_0', 'embeddings/w/part_1']);
    expect(regularizationLosses()).toHaveLength(2);
  });

  it('leaks nothing', () => {
    const variable = new TrainableVariable([4]);
    tf.tidy(() => void variable());
    const { numTensors } = tf.memory();
    for (let i = 0; i < 5; i++) expect(variable().isDisposed).toBe(false);
    expect(tf.memory().numTensors).toBe(numTensors);
    const sliced = new TrainableVariable([4], { partitioners: { w: partitioners.fixedSize(2) } });
    sliced().dispose();
    expectNoLeak(() => sliced()).dispose();
  });

  it('has no variable before it is connected', () => {
    expect(() => new TrainableVariable([2]).w).toThrow(NotConnectedError);
    expect(TrainableVariable.getPossibleInitializerKeys()).toEqual(['w']);
  });

  it.each([[[-1]], [[1.5]], [3], [null], ['2']])('refuses the shape %j', (shape) => {
    expect(() => new TrainableVariable(shape as number[])).toThrow(ValueError);
    expect(new TrainableVariable([]).moduleName).toBe('trainable_variable');
  });

  it('refuses options of the wrong form', () => {
    const wrong = (options: unknown) => () => new TrainableVariable([2], options as TrainableVariableOptions);
    for (const key of ['initializers', 'partitioners', 'regularizers']) {
      expect(wrong({ [key]: { b: initializers.zeros() } })).toThrow(KeyError);
      expect(wrong({ [key]: { w: 3 } })).toThrow(TypeError);
    }
    expect(wrong({ dtype: 'float64' })).toThrow(TypeError);
    expect(wrong({ customGetter: 3 })).toThrow(TypeError);
    expect(new TrainableVariable([]).moduleName).toBe('trainable_variable');
  });
});
