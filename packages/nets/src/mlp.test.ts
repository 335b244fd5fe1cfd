import {
  customGetters,
  Graph,
  GraphKeys,
  getCollection,
  IncompatibleShapeError,
  initializers,
  KeyError,
  minimize,
  NotConnectedError,
  partitioners,
  regularizers,
  resetDefaultGraph,
  supportsKwargs,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { MLP } from './mlp.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const constant = initializers.constant;

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('an MLP', () => {
  it('applies its layers with the activation between them', () => {
    const mlp = new MLP([2, 1], { initializers: { w: constant(1), b: constant(-2) } });
    // Row 1: 1 + 2 - 2 = 1 in both units, then 1 + 1 - 2 = 0. Row 2: relu(-1) = 0, then -2.
    expect(
      valuesOf(
        mlp(
          tf.tensor2d([
            [1, 2],
            [0, 1],
          ]),
        ),
      ),
    ).toEqual([0, -2]);
  });

  it('applies the activation after the last layer, too, when told so', () => {
    const mlp = new MLP([1], { initializers: { w: constant(1) }, activateFinal: true, activation: tf.square });
    expect(valuesOf(mlp(tf.tensor2d([[-3]])))).toEqual([9]);
    expect(mlp.activateFinal).toBe(true);
    expect(mlp.activation).toBe(tf.square);
  });

  it('names its variables by layer, in the order of the layers', () => {
    const mlp = new MLP([4, 3]);
    mlp(tf.ones([2, 5]));
    expect(mlp.getVariables().map(variableName)).toEqual([
      'mlp/linear_0/w',
      'mlp/linear_0/b',
      'mlp/linear_1/w',
      'mlp/linear_1/b',
    ]);
    expect(mlp.variables.map(({ shape }) => shape)).toEqual([[4], [5, 4], [3], [4, 3]]);
    expect(mlp.nameScopes).toEqual(['mlp_1']);
  });

  it('shares its variables between connections', () => {
    const mlp = new MLP([3]);
    const inputs = tf.ones([2, 5]);
    expect(valuesOf(mlp(inputs))).toEqual(valuesOf(mlp(inputs)));
    expect(mlp.variables).toHaveLength(2);
    expect(new MLP([3]).scopeName).toBe('mlp_1');
  });

  it('has no biases when told so', () => {
    const mlp = new MLP([4, 3], { useBias: false });
    mlp(tf.ones([2, 5]));
    expect(mlp.variables.map(variableName)).toEqual(['mlp/linear_0/w', 'mlp/linear_1/w']);
    expect(mlp.useBias).toBe(false);
    expect(MLP.getPossibleInitializerKeys()).toEqual(['w', 'b']);
    expect(MLP.getPossibleInitializerKeys({ useBias: false })).toEqual(['w']);
  });

  it('takes sizes as functions, which it calls when it is connected', () => {
    let size = 0;
    const mlp = new MLP([() => size, 2]);
    size = 7;
    expect(mlp(tf.ones([1, 3])).shape).toEqual([1, 2]);
    expect(mlp.outputSizes).toEqual([7, 2]);
    expect(mlp.outputSize).toBe(2);
  });

  it('gives regularizers, partitioners and custom getters to its variables', () => {
    const options = {
      regularizers: { w: regularizers.l2(1) },
      partitioners: { w: partitioners.fixedSize(2) },
      customGetter: { 'linear_1/b': customGetters.nonTrainable },
    };
    const mlp = new MLP([2, 2], options);
    mlp(tf.ones([1, 2]));
    expect(getCollection(GraphKeys.REGULARIZATION_LOSSES)).toHaveLength(4);
    expect(mlp.nonTrainableVariables.map(variableName)).toEqual(['mlp/linear_1/b']);
    expect(mlp.variables.map(variableName)).toContain('mlp/linear_0/w/part_1');
    expect(mlp.regularizers).toEqual(options.regularizers);
    expect(mlp.partitioners).toEqual(options.partitioners);
    expect(mlp.initializers).toEqual({});
  });

  it('knows the shape of its latest inputs, once it is connected', () => {
    const mlp = new MLP([2]);
    expect(() => mlp.inputShape).toThrow(NotConnectedError);
    expect(() => mlp.inputShape).toThrow('MLP "mlp"');
    mlp(tf.ones([1, 2]));
    mlp(tf.ones([4, 2]));
    expect(mlp.inputShape).toEqual([4, 2]);
    expect(mlp.layers.map((layer) => layer.scopeName)).toEqual(['mlp/linear_0']);
  });

  it('says what it takes', () => {
    expect(supportsKwargs(new MLP([1]), ['isTraining', 'dropoutKeepProb'])).toBe('supported');
  });

  it('learns', () => {
    const mlp = new MLP([8, 1], { activation: tf.tanh });
    const inputs = tf.tensor2d([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const targets = tf.tensor2d([[0], [1], [1], [0]]);
    const loss = (): tf.Scalar => tf.mean(tf.squaredDifference(mlp(inputs), targets)) as tf.Scalar;
    const optimizer = tf.train.adam(0.05);
    for (let step = 0; step < 200; step++) minimize(optimizer, loss);
    expect(loss().dataSync()[0]).toBeLessThan(0.01);
  });

  it('leaks nothing over 100 calls', () => {
    const mlp = new MLP([4, 3], { useDropout: true });
    const inputs = tf.ones([2, 5]);
    mlp(inputs).dispose();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) mlp(inputs).dispose();
    });
  });
});

describe('dropout in an MLP', () => {
  const inputs = (): tf.Tensor => tf.ones([4, 20]);
  const zeros = (tensor: tf.Tensor): number => valuesOf(tensor).filter((x) => x === 0).length;
  const make = (): MLP => new MLP([50], { useDropout: true, activateFinal: true, initializers: { w: constant(1) } });

  it('sets outputs to zero and scales the others up in training, which is the default', () => {
    const outputs = make()(inputs());
    expect(zeros(outputs)).toBeGreaterThan(50);
    expect(zeros(outputs)).toBeLessThan(150);
    expect(Math.max(...valuesOf(outputs))).toBe(40);
  });

  it('keeps what the call says', () => {
    expect(zeros(make()(inputs(), { dropoutKeepProb: 0.95 }))).toBeLessThan(40);
    expect(zeros(make()(inputs(), { dropoutKeepProb: 1 }))).toBe(0);
  });

  it('does not take place without training, whether that is said by a boolean or a tensor', () => {
    expect(zeros(make()(inputs(), { isTraining: false }))).toBe(0);
    expect(zeros(make()(inputs(), { isTraining: tf.scalar(false) }))).toBe(0);
    expect(zeros(make()(inputs(), { isTraining: tf.scalar(true) }))).toBeGreaterThan(0);
  });

  it('does not take place unless the module was made with it', () => {
    const mlp = new MLP([50], { activateFinal: true, initializers: { w: constant(1) } });
    expect(zeros(mlp(inputs()))).toBe(0);
    expect(mlp.useDropout).toBe(false);
  });

  it('comes before the activation', () => {
    const mlp = new MLP([50], { useDropout: true, activateFinal: true, activation: tf.exp });
    expect(zeros(mlp(inputs()))).toBe(0);
  });

  it('is the same in every run of a program, and differs from call to call', () => {
    const run = (): number[][] =>
      new Graph({ seed: 3 }).asDefault(() => {
        const mlp = make();
        return [valuesOf(mlp(inputs())), valuesOf(mlp(inputs()))];
      });
    const [first, second] = run();
    expect(run()).toEqual([first, second]);
    expect(first).not.toEqual(second);
  });
});

describe('the transpose of an MLP', () => {
  it('maps back through the same sizes', () => {
    const mlp = new MLP([4, 3], { useBias: false });
    const transpose = mlp.transpose();
    const outputs = mlp(tf.ones([2, 5]));
    expect(transpose(outputs).shape).toEqual([2, 5]);
    expect(transpose.outputSizes).toEqual([4, 5]);
    expect(transpose.getVariables().map(variableName)).toEqual([
      'mlp_transpose/linear_0/w',
      'mlp_transpose/linear_1/w',
    ]);
  });

  it('cannot be connected before the MLP', () => {
    const mlp = new MLP([4]);
    const transpose = mlp.transpose();
    expect(() => transpose(tf.ones([2, 4]))).toThrow(NotConnectedError);
    mlp(tf.ones([2, 5]));
    expect(transpose(tf.ones([2, 4])).shape).toEqual([2, 5]);
  });

  it('takes a name and activateFinal', () => {
    const transpose = new MLP([4]).transpose({ name: 'decoder', activateFinal: true });
    expect([transpose.moduleName, transpose.activateFinal]).toEqual(['decoder', true]);
  });
});

describe('the clone of an MLP', () => {
  it('has the same options and variables of its own', () => {
    const mlp = new MLP([4, 3], { activateFinal: true, useBias: false, useDropout: true });
    mlp(tf.ones([2, 5]));
    const clone = mlp.clone();
    expect(clone(tf.ones([2, 6])).shape).toEqual([2, 3]);
    expect([clone.activateFinal, clone.useBias, clone.useDropout]).toEqual([true, false, true]);
    expect(clone.variables.map(variableName)).toEqual(['mlp_clone/linear_0/w', 'mlp_clone/linear_1/w']);
    expect(mlp.clone({ name: 'copy' }).moduleName).toBe('copy');
  });
});

describe('an MLP refuses', () => {
  it.each([
    ['no sizes', [], ValueError, 'outputSizes must not be empty'],
    ['sizes that are not iterable', 5, TypeError, 'outputSizes must be iterable; got 5'],
    ['a size that is not positive', [3, 0], ValueError, 'got 0'],
  ])('%s', (_, sizes, error, message) => {
    expect(() => new MLP(sizes as number[])).toThrow(error);
    expect(() => new MLP(sizes as number[])).toThrow(message);
    expect(new MLP([1]).scopeName).toBe('mlp');
  });

  it.each([
    ['an activation that is not a function', { activation: 'relu' }, TypeError, 'relu'],
    ['an unknown initializer', { initializers: { q: constant(1) } }, KeyError, "'q'"],
    [
      'an initializer for biases that do not exist',
      { useBias: false, initializers: { b: constant(1) } },
      KeyError,
      "'b'",
    ],
    ['an unknown regularizer', { regularizers: { q: regularizers.l1(1) } }, KeyError, "'q'"],
    ['an unknown partitioner', { partitioners: { q: partitioners.fixedSize(2) } }, KeyError, "'q'"],
    ['a regularizer that is not a function', { regularizers: { w: 3 } }, TypeError, "'w'"],
  ])('%s', (_, options, error, message) => {
    expect(() => new MLP([2], options as object)).toThrow(error);
    expect(() => new MLP([2], options as object)).toThrow(message);
    expect(new MLP([1]).scopeName).toBe('mlp');
  });

  it('inputs of another rank or size, and works afterwards', () => {
    const mlp = new MLP([2]);
    expect(() => mlp(tf.ones([2, 2, 3]))).toThrow(IncompatibleShapeError);
    expect(mlp(tf.ones([2, 3])).shape).toEqual([2, 2]);
    expect(() => mlp(tf.ones([2, 4]))).toThrow('Linear "mlp/linear_0"');
  });

  it('a flag that is neither a boolean nor a scalar', () => {
    const mlp = new MLP([2], { useDropout: true });
    expect(() => mlp(tf.ones([1, 1]), { isTraining: tf.ones([2]) })).toThrow('MLP "mlp": isTraining');
  });
});
