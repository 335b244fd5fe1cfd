import {
  getVariable,
  initializers,
  Module,
  minimize,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { constrainToRange } from './constrain-to-range.ts';
import { getLagrangeMultiplier } from './lagrange-multiplier.ts';
import { OptimizationConstraints } from './optimization-constraints.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const values = (tensor: tf.Tensor | null | undefined): number[] =>
  [...(tensor?.dataSync() ?? [])].map((x) => Math.round(x * 1e4) / 1e4 + 0);

describe('getLagrangeMultiplier', () => {
  it('begins with the value that is given, by default 1', () => {
    expect(values(getLagrangeMultiplier())).toEqual([1]);
    expect(values(getLagrangeMultiplier({ shape: [2], initializer: [0.25, 9] }))).toEqual([0.25, 9]);
    expect(values(getLagrangeMultiplier({ shape: [2], initializer: initializers.constant(30) }))).toEqual([30, 30]);
  });

  it('is clipped to a range, and negated on demand', () => {
    expect(values(getLagrangeMultiplier({ initializer: 7, validRange: [0.5, 4] }))).toEqual([4]);
    expect(values(getLagrangeMultiplier({ initializer: 0.1, validRange: [0.5, 4], maximize: false }))).toEqual([-0.5]);
  });

  it('has gradients that maximize, times the rate', () => {
    const gradient = (rate: number): number => {
      resetDefaultGraph();
      const { grads } = valueAndGrads(() => tf.mul(getLagrangeMultiplier({ rate }), 2));
      return grads['lagrange_multiplier/w']?.dataSync()[0] ?? Number.NaN;
    };
    expect(gradient(1)).toBeLessThan(0);
    expect(gradient(3) / gradient(1)).toBeCloseTo(3, 5);
  });

  it('refuses ranges and values that cannot be', () => {
    expect(() => getLagrangeMultiplier({ validRange: [2, 1] })).toThrow(ValueError);
    expect(() => getLagrangeMultiplier({ validRange: [1] as never })).toThrow(ValueError);
    expect(() => getLagrangeMultiplier({ initializer: 0 })).toThrow('a multiplier is positive');
    expect(() => getLagrangeMultiplier({ initializer: [1, -1], shape: [2] })).toThrow(ValueError);
    expect(() => getLagrangeMultiplier({ rate: Number.NaN })).toThrow(ValueError);
  });
});

describe('constrainToRange', () => {
  it('clips, and lets through the gradients that lead back', () => {
    const x = tf.variable(tf.tensor1d([-2, -2, 0.5, 3, 3]));
    const dy = tf.tensor1d([1, -1, 1, 1, -1]);
    expect(values(constrainToRange(x, 0, 1))).toEqual([0, 0, 0.5, 1, 1]);
    const { grads } = valueAndGrads(() => tf.sum(tf.mul(dy, constrainToRange(x, 0, 1))), { variables: [x] });
    expect(values(Object.values(grads)[0])).toEqual([1, 0, 1, 0, -1]);
    x.dispose();
  });
});

describe('OptimizationConstraints', () => {
  it('gives the sum of its constraints, each times its multiplier', () => {
    const constraints = new OptimizationConstraints();
    expect(constraints.addLeq(tf.tensor1d([1, 2]), { rhs: 0.5, initializer: 2 })).toBe(constraints);
    constraints.addGeq(tf.scalar(3), { rhs: tf.scalar(1) });
    expect(constraints.constraints.map(values)).toEqual([[0.5, 1.5], [-2]]);
    expect(constraints.lagrangeMultipliers.map(values)).toEqual([[2, 2], [1]]);
    expect(values(constraints())).toEqual([2]);
    expect(values(constraints())).toEqual([2]);
    expect(values(new OptimizationConstraints()())).toEqual([0]);
  });

  it('takes comparisons in three parts', () => {
    const excess = (comparison: '<' | '<=' | '>' | '>='): number[] =>
      values(new OptimizationConstraints().add(3, comparison, tf.scalar(1))());
    expect((['<', '<=', '>', '>='] as const).map(excess)).toEqual([[2], [2], [-2], [-2]]);
  });

  it('shares a rate and a range between its constraints, unless they have their own', () => {
    const constraints = new OptimizationConstraints({ validRange: [2, 3] });
    constraints.addLeq(1).addLeq(1, { validRange: [0, 0.5] });
    expect(constraints.lagrangeMultipliers.map(values)).toEqual([[2], [0.5]]);
  });

  it('gives the same multipliers at every connection of a module', () => {
    const loss = new Module(
      () => {
        const x = getVariable('x', { shape: [], initializer: initializers.constant(3) });
        return tf.add(tf.square(x), new OptimizationConstraints().addGeq(x, { rhs: 1 })()) as tf.Scalar;
      },
      { name: 'loss' },
    );
    const optimizer = tf.train.sgd(0.05);
    const step = (): void => {
      minimize(optimizer, () => loss());
    };
    step();
    for (let i = 0; i < 300; i++) expectNoLeak(step);
    expect(loss.variables.map(({ name }) => name)).toEqual(['loss/lagrange_multiplier/w', 'loss/x']);
    expect(loss.variables[1]?.dataSync()[0]).toBeCloseTo(1, 2);
  });

  it('refuses what it cannot compare, and further constraints after the penalty', () => {
    const constraints = new OptimizationConstraints();
    expect(() => constraints.add(1, '=' as never, 2)).toThrow(TypeError);
    expect(() => constraints.addLeq('1' as never)).toThrow(TypeError);
    expect(() => constraints.addLeq(tf.zeros([2]), { rhs: tf.zeros([3]) })).toThrow('got [2] and [3].');
    constraints.addLeq(1);
    constraints();
    expect(() => constraints.addLeq(1)).toThrow('no further constraints can be added');
  });
});
