import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { clipGradient } from './clip-gradient.ts';
import { scaleGradient } from './scale-gradient.ts';
import { stopGradient } from './stop-gradient.ts';

beforeAll(() => {
  registerGradients();
});

const X = [-0.5, 0.25, 3];
const DY = [-2, 0.3, 2];

/** Value and gradient of a function at X, where the gradient of its result is DY. */
function valueAndGradient(f: (x: tf.Tensor) => tf.Tensor): [number[], number[]] {
  const [x, dy] = [tf.tensor1d(X), tf.tensor1d(DY)];
  const { value, grad } = expectNoLeak(() => tf.valueAndGrad(f)(x, dy));
  const result: [number[], number[]] = [[...value.dataSync()], [...grad.dataSync()]];
  tf.dispose([x, dy, value, grad]);
  return result;
}

const rounded = (values: number[]) => values.map((x) => Math.round(x * 1e6) / 1e6 + 0);

describe('clipGradient', () => {
  it('is the identity, with clipped gradients', () => {
    const [value, gradient] = valueAndGradient((x) => clipGradient(x, -1, 0.5));
    expect(value).toEqual(X);
    expect(rounded(gradient)).toEqual([-1, 0.3, 0.5]);
  });

  it('takes scalar tensors for bounds', () => {
    const [min, max] = [tf.scalar(-1), tf.scalar(0.5)];
    expect(rounded(valueAndGradient((x) => clipGradient(x, min, max))[1])).toEqual([-1, 0.3, 0.5]);
    expect(rounded(valueAndGradient((x) => clipGradient(x, -1, max))[1])).toEqual([-1, 0.3, 0.5]);
    tf.dispose([min, max]);
  });

  it('works within a longer computation', () => {
    const [, gradient] = valueAndGradient((x) => tf.mul(clipGradient(tf.mul(x, 3), -1, 1), 2));
    expect(rounded(gradient)).toEqual([-3, 1.8, 3]);
  });

  it('has second derivatives', () => {
    const x = tf.scalar(2);
    // The first derivative of x³ is clipped at 100, so it does not matter here.
    const second = tf.grad((y) => tf.grad((z) => clipGradient(tf.pow(z, 3), -100, 100))(y));
    const value = second(x);
    expect(value.dataSync()[0]).toBeCloseTo(12, 4);
    tf.dispose([x, value]);
  });

  it('refuses inputs that are not float', () => {
    const int = tf.tensor1d([0, 3], 'int32');
    expect(() => expectNoLeak(() => clipGradient(int, -1, 1))).toThrow(ValueError);
    expect(() => clipGradient(int, -1, 1)).toThrow(
      'clipGradient does not support non-float `net` inputs; got dtype int32.',
    );
    int.dispose();
  });

  it('refuses bounds that cannot be', () => {
    const vector = tf.tensor1d([1, 2]);
    expect(() => clipGradient(1, 1, -1)).toThrow('clipValueMin must not exceed clipValueMax; got 1 and -1.');
    expect(() => clipGradient(1, Number.NaN, 1)).toThrow(ValueError);
    expect(() => clipGradient(1, -1, vector)).toThrow(
      'clipValueMax must be a number or a scalar tensor; got shape [2].',
    );
    vector.dispose();
  });
});

describe('scaleGradient', () => {
  it('is the identity, with scaled gradients', () => {
    const [value, gradient] = valueAndGradient((x) => scaleGradient(x, -0.5));
    expect(value).toEqual(X);
    expect(rounded(gradient)).toEqual([1, -0.15, -1]);
    expect(rounded(valueAndGradient((x) => scaleGradient(x, 1))[1])).toEqual(DY);
  });

  it('lets no gradient through for scale 0', () => {
    expect(rounded(valueAndGradient((x) => tf.add(x, scaleGradient(tf.mul(x, 5), 0)))[1])).toEqual(DY);
    const x = tf.tensor1d(X);
    expect(() => tf.grad((y) => scaleGradient(y, 0))(x)).toThrow('Cannot compute gradient');
    x.dispose();
  });

  it('takes integers for the scales 0 and 1 only', () => {
    const int = tf.tensor1d([2, 0], 'int32');
    for (const scale of [0, 1]) {
      const same = scaleGradient(int, scale);
      expect([same.dtype, ...same.dataSync()]).toEqual(['int32', 2, 0]);
      same.dispose();
    }
    expect(() => scaleGradient(int, 0.5)).toThrow(ValueError);
    expect(() => scaleGradient(int, 0.5)).toThrow('scaleGradient does not support non-float `net` inputs');
    int.dispose();
  });

  it('refuses scales that are no numbers', () => {
    expect(() => scaleGradient(1, '2' as unknown as number)).toThrow(TypeError);
    expect(() => scaleGradient(1, Number.NaN)).toThrow(TypeError);
  });
});

describe('stopGradient', () => {
  it('cuts the result off from what it was computed from', () => {
    expect(rounded(valueAndGradient((x) => tf.mul(x, stopGradient(x)))[1])).toEqual(
      rounded(X.map((x, i) => x * (DY[i] ?? 0))),
    );
  });

  it('gives no gradient to variables that are only reached through it', () => {
    const [v, w] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(3))];
    const { value, grads } = tf.variableGrads(() => tf.mul(stopGradient(v), w), [v, w]);
    expect(grads[v.name]).toBeUndefined();
    expect(grads[w.name]?.dataSync()[0]).toBe(2);
    tf.dispose([v, w, value, grads]);
  });
});

describe('what is given instead of a tensor', () => {
  it('becomes one', () => {
    for (const op of [(x: tf.TensorLike) => clipGradient(x, -1, 1), (x: tf.TensorLike) => scaleGradient(x, 0.5)]) {
      const [scalar, matrix] = [expectNoLeak(() => op(1.5)), expectNoLeak(() => op([[1], [2]]))];
      expect([scalar.shape, matrix.shape, scalar.dataSync()[0]]).toEqual([[], [2, 1], 1.5]);
      tf.dispose([scalar, matrix]);
    }
    expect(() => clipGradient('x', 0, 1)).toThrow('clipGradient: net must be a tensor, a number or an array; got x.');
    expect(() => scaleGradient(null as never, 2)).toThrow(TypeError);
  });
});
