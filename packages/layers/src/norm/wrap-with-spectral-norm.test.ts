import {
  AbstractModule,
  getCollection,
  initializers,
  resetDefaultGraph,
  runUpdates,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Linear } from '../linear.ts';
import { BatchNorm } from './batch-norm.ts';
import { wrapWithSpectralNorm } from './wrap-with-spectral-norm.ts';

/** Singular values 3 and 2. */
const W = [
  [3, 0],
  [0, 2],
];
const options = { useBias: false, initializers: { w: initializers.constant(W) } };
const still = { enablePowerIteration: false };

beforeEach(() => {
  resetDefaultGraph();
});

describe('wrapWithSpectralNorm', () => {
  it('divides weights by their largest singular value, better with each call', () => {
    const linear = new (wrapWithSpectralNorm(Linear))(2, options);
    const inputs = tf.eye(2);
    for (let i = 0; i < 30; i++) linear(inputs).dispose();
    const outputs = [...linear(inputs).dataSync()];
    [1, 0, 0, 2 / 3].forEach((x, i) => {
      expect(outputs[i]).toBeCloseTo(x, 3);
    });
  });

  it('takes several steps at once', () => {
    const linear = new (wrapWithSpectralNorm(Linear, { snKwargs: { numIters: 30 } }))(2, options);
    expect(linear(tf.eye(2)).dataSync()[0]).toBeCloseTo(1, 3);
  });

  it('names its modules and variables', () => {
    const Wrapped = wrapWithSpectralNorm(Linear);
    const [first, second] = [new Wrapped(2), new Wrapped(2, { name: 'lin' })];
    first(tf.eye(2));
    second(tf.eye(2));
    expect(first.variables.map(({ name }) => name)).toEqual([
      'sn_wrapper/linear/b',
      'sn_wrapper/linear/u0',
      'sn_wrapper/linear/w',
    ]);
    expect([second.scopeName, second.wrappedModule.scopeName]).toEqual(['lin_wrapper', 'lin_wrapper/lin']);
    expect([Wrapped.wrappedClass, String(second)]).toEqual([Linear, 'SpectralNormWrapper "lin_wrapper"']);
    expect(first.trainableVariables).toHaveLength(2);
  });

  it('leaves the estimate alone on demand', () => {
    const linear = new (wrapWithSpectralNorm(Linear))(2, options);
    const inputs = tf.eye(2);
    linear(inputs);
    const estimate = (): number[] => [...(linear.variables[0] as tf.Variable).dataSync()];
    const before = estimate();
    linear(inputs, still);
    expect(estimate()).toEqual(before);
    linear(inputs, { enablePowerIteration: true });
    expect(estimate()).not.toEqual(before);
  });

  it('lets the better estimate wait in a collection', () => {
    const linear = new (wrapWithSpectralNorm(Linear, { powIterCollection: 'power' }))(2, options);
    const inputs = tf.eye(2);
    linear(inputs);
    const estimate = (): number[] => [...(linear.variables[0] as tf.Variable).dataSync()];
    const before = estimate();
    linear(inputs, still);
    expect([estimate(), getCollection('power').length]).toEqual([before, 1]);
    runUpdates('power');
    expect(estimate()).not.toEqual(before);
  });

  it('wraps modules that have others inside, and hands on their options', () => {
    class Block extends AbstractModule<[inputs: tf.Tensor, options: { isTraining: boolean }], tf.Tensor> {
      static override readonly moduleName: string = 'block';

      protected override build(inputs: tf.Tensor, { isTraining }: { isTraining: boolean }): tf.Tensor {
        return new BatchNorm()(new Linear(2)(new Linear(3)(inputs)), { isTraining });
      }
    }
    const block = new (wrapWithSpectralNorm(Block))();
    expect(block(tf.ones([2, 2]), { isTraining: true, enablePowerIteration: false } as never).shape).toEqual([2, 2]);
    expect(block.variables.filter(({ name }) => name.endsWith('/u0'))).toHaveLength(2);
  });

  it('treats the singular vectors as constants in gradients', () => {
    const linear = new (wrapWithSpectralNorm(Linear, { snKwargs: { numIters: 30 } }))(2, options);
    const inputs = tf.eye(2);
    const { grads } = valueAndGrads(() =>
      tf.sum(
        tf.mul(linear(inputs), [
          [1, 0],
          [0, 1],
        ]),
      ),
    );
    // The first element is w / w, the second one 2 / w.
    const gradient = [...(grads['sn_wrapper/linear/w']?.dataSync() ?? [])];
    [-2 / 9, 0, 0, 1 / 3].forEach((x, i) => {
      expect(gradient[i]).toBeCloseTo(x, 2);
    });
    expect(Object.keys(grads)).toEqual(['sn_wrapper/linear/w']);
  });

  it('leaks nothing', () => {
    const linear = new (wrapWithSpectralNorm(Linear, { powIterCollection: 'power' }))(2);
    const inputs = tf.eye(2);
    tf.tidy(() => {
      linear(inputs);
      linear(inputs, still);
    });
    for (let i = 0; i < 100; i++) expectNoLeak(() => linear(inputs)).dispose();
    for (let i = 0; i < 100; i++) expectNoLeak(() => linear(inputs, still)).dispose();
  });

  it('refuses wrong options', () => {
    expect(() => wrapWithSpectralNorm(Linear, { snKwargs: { numIters: 0 } })).toThrow(
      'numIters must be a positive integer; got 0.',
    );
    expect(() => wrapWithSpectralNorm(Linear, { snKwargs: { eps: 0 } })).toThrow(ValueError);
    expect(() => wrapWithSpectralNorm((() => 0) as never)).toThrow(TypeError);
    const linear = new (wrapWithSpectralNorm(Linear))(2);
    expect(() => linear(tf.eye(2), { enablePowerIteration: 1 as never })).toThrow(ValueError);
  });
});
