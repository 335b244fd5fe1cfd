import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { nonTrainable } from '../custom-getters/index.ts';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { constant, ones } from '../initializers/index.ts';
import { AbstractModule } from '../modules/abstract-module.ts';
import { Module } from '../modules/module.ts';
import { reuseVariables } from '../modules/reuse-variables.ts';
import { type GetVariableOptions, getVariable } from '../variables/get-variable.ts';
import { trainableVariables } from '../variables/variable-lists.ts';
import { minimize } from './minimize.ts';

const numTensors = (): number => tf.memory().numTensors;
const numberIn = (tensor: tf.Tensor | undefined): number => tensor?.dataSync()[0] as number;

/** A module that gives a scalar variable, which begins at 1. */
function makeScalar(name: string, options: GetVariableOptions = {}): Module<[], tf.Tensor> {
  return new Module(() => getVariable('x', { shape: [], initializer: ones(), ...options }), { name });
}

/** The distance from 5, squared. */
const distance = (x: tf.Tensor): tf.Tensor => tf.square(tf.sub(x, 5));

beforeEach(() => {
  resetDefaultGraph();
});

describe('minimize', () => {
  it('trains a model that was never connected before', () => {
    const model = makeScalar('model');
    const optimizer = tf.train.sgd(0.25);
    for (let i = 0; i < 30; i++) minimize(optimizer, () => distance(model()));
    expect(numberIn(model.variables[0])).toBeCloseTo(5, 4);
  });

  it('trains a linear regression, with a loss on many outputs', () => {
    const xs = tf.tensor2d([0, 1, 2, 3, 4, 5], [6, 1]);
    const ys = tf.tensor2d([1, 3, 5, 7, 9, 11], [6, 1]);
    const line = new Module(
      (x: tf.Tensor2D) =>
        tf.add(
          tf.matMul(x, getVariable('w', { shape: [1, 1] })),
          getVariable('b', { shape: [1], initializer: constant(0) }),
        ),
      { name: 'line' },
    );
    const optimizer = tf.train.adam(0.1);
    for (let i = 0; i < 400; i++) minimize(optimizer, () => tf.mean(tf.square(tf.sub(line(xs), ys))) as tf.Scalar);
    expect(line.variables.map(({ name }) => name)).toEqual(['line/b', 'line/w']);
    expect(numberIn(line.variables[0])).toBeCloseTo(1, 1);
    expect(numberIn(line.variables[1])).toBeCloseTo(2, 1);
  });

  it('gives the loss when it is asked for, as it was before the step', () => {
    const model = makeScalar('model');
    const optimizer = tf.train.sgd(0.25);
    expect(minimize(optimizer, () => distance(model()))).toBe(null);
    const cost = minimize(optimizer, () => distance(model()), { returnCost: true });
    expect([numberIn(cost), cost.shape]).toEqual([4, []]);
    cost.dispose();
  });

  it('leaves frozen variables alone', () => {
    const free = makeScalar('free');
    const frozen = makeScalar('frozen', { customGetter: nonTrainable });
    const integer = makeScalar('integer', { dtype: 'int32', initializer: constant(2) });
    const loss = (): tf.Tensor => tf.add(tf.add(distance(free()), distance(frozen())), tf.cast(integer(), 'float32'));
    minimize(tf.train.adam(0.5), loss);
    expect([free, frozen, integer].map((module) => numberIn(module.variables[0]))).toEqual([
      expect.closeTo(1.5, 5),
      1,
      2,
    ]);
  });

  it('changes only the variables that it is given', () => {
    const [first, second] = [makeScalar('first'), makeScalar('second')];
    const loss = (): tf.Tensor => tf.add(distance(first()), distance(second()));
    minimize(tf.train.sgd(0.25), loss, { variables: () => second.trainableVariables });
    expect([numberIn(first.variables[0]), numberIn(second.variables[0])]).toEqual([1, 3]);
  });

  it('trains methods that only some steps use', () => {
    class Coder extends AbstractModule<[], tf.Tensor> {
      static {
        reuseVariables(Coder, 'encode', 'decode');
      }
      constructor() {
        super({ name: 'coder' });
      }
      encode(): tf.Tensor {
        return getVariable('encoder', { shape: [], initializer: ones() });
      }
      decode(): tf.Tensor {
        return getVariable('decoder', { shape: [], initializer: ones() });
      }
      protected override build(): tf.Tensor {
        return tf.mul(this.encode(), this.decode());
      }
    }
    const coder = new Coder();
    const optimizer = tf.train.sgd(0.25);
    for (let i = 0; i < 60; i++) minimize(optimizer, () => distance(i % 3 === 0 ? coder.decode() : coder.encode()));
    expect(trainableVariables().map(numberIn)).toEqual([expect.closeTo(5, 3), expect.closeTo(5, 3)]);
  });

  it('works inside asDefault, on the variables of that graph', () => {
    const graph = new Graph();
    const outside = makeScalar('model');
    outside();
    const optimizer = tf.train.sgd(0.25);
    graph.asDefault(() => {
      const model = makeScalar('model');
      for (let i = 0; i < 30; i++) minimize(optimizer, () => distance(model()));
      expect(numberIn(model.variables[0])).toBeCloseTo(5, 4);
    });
    expect(numberIn(outside.variables[0])).toBe(1);
    graph.dispose();
  });

  it('leaves the variable alone that is the loss, and a tensor of somebody else', () => {
    const model = makeScalar('model');
    minimize(tf.train.sgd(0.25), () => model());
    expect(model.variables.map((variable) => [variable.isDisposed, numberIn(variable)])).toEqual([[false, 0.75]]);
  });

  it('leaks nothing', () => {
    const model = makeScalar('model');
    const optimizer = tf.train.sgd(0.25);
    const step = (): null => minimize(optimizer, () => distance(model())) as null;
    const before = numTensors();
    step();
    expect(numTensors() - before).toBe(1);
    for (let i = 0; i < 10; i++) step();
    tf.tidy(() => void step());
    expect(numTensors() - before).toBe(1);
  });
});

describe('minimize refuses, and leaves everything as it was', () => {
  const refuses = (fn: () => unknown, type: abstract new (message: string) => Error, message: string): void => {
    const values = trainableVariables().map(numberIn);
    const before = numTensors();
    expect(fn).toThrow(type);
    expect(fn).toThrow(message);
    expect([numTensors(), trainableVariables().map(numberIn)]).toEqual([before, values]);
  };

  it('what is no optimizer', () => {
    for (const wrong of [null, undefined, 'adam', {}]) {
      refuses(() => minimize(wrong as unknown as tf.Optimizer, () => tf.scalar(1)), TypeError, 'must be an optimizer');
    }
  });

  it('losses as valueAndGrads refuses them', () => {
    const model = makeScalar('model');
    model();
    const optimizer = tf.train.sgd(1);
    const step = (loss: () => unknown) => () => minimize(optimizer, loss as () => tf.Tensor);
    refuses(
      step(() => tf.stack([model(), model()])),
      ValueError,
      'minimize: the loss must be a float32 scalar',
    );
    refuses(
      step(() => tf.scalar(1)),
      ValueError,
      'minimize: the loss depends on none of the variables (model/x)',
    );
    refuses(
      step(() => 'loss'),
      TypeError,
      'minimize: the function must return the loss',
    );
    refuses(
      step(async () => model()),
      TypeError,
      'must be synchronous',
    );
  });

  it('a first connection that fails: the next one makes the variables', () => {
    let fails = true;
    const model = new Module(
      () => {
        const x = getVariable('x', { shape: [], initializer: ones() });
        if (fails) throw new ValueError('not today');
        return x;
      },
      { name: 'model' },
    );
    const optimizer = tf.train.sgd(0.25);
    refuses(() => minimize(optimizer, () => distance(model())), ValueError, 'not today');
    fails = false;
    minimize(optimizer, () => distance(model()));
    expect(numberIn(model.variables[0])).toBe(3);
  });

  it('an optimizer that throws', () => {
    class Broken extends tf.Optimizer {
      override applyGradients(): void {
        throw new Error('no step');
      }
      override setWeights(): Promise<void> {
        throw new Error('no weights');
      }
      override getConfig(): { [key: string]: never } {
        return {};
      }
      override getClassName(): string {
        return 'Broken';
      }
    }
    const model = makeScalar('model');
    model();
    refuses(() => minimize(new Broken(), () => distance(model()), { returnCost: true }), Error, 'no step');
  });
});
