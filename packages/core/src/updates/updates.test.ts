import { registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { getCollection, resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { constant } from '../initializers/index.ts';
import { AbstractModule } from '../modules/abstract-module.ts';
import { l2 } from '../regularizers/index.ts';
import { minimize } from '../training/minimize.ts';
import { valueAndGrads } from '../training/value-and-grads.ts';
import { getVariable } from '../variables/get-variable.ts';
import { runUpdates } from './run-updates.ts';
import { trainingStep } from './training-step.ts';
import { updateVariable } from './update-variable.ts';

const UPDATES = 'update_ops';

interface SumOptions {
  readonly collection?: string | null;
  readonly name?: string;
}

/** Adds up what it gets; gives `inputs * factor`. */
class Sum extends AbstractModule<[inputs: tf.Tensor, fail?: boolean], tf.Tensor> {
  readonly #collection: string | null;

  constructor({ collection = null, name = 'sum' }: SumOptions = {}) {
    super({ name });
    this.#collection = collection;
  }

  protected override build(inputs: tf.Tensor, fail = false): tf.Tensor {
    const total = getVariable('total', { shape: [], initializer: constant(0), trainable: false });
    const factor = getVariable('factor', { shape: [], initializer: constant(2), regularizer: l2(1) });
    const operand = tf.sum(inputs);
    updateVariable(total, [operand], (current, value) => tf.add(current, value), { collection: this.#collection });
    if (fail) throw new ValueError('This connection fails.');
    return tf.mul(inputs, factor);
  }

  get total(): number {
    return this.ownVariable('total').dataSync()[0] as number;
  }
}

/** Connects another module several times. */
class Repeat extends AbstractModule<[inputs: tf.Tensor, times: number, fail?: boolean], tf.Tensor> {
  readonly #inner: Sum;

  constructor(inner: Sum) {
    super({ name: 'repeat' });
    this.#inner = inner;
  }

  protected override build(inputs: tf.Tensor, times: number, fail = false): tf.Tensor {
    let outputs = inputs;
    for (let i = 0; i < times; i++) outputs = this.#inner(inputs);
    if (fail) throw new ValueError('This connection fails.');
    return outputs;
  }
}

const numTensors = (): number => tf.memory().numTensors;

/** Runs a function of whose tensors none is wanted. */
function inTidy(fn: () => unknown): void {
  tf.tidy(() => {
    fn();
  });
}

beforeAll(() => {
  registerGradients();
});

beforeEach(() => {
  resetDefaultGraph();
});

describe('updateVariable', () => {
  it('changes the variable at once by default', () => {
    const sum = new Sum();
    sum(tf.scalar(3));
    sum(tf.scalar(4));
    expect(sum.total).toBe(7);
  });

  it('is not seen by gradients, whose values it does not change', () => {
    const sum = new Sum();
    const x = tf.scalar(3);
    const { value, grads } = valueAndGrads(() => tf.add(tf.square(sum(x)), tf.mul(0, sum(x))));
    expect(value.dataSync()[0]).toBe(36);
    expect(grads['sum/factor']?.dataSync()[0]).toBe(36);
    expect(sum.total).toBe(6);
  });

  it('does not change what the backward pass uses', () => {
    const x = tf.variable(tf.scalar(5));
    const gradient = tf.grad((y: tf.Tensor) => {
      const product = tf.mul(y, x);
      updateVariable(x, [], (current) => tf.mul(current, 10));
      return product;
    })(tf.scalar(1));
    expect(gradient.dataSync()[0]).toBe(5);
    expect(x.dataSync()[0]).toBe(50);
    x.dispose();
  });

  it('leaves nothing on the tape', () => {
    const x = tf.variable(tf.scalar(5));
    const before = numTensors();
    const gradient = tf.grad((y: tf.Tensor) => {
      for (let i = 0; i < 10; i++) updateVariable(x, [y], (current, operand) => tf.add(current, tf.exp(operand)));
      const saved = (tf.engine().state.activeTape ?? []).flatMap((node) => node.saved ?? []);
      expect(saved).toEqual([]);
      return tf.square(y);
    })(tf.scalar(1));
    tf.dispose(gradient);
    expect(numTensors() - before).toBe(1);
    x.dispose();
  });

  it('is safe in tf.tidy, and leaks nothing', () => {
    const sum = new Sum();
    inTidy(() => sum(tf.scalar(1)));
    const before = numTensors();
    for (let i = 0; i < 100; i++) inTidy(() => sum(tf.scalar(1)));
    expect(numTensors()).toBe(before);
    expect(sum.total).toBe(101);
  });

  it('is taken back with a connection that fails, data and all', () => {
    const sum = new Sum();
    sum(tf.scalar(3));
    const x = tf.scalar(1);
    const before = numTensors();
    const { dataId } = sum.variables[1] as tf.Variable;
    expect(() => sum(x, true)).toThrow('This connection fails.');
    expect(() => new Repeat(sum)(x, 3, true)).toThrow('This connection fails.');
    expect(sum.total).toBe(3);
    expect((sum.variables[1] as tf.Variable).dataId).toBe(dataId);
    expect(numTensors()).toBe(before);
  });

  it('is taken back together with variables that the failed connection made', () => {
    const sum = new Sum();
    const x = tf.scalar(1);
    const before = numTensors();
    expect(() => sum(x, true)).toThrow('This connection fails.');
    expect(numTensors()).toBe(before);
    sum(x);
    expect(sum.total).toBe(1);
  });

  it('may be to a value that is there already: its own, or that of an operand', () => {
    const x = tf.variable(tf.scalar(5));
    const operand = tf.scalar(6);
    const before = numTensors();
    updateVariable(x, [], (current) => current);
    updateVariable(x, [], (current) => tf.reshape(current, []));
    expect(x.dataSync()[0]).toBe(5);
    updateVariable(x, [operand], (_, value) => value as tf.Tensor);
    expect([x.dataSync()[0], operand.dataSync()[0]]).toEqual([6, 6]);
    expect(numTensors()).toBe(before);
    x.dispose();
  });

  it('refuses another shape or dtype, and what is not a variable', () => {
    const x = tf.variable(tf.zeros([2]), false, 'x');
    expect(() => updateVariable(x, [], () => tf.zeros([3]))).toThrow(
      'The variable "x" cannot be updated: it is float32 [2], but the new value is float32 [3].',
    );
    expect(() => updateVariable(x, [], () => tf.zeros([2], 'int32'))).toThrow(ValueError);
    expect(() => updateVariable(tf.zeros([2]), [], (current) => current)).toThrow(TypeError);
    x.dispose();
    expect(() => updateVariable(x, [], (current) => current)).toThrow(
      'The variable "x" cannot be updated: it was disposed.',
    );
  });
});

describe('runUpdates', () => {
  it('makes the changes that wait in a collection, once', () => {
    const sum = new Sum({ collection: UPDATES });
    sum(tf.scalar(3));
    expect(sum.total).toBe(0);
    expect(getCollection(UPDATES)).toMatchObject([{ name: 'sum/total' }]);
    expect(runUpdates(UPDATES)).toBe(1);
    expect(sum.total).toBe(3);
    expect(getCollection(UPDATES)).toEqual([]);
    expect(runUpdates(UPDATES)).toBe(0);
    expect(sum.total).toBe(3);
  });

  it('keeps them for another time', () => {
    const sum = new Sum({ collection: UPDATES });
    sum(tf.scalar(3));
    for (let i = 0; i < 3; i++) expect(runUpdates(UPDATES, { keep: true })).toBe(1);
    expect(sum.total).toBe(9);
  });

  it('leaves other collections and other entries alone', () => {
    const sum = new Sum({ collection: UPDATES });
    const other = new Sum({ collection: 'other', name: 'other' });
    getCollection(UPDATES);
    sum(tf.scalar(1));
    other(tf.scalar(1));
    runUpdates('other');
    expect([sum.total, other.total]).toEqual([0, 1]);
  });

  it('may be called in tf.tidy and in a gradient', () => {
    const sum = new Sum({ collection: UPDATES });
    inTidy(() => sum(tf.scalar(2)));
    inTidy(() => runUpdates(UPDATES, { keep: true }));
    valueAndGrads(() => {
      runUpdates(UPDATES);
      return sum(tf.scalar(1));
    });
    expect(sum.total).toBe(4);
  });

  it('changes no variable when one of them is gone', () => {
    const [first, second] = [new Sum({ collection: UPDATES }), new Sum({ collection: UPDATES })];
    first(tf.scalar(1));
    second(tf.scalar(1));
    second.variables[1]?.dispose();
    expect(() => runUpdates(UPDATES)).toThrow('The variable "sum_1/total" cannot be updated: it was disposed.');
    expect(first.total).toBe(0);
    expect(getCollection(UPDATES)).toHaveLength(2);
  });
});

describe('what waits', () => {
  it('is replaced by the next step: forgetting to run it never grows memory', () => {
    const sum = new Sum({ collection: UPDATES });
    inTidy(() => sum(tf.scalar(0)));
    const before = numTensors();
    for (let i = 1; i <= 100; i++) inTidy(() => sum(tf.scalar(i)));
    expect(numTensors()).toBe(before);
    expect(getCollection(UPDATES)).toHaveLength(1);
    runUpdates(UPDATES);
    expect(sum.total).toBe(100);
    expect(numTensors()).toBe(before - 1);
  });

  it('is one update for each connection in an outermost connection', () => {
    const repeat = new Repeat(new Sum({ collection: UPDATES }));
    const x = tf.scalar(1);
    for (const times of [3, 5, 2]) {
      repeat(x, times);
      expect(getCollection(UPDATES)).toHaveLength(times);
    }
  });

  it('is one update for each connection in a gradient, whoever computes it', () => {
    const sum = new Sum({ collection: UPDATES });
    const x = tf.scalar(1);
    const loss = (): tf.Tensor => tf.add(sum(x), tf.add(sum(x), sum(x)));
    const optimizer = tf.train.sgd(0.1);
    for (let i = 0; i < 3; i++) {
      minimize(optimizer, loss);
      expect(getCollection(UPDATES)).toHaveLength(3);
    }
    tf.grad(() => tf.add(sum(x), sum(x)))(x);
    expect(getCollection(UPDATES)).toHaveLength(2);
  });

  it('is one update for each connection in a training step, over several gradients', () => {
    const sum = new Sum({ collection: UPDATES });
    const x = tf.scalar(1);
    for (let i = 0; i < 2; i++) {
      trainingStep(() => {
        for (let j = 0; j < 4; j++) trainingStep(() => valueAndGrads(() => sum(x)));
        sum(x);
      });
      expect(getCollection(UPDATES)).toHaveLength(5);
    }
    expect(() => trainingStep(() => Promise.resolve(1))).toThrow(TypeError);
  });

  it('stays while only other modules are connected', () => {
    const [first, second] = [new Sum({ collection: UPDATES }), new Sum({ collection: UPDATES })];
    first(tf.scalar(1));
    for (let i = 0; i < 5; i++) second(tf.scalar(1));
    runUpdates(UPDATES);
    expect([first.total, second.total]).toEqual([1, 1]);
  });

  it('is taken back with a connection that fails, and what it replaced is there again', () => {
    const sum = new Sum({ collection: UPDATES });
    sum(tf.scalar(3));
    const waiting = getCollection(UPDATES);
    const x = tf.scalar(1);
    const before = numTensors();
    expect(() => sum(x, true)).toThrow('This connection fails.');
    expect(() => new Repeat(sum)(x, 3, true)).toThrow('This connection fails.');
    expect(getCollection(UPDATES)).toEqual(waiting);
    expect(numTensors()).toBe(before);
    runUpdates(UPDATES);
    expect(sum.total).toBe(3);
  });

  it('is freed with the graph', () => {
    const before = numTensors();
    const graph = new Graph();
    inTidy(() => graph.asDefault(() => new Sum({ collection: UPDATES })(tf.scalar(1))));
    graph.dispose();
    expect(numTensors()).toBe(before);
  });
});
