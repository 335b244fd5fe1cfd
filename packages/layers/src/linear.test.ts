import {
  AttributeError,
  IncompatibleShapeError,
  initializers,
  KeyError,
  Module,
  NotConnectedError,
  type Partitioner,
  partitioners,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Linear, type LinearOptions } from './linear.ts';

const names = (linear: Linear): string[] => linear.variables.map(({ name }) => name);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** w of [[1, 2, 3], [4, 5, 6]] and b of [10, 20, 30]. */
const known: LinearOptions = {
  initializers: {
    w: () => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]),
    b: () => tf.tensor1d([10, 20, 30]),
  },
};

beforeEach(() => {
  resetDefaultGraph();
});

describe('Linear', () => {
  it('maps inputs by its weights and adds its bias', () => {
    const outputs = new Linear(3, known)(tf.tensor2d([1, 0, 0, 1, 2, -1], [3, 2]));
    expect(outputs.shape).toEqual([3, 3]);
    expect(values(outputs)).toEqual([11, 22, 33, 14, 25, 36, 8, 19, 30]);
  });

  it('can do without a bias', () => {
    const { w } = known.initializers ?? {};
    const linear = new Linear(3, { useBias: false, initializers: w === undefined ? {} : { w } });
    expect(values(linear(tf.tensor2d([1, 1], [1, 2])))).toEqual([5, 7, 9]);
    expect([names(linear), linear.hasBias]).toEqual([['linear/w'], false]);
  });

  it('takes any number of batch dimensions when it is told to', () => {
    const linear = new Linear(3, { ...known, allowManyBatchDims: true });
    const outputs = linear(tf.tensor4d([1, 0, 0, 1, 1, 1, 0, 0], [2, 1, 2, 2]));
    expect(outputs.shape).toEqual([2, 1, 2, 3]);
    expect(values(outputs)).toEqual([11, 22, 33, 14, 25, 36, 15, 27, 39, 10, 20, 30]);
    expect([linear(tf.ones([2])).shape, linear(tf.ones([5, 2])).shape]).toEqual([[3], [5, 3]]);
  });

  it('takes a batch of nothing', () => {
    expect(new Linear(3)(tf.zeros([0, 2])).shape).toEqual([0, 3]);
  });

  it('shares its variables between connections', () => {
    const linear = new Linear(3);
    linear(tf.ones([4, 2]));
    linear(tf.ones([1, 2]));
    expect(names(linear)).toEqual(['linear/b', 'linear/w']);
    expect([linear.w, linear.b]).toEqual([linear.variables[1], linear.variables[0]]);
    expect([linear.w.shape, linear.b.shape, linear.inputShape]).toEqual([[2, 3], [3], [1, 2]]);
  });

  it('begins with a truncated normal of standard deviation 1/sqrt(inputSize), and a bias of zero', () => {
    const linear = new Linear(64);
    linear(tf.ones([1, 100]));
    const w = values(linear.w);
    const deviation = Math.sqrt(w.reduce((sum, x) => sum + x * x, 0) / w.length);
    expect(Math.max(...w.map(Math.abs))).toBeLessThanOrEqual(0.2);
    expect(deviation).toBeGreaterThan(0.085);
    expect(deviation).toBeLessThan(0.091);
    expect(values(linear.b)).toEqual(new Array(64).fill(0));
  });

  it('has the gradients of a linear map', () => {
    const linear = new Linear(3, known);
    const inputs = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const { grads } = valueAndGrads(() => tf.sum(tf.mul(linear(inputs), tf.tensor1d([1, 10, 100]))));
    expect(values(grads['linear/w'] as tf.Tensor)).toEqual([4, 40, 400, 6, 60, 600]);
    expect(values(grads['linear/b'] as tf.Tensor)).toEqual([2, 20, 200]);
    const slopes = tf.grad((x) => tf.sum(linear(x)))(inputs);
    expect(values(slopes)).toEqual([6, 15, 6, 15]);
  });

  it('may store its variables in slices, and regularize them', () => {
    const linear = new Linear(3, {
      ...known,
      partitioners: { b: partitioners.fixedSize(3) },
      regularizers: { w: regularizers.l2(1) },
    });
    expect(() => linear(tf.ones([1, 2]))).toThrow(ValueError);
    const sliced = new Linear(3, {
      partitioners: { w: partitioners.fixedSize(2), b: partitioners.fixedSize(3) },
      regularizers: { w: regularizers.l2(1) },
      name: 'sliced',
    });
    expect(sliced(tf.ones([1, 2])).shape).toEqual([1, 3]);
    expect(names(sliced)).toEqual(
      ['b/part_0', 'b/part_1', 'b/part_2', 'w/part_0', 'w/part_1'].map((n) => `sliced/${n}`),
    );
    expect([sliced.w.shape, sliced.b.shape]).toEqual([[2, 3], [3]]);
    expect(regularizationLosses()).toHaveLength(2);
  });

  it('leaks nothing', () => {
    const linear = new Linear(3, { allowManyBatchDims: true });
    const [flat, deep] = [tf.ones([4, 2]), tf.ones([2, 2, 2])];
    expectNoLeak(() => linear(flat), { kept: 2 });
    expectNoLeak(() => linear(flat));
    expectNoLeak(() => linear(deep));
  });

  it('tells what it was made with', () => {
    const partitioner: Partitioner = (shape) => shape.map(() => 1);
    const { w } = known.initializers ?? {};
    const options = { initializers: { w }, partitioners: { b: partitioner }, regularizers: { w: regularizers.l1(1) } };
    const linear = new Linear(3, options as LinearOptions);
    expect([linear.outputSize, linear.hasBias]).toEqual([3, true]);
    expect([linear.initializers, linear.partitioners, linear.regularizers]).toEqual(Object.values(options));
    expect([new Linear(3).initializers, new Linear(3).partitioners, new Linear(3).regularizers]).toEqual([{}, {}, {}]);
    expect(Linear.getPossibleInitializerKeys()).toEqual(['w', 'b']);
    expect(Linear.getPossibleInitializerKeys({ useBias: false })).toEqual(['w']);
  });
});

describe('a size that is given as a function', () => {
  it('is asked for when the module is connected', () => {
    let size = 2;
    const linear = new Linear(() => size);
    size = 5;
    expect(linear(tf.ones([1, 3])).shape).toEqual([1, 5]);
    expect(linear.outputSize).toBe(5);
  });

  it('must be a size then', () => {
    const linear = new Linear(() => 0.5);
    expect(() => linear(tf.ones([1, 3]))).toThrow('Linear "linear": outputSize must be a positive integer');
    expect(linear.isConnected).toBe(false);
  });
});

describe('the transpose of a Linear', () => {
  it('maps back to the size of the inputs, with variables of its own', () => {
    const linear = new Linear(3, { useBias: false });
    const back = linear.transpose();
    expect(() => back(tf.ones([1, 3]))).toThrow(NotConnectedError);
    linear(tf.ones([4, 2]));
    expect(back(tf.ones([4, 3])).shape).toEqual([4, 2]);
    expect(names(back)).toEqual(['linear_transpose/w']);
    expect(linear.transpose({ name: 'decoder' }).moduleName).toBe('decoder');
  });

  it('takes over the initializers of its origin, the defaults too once that is connected', () => {
    expect(new Linear(3, known).transpose().initializers).toEqual(known.initializers);
    const linear = new Linear(4, { initializers: { b: initializers.ones() } });
    expect(linear.transpose().initializers.w).toBe(undefined);
    linear(tf.ones([1, 100]));
    const back = linear.transpose();
    expect(back.initializers).toEqual(linear.initializers);
    back(tf.ones([1, 4]));
    expect(Math.max(...values(back.w).map(Math.abs))).toBeLessThanOrEqual(0.2);
  });

  it('of which a first connection was taken back follows its origin to another size', () => {
    const linear = new Linear(3);
    const back = linear.transpose();
    const both = new Module(
      (x: tf.Tensor, fails: boolean) => {
        const outputs = back(linear(x));
        if (fails) throw new Error('no');
        return outputs;
      },
      { name: 'both' },
    );
    expect(() => both(tf.ones([1, 5]), true)).toThrow('no');
    expect(() => linear.inputShape).toThrow(NotConnectedError);
    expect(both(tf.ones([1, 7]), false).shape).toEqual([1, 7]);
    expect([linear.w.shape, back.w.shape]).toEqual([
      [7, 3],
      [3, 7],
    ]);
  });
});

it('the clone of a Linear has the same options, and variables of its own', () => {
  const linear = new Linear(3, known);
  const clone = linear.clone();
  expect(values(clone(tf.ones([1, 2])))).toEqual([15, 27, 39]);
  expect([clone.moduleName, linear.clone({ name: 'other' }).moduleName]).toEqual(['linear_clone', 'other']);
  expect(linear.isConnected).toBe(false);
});

describe('Linear refuses', () => {
  const wrong =
    (size: unknown, options: unknown = {}) =>
    () =>
      new Linear(size as number, options as LinearOptions);

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null, undefined])('the size %j', (size) => {
    expect(wrong(size)).toThrow(ValueError);
    expect(new Linear(1).moduleName).toBe('linear');
  });

  it('options of the wrong form, before it claims a name', () => {
    const zeros = initializers.zeros();
    expect(wrong(3, { initializers: { weights: zeros } })).toThrow(KeyError);
    expect(wrong(3, { useBias: false, initializers: { b: zeros } })).toThrow(KeyError);
    expect(wrong(3, { partitioners: { c: zeros } })).toThrow(KeyError);
    expect(wrong(3, { regularizers: { c: zeros } })).toThrow(KeyError);
    expect(wrong(3, { initializers: { w: 'zeros' } })).toThrow(TypeError);
    expect(wrong(3, { initializers: zeros })).toThrow(TypeError);
    expect(wrong(3, { customGetter: 3 })).toThrow(TypeError);
    expect(wrong(3, { name: 3 })).toThrow(TypeError);
    expect(new Linear(1).moduleName).toBe('linear');
  });

  it('inputs of the wrong rank, size, dtype or type', () => {
    const linear = new Linear(3);
    const call = (inputs: unknown) => () => linear(inputs as tf.Tensor);
    for (const shape of [[], [2], [2, 2, 2]]) expect(call(tf.ones(shape))).toThrow(IncompatibleShapeError);
    expect(call(tf.ones([2, 2, 2]))).toThrow('Linear "linear": the rank of inputs must be 2, not 3 (inputs [2, 2, 2])');
    expect(call(tf.ones([2, 2], 'int32'))).toThrow('inputs must be float32; got int32');
    for (const inputs of [3, undefined, null, [[1]], 'x']) expect(call(inputs)).toThrow(TypeError);
    expect(call('x')).toThrow('Linear "linear": inputs must be a tensor; got x (string).');
    expect(linear.isConnected).toBe(false);
    linear(tf.ones([1, 2]));
    expect(call(tf.ones([4, 5]))).toThrow(IncompatibleShapeError);
    expect(call(tf.ones([4, 5]))).toThrow(
      'must be 2, as at its first connection; got 5 (inputs [4, 5], expected [..., 2])',
    );
    expect(linear.inputShape).toEqual([1, 2]);
  });

  it('to show a bias that it does not have', () => {
    const linear = new Linear(3, { useBias: false });
    expect(() => linear.b).toThrow(NotConnectedError);
    linear(tf.ones([1, 2]));
    expect(() => linear.b).toThrow(AttributeError);
  });
});
