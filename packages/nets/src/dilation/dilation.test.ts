import {
  GraphKeys,
  getCollection,
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  regularizers,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Dilation } from './dilation.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const images = (...shape: [number, number, number, number]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => 1 + Math.sin(i)),
    shape,
  );

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a Dilation', () => {
  it.each(['basic', 'large'] as const)('begins as the identity of what is not negative: %s', (modelSize) => {
    const inputs = images(1, 5, 4, 2);
    const outputs = valuesOf(new Dilation(2, { modelSize })(inputs));
    valuesOf(inputs).forEach((x, i) => {
      expect(Math.abs((outputs[i] as number) - x)).toBeLessThan(1e-5);
    });
  });

  it('has eight layers of kernels of 3 by 3, four of them dilated', () => {
    const dilation = new Dilation(2);
    dilation(images(1, 4, 4, 2));
    expect(dilation.convModules.map(({ rate }) => rate[0])).toEqual([1, 1, 2, 4, 8, 16, 1, 1]);
    expect(dilation.getVariables().map(variableName).slice(0, 3)).toEqual([
      'dilation/dilated_conv_conv1/w',
      'dilation/dilated_conv_conv1/b',
      'dilation/dilated_conv_conv2/w',
    ]);
    expect(dilation.variables).toHaveLength(16);
    expect(dilation.nameScopes).toEqual(['dilation']);
  });

  it('has more channels in the large model', () => {
    const dilation = new Dilation(2, { modelSize: 'large' });
    dilation(images(1, 3, 3, 4));
    expect(dilation.convModules.map(({ outputChannels }) => outputChannels)).toEqual([4, 4, 8, 16, 32, 64, 64, 2]);
  });

  it('takes other initializers, and regularizers', () => {
    const dilation = new Dilation(3, {
      initializers: { w: initializers.zeros(), b: initializers.constant(2) },
      regularizers: { w: regularizers.l2(1), b: regularizers.l1(1) },
    });
    expect(valuesOf(dilation(images(1, 1, 1, 5)))).toEqual([2, 2, 2]);
    expect(getCollection(GraphKeys.REGULARIZATION_LOSSES)).toHaveLength(16);
    expect(Dilation.getPossibleInitializerKeys()).toEqual(['w', 'b']);
  });

  it('sees far', () => {
    const dilation = new Dilation(1, { initializers: { w: initializers.ones() } });
    const point = tf.pad(tf.ones([1, 1, 1, 1]), [
      [0, 0],
      [40, 40],
      [40, 40],
      [0, 0],
    ]);
    const row = valuesOf(tf.slice(dilation(point), [0, 40, 0, 0], [1, 1, 81, 1]));
    // 1 + 1 + 2 + 4 + 8 + 16 + 1 + 1 pixels to each side.
    expect(row.findIndex((x) => x > 0)).toBe(40 - 34);
    expect(row.findLastIndex((x) => x > 0)).toBe(40 + 34);
  });

  it('shares its variables between connections', () => {
    const dilation = new Dilation(2, { initializers: { w: initializers.truncatedNormal() } });
    expect(valuesOf(dilation(images(1, 3, 3, 3)))).toEqual(valuesOf(dilation(images(1, 3, 3, 3))));
    expect(dilation.variables).toHaveLength(16);
  });

  it('has gradients by all its variables', () => {
    const dilation = new Dilation(2);
    const { grads } = valueAndGrads(() => tf.mean(dilation(images(1, 3, 3, 2))) as tf.Scalar);
    expect(Object.values(grads).filter((grad) => grad !== null)).toHaveLength(16);
  });

  it('leaks nothing over 100 calls', () => {
    const dilation = new Dilation(1);
    const inputs = images(1, 2, 2, 1);
    dilation(inputs).dispose();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) dilation(inputs).dispose();
    });
  });
});

describe('a Dilation refuses', () => {
  it.each<[string, unknown, object, new (...args: never) => Error, string]>([
    [
      'a number of classes that is not positive',
      0,
      {},
      ValueError,
      'numOutputClasses must be a positive integer; got 0',
    ],
    ['an unknown model size', 2, { modelSize: 'huge' }, ValueError, "'basic' or 'large'; got huge"],
    ['an unknown initializer', 2, { initializers: { q: initializers.ones() } }, KeyError, "'q'"],
    ['a regularizer that is not a function', 2, { regularizers: { w: 1 } }, TypeError, "'w'"],
  ])('%s', (_, numOutputClasses, options, error, message) => {
    expect(() => new Dilation(numOutputClasses as number, options)).toThrow(error);
    expect(() => new Dilation(numOutputClasses as number, options)).toThrow(message);
    expect(new Dilation(1).scopeName).toBe('dilation');
  });

  it('images of another rank', () => {
    const dilation = new Dilation(2);
    expect(() => dilation(tf.ones([4, 4, 2]))).toThrow(IncompatibleShapeError);
    expect(() => dilation(tf.ones([4, 4, 2]))).toThrow(
      'Dilation "dilation": images must have rank 4, [batch, height, width, depth]; got 3 ([4, 4, 2]).',
    );
  });

  it('images whose depth does not suit the default initializers, and works afterwards', () => {
    const dilation = new Dilation(2);
    expect(() => dilation(images(1, 2, 2, 3))).toThrow(ValueError);
    expect(() => dilation(images(1, 2, 2, 3))).toThrow('dilation/dilated_conv_conv1/w');
    expect(() => dilation.convModules).toThrow(NotConnectedError);
    expect(dilation(images(1, 2, 2, 2)).shape).toEqual([1, 2, 2, 2]);
    expect(() => new Dilation(2, { modelSize: 'large' })(images(1, 2, 2, 3))).toThrow(
      'multiples of baseNumChannels, 2',
    );
  });
});
