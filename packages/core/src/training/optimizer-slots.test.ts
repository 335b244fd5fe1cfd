import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { constant } from '../initializers/index.ts';
import { Module } from '../modules/module.ts';
import { getVariable } from '../variables/get-variable.ts';
import { minimize } from './minimize.ts';

const RATE = 0.1;

/** What an optimizer of tfjs does with one number: gets its gradient at each step that has one, and counts all steps. */
type Rule = () => (value: number, gradient: number, step: number) => number;

const rules: Record<string, { readonly make: () => tf.Optimizer; readonly rule: Rule }> = {
  sgd: { make: () => tf.train.sgd(RATE), rule: () => (value, gradient) => value - RATE * gradient },
  momentum: {
    make: () => tf.train.momentum(RATE, 0.9),
    rule: () => {
      let velocity = 0;
      return (value, gradient) => {
        velocity = 0.9 * velocity + gradient;
        return value - RATE * velocity;
      };
    },
  },
  adagrad: {
    make: () => tf.train.adagrad(RATE, 0.1),
    rule: () => {
      let sum = 0.1;
      return (value, gradient) => {
        sum += gradient ** 2;
        return value - (RATE * gradient) / Math.sqrt(sum + 1e-7);
      };
    },
  },
  adadelta: {
    make: () => tf.train.adadelta(RATE, 0.9, 1e-2),
    rule: () => {
      let [squares, updates] = [0, 0];
      return (value, gradient) => {
        // Unlike the paper, tfjs divides by the average as it was before this gradient.
        const update = (gradient * Math.sqrt(updates + 1e-2)) / Math.sqrt(squares + 1e-2);
        squares = 0.9 * squares + 0.1 * gradient ** 2;
        updates = 0.9 * updates + 0.1 * update ** 2;
        return value - RATE * update;
      };
    },
  },
  rmsprop: {
    make: () => tf.train.rmsprop(RATE, 0.9, 0.5, 1e-6),
    rule: () => {
      let [squares, velocity] = [0, 0];
      return (value, gradient) => {
        squares = 0.9 * squares + 0.1 * gradient ** 2;
        velocity = 0.5 * velocity + (RATE * gradient) / Math.sqrt(squares + 1e-6);
        return value - velocity;
      };
    },
  },
  adam: {
    make: () => tf.train.adam(RATE, 0.9, 0.99, 1e-6),
    rule: () => {
      let [first, second] = [0, 0];
      return (value, gradient, step) => {
        first = 0.9 * first + 0.1 * gradient;
        second = 0.99 * second + 0.01 * gradient ** 2;
        const [m, v] = [first / (1 - 0.9 ** step), second / (1 - 0.99 ** step)];
        return value - (RATE * m) / (Math.sqrt(v) + 1e-6);
      };
    },
  },
  adamax: {
    make: () => tf.train.adamax(RATE, 0.9, 0.99, 1e-6, 0),
    rule: () => {
      let [first, norm] = [0, 0];
      return (value, gradient, step) => {
        first = 0.9 * first + 0.1 * gradient;
        norm = Math.max(0.99 * norm, Math.abs(gradient));
        return value - ((RATE / (1 - 0.9 ** step)) * first) / (norm + 1e-6);
      };
    },
  },
};

/** The numbers that each step of the training uses: others are made later, or are not needed now and then. */
const SCHEDULE = [['c'], ['c', 'b'], ['b'], ['a', 'c'], ['a', 'b', 'c'], ['a'], ['c'], ['b', 'a'], ['a', 'b', 'c']];
const TARGETS: Readonly<Record<string, number>> = { a: 3, b: -2, c: 10 };

/** What each number is after all steps, by the rule alone. */
function expected(rule: Rule): Record<string, number> {
  const numbers = new Map(Object.keys(TARGETS).map((name) => [name, { value: 1, update: rule() }]));
  SCHEDULE.forEach((names, i) => {
    for (const name of names) {
      const number = numbers.get(name);
      if (number === undefined) continue;
      const gradient = 2 * (number.value - (TARGETS[name] ?? 0));
      number.value = number.update(number.value, gradient, i + 1);
    }
  });
  return Object.fromEntries([...numbers].map(([name, { value }]) => [name, value]));
}

/** Modules with one number each, by name, made when they are first needed. */
function makeModules(): (name: string) => Module<[], tf.Tensor> {
  const modules = new Map<string, Module<[], tf.Tensor>>();
  return (name) => {
    let module = modules.get(name);
    if (module === undefined) {
      module = new Module(() => getVariable('x', { shape: [], initializer: constant(1) }), { name });
      modules.set(name, module);
    }
    return module;
  };
}

function train(optimizer: tf.Optimizer, moduleOf: (name: string) => Module<[], tf.Tensor>): Record<string, number> {
  for (const names of SCHEDULE) {
    minimize(optimizer, () =>
      tf.addN(names.map((name) => tf.square(tf.sub(moduleOf(name)(), TARGETS[name] ?? 0)) as tf.Tensor)),
    );
  }
  return Object.fromEntries(Object.keys(TARGETS).map((name) => [name, moduleOf(name)().dataSync()[0] as number]));
}

beforeEach(() => {
  resetDefaultGraph();
});

describe.each(Object.entries(rules))('%s', (_, { make, rule }) => {
  it('keeps to each variable its own running averages, whichever steps use it', () => {
    const values = train(make(), makeModules());
    for (const [name, value] of Object.entries(expected(rule))) expect(values[name]).toBeCloseTo(value, 4);
  });

  it('begins anew with variables that take the names of others, which were freed', () => {
    const optimizer = make();
    const other = makeModules();
    minimize(optimizer, () => tf.square(tf.add(other('c')(), other('a')())) as tf.Scalar);
    resetDefaultGraph();
    // Adam and its kin count the steps of the optimizer, not those of a variable.
    const first = rule()(1, 2 * (1 - 3), 2);
    const moduleOf = makeModules();
    minimize(optimizer, () => tf.square(tf.sub(moduleOf('a')(), 3)) as tf.Scalar);
    expect(moduleOf('a')().dataSync()[0]).toBeCloseTo(first, 4);
  });

  it('grows by the slots of new variables only', () => {
    const optimizer = make();
    const moduleOf = makeModules();
    train(optimizer, moduleOf);
    const { numTensors } = tf.memory();
    train(optimizer, moduleOf);
    expect(tf.memory().numTensors).toBe(numTensors);
    optimizer.dispose();
  });
});
