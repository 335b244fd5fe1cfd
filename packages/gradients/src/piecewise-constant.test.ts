import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onEachBackend } from './testing/backends.ts';

type Op = (x: tf.Tensor) => tf.Tensor;

const functions: readonly (readonly [string, Op])[] = [
  ['ceil', tf.ceil],
  ['floor', tf.floor],
  ['round', tf.round],
  ['sign', tf.sign],
  ['step', (x) => tf.step(x, 0.5)],
  ['isNaN', tf.isNaN],
  ['isInf', tf.isInf],
  ['isFinite', tf.isFinite],
  ['floorDiv', (x) => tf.floorDiv(x, tf.scalar(2))],
  ['equal', (x) => tf.equal(x, 1)],
  ['notEqual', (x) => tf.notEqual(x, 1)],
  ['greater', (x) => tf.greater(x, tf.tensor1d([0, 1, 2]))],
  ['greaterEqual', (x) => tf.greaterEqual(0, x)],
  ['less', (x) => tf.less(x, 1)],
  ['lessEqual', (x) => tf.lessEqual(x, x)],
  ['logicalAnd', (x) => tf.logicalAnd(tf.greater(x, 0), tf.less(x, 1))],
  ['logicalOr', (x) => tf.logicalOr(tf.greater(x, 0), tf.less(x, 1))],
  ['logicalNot', (x) => tf.logicalNot(tf.greater(x, 0))],
  ['logicalXor', (x) => tf.logicalXor(tf.greater(x, 0), tf.less(x, 1))],
  ['all', (x) => tf.all(tf.greater(x, 0))],
  ['any', (x) => tf.any(tf.greater(x, 0))],
  ['argMax', (x) => tf.argMax(x)],
  ['argMin', (x) => tf.argMin(x)],
  ['oneHot', (x) => tf.sum(tf.oneHot(tf.cast(tf.abs(x), 'int32'), 4), 1)],
  ['searchSorted', (x) => tf.searchSorted(tf.tensor1d([0, 1, 2]), x)],
  ['bitwiseAnd', (x) => tf.bitwiseAnd(tf.cast(x, 'int32'), tf.tensor1d([1, 2, 3], 'int32'))],
  ['multinomial', (x) => tf.multinomial(x as tf.Tensor1D, 2, 1)],
];

onEachBackend(() => {
  describe.each(functions)('%s', (_, op) => {
    it('has a gradient of zeros, so that the rest of an expression keeps its own', () => {
      const expression = (x: tf.Tensor): tf.Tensor => tf.add(tf.sum(tf.mul(x, 2)), tf.sum(tf.cast(op(x), 'float32')));
      const gradient = tf.grad(expression)(tf.tensor1d([-1.5, 0.5, 1.5]));
      expect([...gradient.dataSync()]).toEqual([2, 2, 2]);
    });
  });

  describe('non-maximum suppression', () => {
    const boxes = tf.tensor2d([0, 0, 1, 1, 0, 0, 0.9, 1, 2, 2, 3, 3], [3, 4]);

    it('chooses by steps', () => {
      const choose = (scores: tf.Tensor): tf.Tensor =>
        tf.add(tf.sum(scores), tf.sum(tf.cast(tf.image.nonMaxSuppression(boxes, scores as tf.Tensor1D, 2), 'float32')));
      expect([
        ...tf
          .grad(choose)(tf.tensor1d([0.9, 0.8, 0.7]))
          .dataSync(),
      ]).toEqual([1, 1, 1]);
    });

    it('passes the gradient of the scores that it returns', () => {
      const gradient = tf.grad((scores: tf.Tensor) => {
        const { selectedScores } = tf.image.nonMaxSuppressionWithScore(boxes, scores as tf.Tensor1D, 2, 0.5, 0, 0);
        return selectedScores as tf.Tensor;
      })(tf.tensor1d([0.9, 0.8, 0.7]), tf.tensor1d([2, 3]));
      expect([...gradient.dataSync()]).toEqual([2, 0, 3]);
    });

    it('says that softened scores have no gradient', () => {
      const soften = (scores: tf.Tensor): tf.Tensor =>
        tf.image.nonMaxSuppressionWithScore(boxes, scores as tf.Tensor1D, 2, 0.5, 0, 0.5).selectedScores as tf.Tensor;
      expect(() => tf.grad(soften)(tf.tensor1d([0.9, 0.8, 0.7]))).toThrow('softNmsSigma = 0.5');
    });
  });
});
