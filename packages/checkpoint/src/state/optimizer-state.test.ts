import {
  AbstractModule,
  dropout,
  type Graph,
  getVariable,
  initializers,
  Module,
  minimize,
  optimizerVariables,
  partitioners,
  resetDefaultGraph,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { parseSafetensors } from '../safetensors/parse.ts';
import { getSaver } from '../saver.ts';

const RATE = 0.05;

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(RATE),
  momentum: () => tf.train.momentum(RATE, 0.9),
  nesterov: () => tf.train.momentum(RATE, 0.9, true),
  adagrad: () => tf.train.adagrad(RATE, 0.3),
  adadelta: () => tf.train.adadelta(RATE, 0.9, 1e-2),
  rmsprop: () => tf.train.rmsprop(RATE, 0.9, 0.5),
  'centered rmsprop': () => tf.train.rmsprop(RATE, 0.9, 0.5, 1e-4, true),
  adam: () => tf.train.adam(RATE, 0.9, 0.97),
  adamax: () => tf.train.adamax(RATE, 0.9, 0.97, 1e-7, 0.01),
};

/** A model with dropout and with a variable in slices. */
function makeModel(): Module<[tf.Tensor], tf.Tensor> {
  const build = (inputs: tf.Tensor) => {
    const hidden = new Linear(5, { name: 'hidden', partitioners: { w: partitioners.fixedSize(2) } })(inputs);
    return new Linear(2, { name: 'output' })(tf.tanh(dropout(hidden, 0.7)));
  };
  return new Module(build, { name: 'model' });
}

const batch = (step: number) => tf.tidy(() => tf.sin(tf.mul(tf.reshape(tf.range(0, 12), [4, 3]), step + 1)));

/** Trains for some steps, and gives the loss of each. */
function train(model: Module<[tf.Tensor], tf.Tensor>, optimizer: tf.Optimizer, from: number, to: number): number[] {
  const losses: number[] = [];
  for (let step = from; step < to; step++) {
    const inputs = batch(step);
    const loss = minimize(optimizer, () => tf.mean(tf.square(model(inputs))) as tf.Scalar, { returnCost: true });
    losses.push(loss.dataSync()[0] as number);
    tf.dispose([inputs, loss]);
  }
  return losses;
}

beforeEach(() => {
  resetDefaultGraph({ seed: 3 });
});

describe.each(Object.entries(optimizers))('%s', (_, make) => {
  it('goes on as if it had never stopped, to the bit', async () => {
    const uninterrupted = makeModel();
    const optimizer = make();
    train(uninterrupted, optimizer, 0, 6);
    const bytes = await getSaver(uninterrupted, { optimizer }).serialize({ step: 6 });
    const expected = train(uninterrupted, optimizer, 6, 14);

    resetDefaultGraph({ seed: 99 });
    const model = makeModel();
    model(batch(0));
    const fresh = make();
    const { step } = await getSaver(model, { optimizer: fresh }).restore(bytes);
    expect(train(model, fresh, step ?? 0, 14)).toEqual(expected);
    expect(fresh.iterations).toBe(optimizer.iterations);
  });

  it('goes back when it has gone on', async () => {
    const model = makeModel();
    const optimizer = make();
    train(model, optimizer, 0, 3);
    const saver = getSaver(model, { optimizer });
    const bytes = await saver.serialize();
    const expected = train(model, optimizer, 3, 6);
    await expectNoLeak(() => saver.restore(bytes));
    expect(train(model, optimizer, 3, 6)).toEqual(expected);
  });

  it('is as it was made when it was saved before its first step', async () => {
    const model = makeModel();
    model(batch(0));
    const optimizer = make();
    const saver = getSaver(model, { optimizer });
    const bytes = await saver.serialize();
    const expected = train(model, optimizer, 0, 3);
    await saver.restore(bytes);
    expect(optimizerVariables(optimizer)).toEqual([]);
    expect(train(model, optimizer, 0, 3)).toEqual(expected);
  });
});

/** A variable of one number, as a model. */
const number = (name: string) =>
  new Module(() => getVariable('x', { shape: [], initializer: initializers.constant(1) }), { name });
const square = (x: tf.Tensor) => tf.square(tf.sub(x, 3)) as tf.Scalar;

describe('the state of an optimizer', () => {
  it('is stored under the names of the variables, relative to the module', async () => {
    const model = makeModel();
    const optimizer = tf.train.adam(RATE);
    train(model, optimizer, 0, 2);
    const { tensors } = parseSafetensors(await getSaver(model, { optimizer }).serialize());
    expect([...tensors.keys()].filter((name) => name.includes(':'))).toEqual(
      [
        'optimizer:accBeta1',
        'optimizer:accBeta2',
        ...['hidden/b', 'hidden/w', 'output/b', 'output/w'].flatMap((name) => [
          `optimizer:${name}:m`,
          `optimizer:${name}:v`,
        ]),
      ].sort(),
    );
    expect(tensors.get('optimizer:hidden/w:m')?.shape).toEqual([3, 5]);
  });

  it('finds its variables though they are made in another order, and some later', async () => {
    const run = (names: readonly string[]) => names.map((name) => number(name));
    const [a, b, c] = run(['a', 'b', 'c']) as [Module<[], tf.Tensor>, Module<[], tf.Tensor>, Module<[], tf.Tensor>];
    const optimizer = tf.train.adam(0.1);
    minimize(optimizer, () => square(b()));
    minimize(optimizer, () => tf.add(square(a()), square(b())) as tf.Scalar);
    const bytes = await getSaver('', { optimizer }).serialize();
    minimize(optimizer, () => tf.add(square(a()), square(c())) as tf.Scalar);
    minimize(optimizer, () => tf.add(square(b()), square(c())) as tf.Scalar);
    const expected = [a(), b(), c()].map((x) => x.dataSync()[0]);

    resetDefaultGraph();
    const [c2, a2, b2] = run(['c', 'a', 'b']) as [Module<[], tf.Tensor>, Module<[], tf.Tensor>, Module<[], tf.Tensor>];
    const fresh = tf.train.adam(0.1);
    for (const module of [a2, b2]) module();
    await getSaver('', { optimizer: fresh }).restore(bytes);
    minimize(fresh, () => tf.add(square(a2()), square(c2())) as tf.Scalar);
    minimize(fresh, () => tf.add(square(b2()), square(c2())) as tf.Scalar);
    expect([a2(), b2(), c2()].map((x) => x.dataSync()[0])).toEqual(expected);
  });

  it('is kept apart for several optimizers', async () => {
    const [a, b] = [number('a'), number('b')];
    const [first, second] = [tf.train.adam(0.1), tf.train.momentum(0.1, 0.9)];
    for (const module of [a, b]) module();
    const step = (one: tf.Optimizer, other: tf.Optimizer) => {
      minimize(one, () => square(a()), { variables: a.trainableVariables });
      minimize(other, () => square(b()), { variables: b.trainableVariables });
    };
    step(first, second);
    const bytes = await getSaver('', { optimizer: { one: first, other: second } }).serialize();
    step(first, second);
    const expected = [a(), b()].map((x) => x.dataSync()[0]);
    const [adam, momentum] = [tf.train.adam(0.1), tf.train.momentum(0.1, 0.9)];
    await getSaver('', { optimizer: { one: adam, other: momentum } }).restore(bytes);
    step(adam, momentum);
    expect([a(), b()].map((x) => x.dataSync()[0])).toEqual(expected);
    await expect(getSaver('', { optimizer: adam }).restore(bytes)).rejects.toThrow(
      'missing: "optimizer" should be the state of Adam []',
    );
    // Without an optimizer the weights alone are restored.
    expect(await getSaver('').restore(bytes)).toMatchObject({ unexpected: [] });
  });

  it('forgets variables that were freed', async () => {
    const optimizer = tf.train.adam(0.1);
    const old = number('old');
    minimize(optimizer, () => square(old()));
    resetDefaultGraph();
    const model = number('new');
    minimize(optimizer, () => square(model()));
    const bytes = await getSaver('', { optimizer }).serialize();
    expect(parseSafetensors(bytes).tensors.has('optimizer:new/x:m')).toBe(true);
    expect(parseSafetensors(bytes).tensors.has('optimizer:old/x:m')).toBe(false);
  });

  it('may be of a class that is derived from one of TensorFlow.js', async () => {
    class Mine extends tf.AdamOptimizer {
      static override get className(): string {
        return 'Mine';
      }
    }
    const model = number('a');
    const optimizer = new Mine(0.1, 0.9, 0.99);
    minimize(optimizer, () => square(model()));
    const bytes = await getSaver(model, { optimizer }).serialize();
    await getSaver(model, { optimizer: tf.train.adam(0.1, 0.9, 0.99) }).restore(bytes);
  });

  it('must be that of the same class', async () => {
    const model = number('a');
    const adam = tf.train.adam(0.1);
    minimize(adam, () => square(model()));
    const bytes = await getSaver(model, { optimizer: adam }).serialize();
    const before = model().dataSync()[0];
    const restoring = (optimizer: tf.Optimizer) => getSaver(model, { optimizer }).restore(bytes);
    await expect(restoring(tf.train.adamax(0.1))).rejects.toThrow(CheckpointError);
    await expect(restoring(tf.train.adamax(0.1))).rejects.toThrow(
      'optimizer is Adamax here; in the checkpoint it is Adam.',
    );
    await expect(restoring(tf.train.adamax(0.1))).rejects.toThrow(
      'missing: "optimizer:iteration" should be float32 []',
    );
    await expect(restoring(tf.train.sgd(0.1))).rejects.toThrow('unexpected: "optimizer:x:v"');
    await expect(restoring(tf.train.momentum(0.1, 0.9))).rejects.toThrow('missing: "optimizer:x:momentum"');
    expect(model().dataSync()[0]).toBe(before);
    const left = tf.train.momentum(0.1, 0.9);
    await getSaver(model, { optimizer: left }).restore(bytes, { allowMissing: true, allowUnexpected: true });
    expect(optimizerVariables(left)).toEqual([]);
  });

  it('must not be of variables that the saver does not have', async () => {
    const [a, b] = [number('a'), number('b')];
    const optimizer = tf.train.adam(0.1);
    minimize(optimizer, () => tf.add(square(a()), square(b())) as tf.Scalar);
    await expect(getSaver(a, { optimizer }).serialize()).rejects.toThrow('has also changed "b/x"');
    const bytes = await getSaver('', { optimizer }).serialize();
    // Restoring would lose what it keeps for the other one.
    const restoring = getSaver(a, { optimizer, context: '' }).restore(bytes, { allowUnexpected: true });
    await expect(restoring).rejects.toThrow('has also changed "b/x"');
    expect(optimizerVariables(optimizer)).toHaveLength(2);
  });

  it('must not be of some slices of a variable only', async () => {
    const read = () => getVariable('w', { shape: [4], partitioner: partitioners.fixedSize(2) });
    const model = new Module(() => tf.sum(tf.square(read())) as tf.Scalar, { name: 'model' });
    model();
    const optimizer = tf.train.adam(0.1);
    minimize(optimizer, model, { variables: model.variables.slice(1) });
    await expect(getSaver(model, { optimizer }).serialize()).rejects.toThrow('some slices of "w" only');
  });

  it('must come from minimize of core alone', async () => {
    const model = number('a');
    const optimizer = tf.train.adam(0.1);
    minimize(optimizer, () => square(model()));
    const { name } = model.variables[0] as tf.Variable;
    optimizer.applyGradients([
      { name, tensor: tf.scalar(1) },
      { name, tensor: tf.scalar(1) },
    ]);
    await expect(getSaver(model, { optimizer }).serialize()).rejects.toThrow('not used through minimize');
  });

  it('must be of an optimizer that is known, and alive', async () => {
    class Other extends tf.Optimizer {
      override applyGradients(): void {}
      static get className(): string {
        return 'Other';
      }
      override getConfig(): Record<string, never> {
        return {};
      }
    }
    const optimizer = new Other();
    await expect(getSaver('', { optimizer }).serialize()).rejects.toThrow(
      'of class Other cannot be saved; known are SGD',
    );
    const adam = tf.train.adam(0.1);
    adam.dispose();
    await expect(getSaver('', { optimizer: adam }).serialize()).rejects.toThrow('The optimizer Adam was disposed.');
  });
});

it('continues in another graph and module, names being relative', async () => {
  const teacher = number('teacher');
  const optimizer = tf.train.adamax(0.1);
  minimize(optimizer, () => square(teacher()));
  const bytes = await getSaver(teacher, { optimizer }).serialize();
  minimize(optimizer, () => square(teacher()));

  class Pupil extends AbstractModule<[], tf.Tensor> {
    protected build(): tf.Tensor {
      return getVariable('x', { shape: [] });
    }
  }
  const graph: Graph = resetDefaultGraph();
  const pupil = new Pupil({ name: 'pupil' });
  pupil();
  const fresh = tf.train.adamax(0.1);
  await getSaver(pupil, { optimizer: fresh }).restore(bytes);
  minimize(fresh, () => square(pupil()));
  expect(graph.getCollection('variables')).toHaveLength(1);
  expect(fresh.iterations).toBe(2);
});
