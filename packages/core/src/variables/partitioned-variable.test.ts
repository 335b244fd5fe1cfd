import { registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { getCollection, resetDefaultGraph } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { type Initializer, randomNormal } from '../initializers/index.ts';
import { Module } from '../modules/module.ts';
import { fixedSize, type Partitioner } from '../partitioners/index.ts';
import { l2 } from '../regularizers/index.ts';
import { valueAndGrads } from '../training/value-and-grads.ts';
import { variableScope } from './enter-scope.ts';
import { type GetVariableOptions, getVariable } from './get-variable.ts';
import { globalVariables, trainableVariables } from './variable-lists.ts';

/** Each element is its own place in the whole variable. */
const places: Initializer = (shape, _dtype, { partition }) => {
  const [rows = 0, columns = 0] = shape;
  const [, width = 0] = partition?.fullShape ?? shape;
  const [top = 0, left = 0] = partition?.offset ?? [0, 0];
  const at = (i: number): number => (top + Math.floor(i / columns)) * width + left + (i % columns);
  return tf.tensor2d(
    Array.from({ length: rows * columns }, (_, i) => at(i)),
    [rows, columns],
  );
};

const sliced = (options: GetVariableOptions = {}): tf.Tensor =>
  getVariable('w', { shape: [5, 3], initializer: places, partitioner: fixedSize(2), ...options });
const shapes = (): [string, number[]][] => globalVariables().map(({ name, shape }) => [name, shape]);
const sequence = (length: number): number[] => Array.from({ length }, (_, i) => i);

beforeEach(() => {
  resetDefaultGraph();
  registerGradients();
});

describe('a variable with a partitioner', () => {
  it('is stored in slices, and read as one tensor', () => {
    const w = sliced();
    expect(shapes()).toEqual([
      ['w/part_0', [3, 3]],
      ['w/part_1', [2, 3]],
    ]);
    expect([w.shape, [...w.dataSync()]]).toEqual([[5, 3], sequence(15)]);
  });

  it('can be cut along any axis', () => {
    const w = sliced({ partitioner: fixedSize(3, { axis: 1 }) });
    expect(shapes().map(([, shape]) => shape)).toEqual([
      [5, 1],
      [5, 1],
      [5, 1],
    ]);
    expect([...w.dataSync()]).toEqual(sequence(15));
  });

  it('is a single slice where the partitioner does not cut', () => {
    const w = sliced({ partitioner: fixedSize(1) });
    expect(shapes()).toEqual([['w/part_0', [5, 3]]]);
    expect([...w.dataSync()]).toEqual(sequence(15));
    w.dispose();
    expect(globalVariables()[0]?.isDisposed).toBe(false);
  });

  it('has the same first value as a whole one, from a seeded initializer', () => {
    const initializer = randomNormal({ seed: 4 });
    const whole = getVariable('v', { shape: [5, 3], initializer });
    expect([...sliced({ initializer }).dataSync()]).toEqual([...whole.dataSync()]);
  });

  it('follows its slices, and gradients reach them', () => {
    sliced();
    const [first, second] = trainableVariables();
    first?.assign(tf.zeros([3, 3]));
    const { value, grads } = valueAndGrads(() => tf.sum(tf.square(sliced({ reuse: true }))));
    expect(value.dataSync()[0]).toBe(81 + 100 + 121 + 144 + 169 + 196);
    expect([...(grads['w/part_1']?.dataSync() ?? [])]).toEqual([...(second?.dataSync() ?? [])].map((x) => 2 * x));
    expect([...(grads['w/part_0']?.dataSync() ?? [])]).toEqual(new Array(9).fill(0));
  });

  it('is whole all the same when it is a scalar', () => {
    const scalar = getVariable('s', { shape: [], partitioner: fixedSize(2) });
    expect(scalar).toBeInstanceOf(tf.Variable);
    expect(getVariable('s', { shape: [], partitioner: fixedSize(2), reuse: true })).toBe(scalar);
  });

  it('regularizes slice by slice', () => {
    sliced({ regularizer: l2(1) });
    const losses = getCollection(GraphKeys.REGULARIZATION_LOSSES) as tf.Tensor[];
    const sum = losses.reduce((total, loss) => total + (loss.dataSync()[0] as number), 0);
    expect([losses.length, sum]).toEqual([2, sequence(15).reduce((total, x) => total + x * x, 0) / 2]);
  });

  it('can take its partitioner from the scope', () => {
    variableScope('net', { partitioner: fixedSize(2) }, () => getVariable('w', { shape: [4] }));
    expect(shapes().map(([name]) => name)).toEqual(['net/w/part_0', 'net/w/part_1']);
  });

  it('leaks nothing but what is read', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => void sliced());
    expect(tf.memory().numTensors - before).toBe(2);
    for (let i = 0; i < 10; i++) sliced({ reuse: true }).dispose();
    expect(tf.memory().numTensors - before).toBe(2);
  });
});

describe('sharing a variable in slices', () => {
  const share = (options: GetVariableOptions = {}): tf.Tensor =>
    getVariable('w', { reuse: true, shape: [5, 3], ...options });

  it('works with its partitioner and without', () => {
    sliced();
    expect([...share({ partitioner: fixedSize(2) }).dataSync()]).toEqual(sequence(15));
    expect([...share().dataSync()]).toEqual(sequence(15));
    expect([...share({ shape: null }).dataSync()]).toEqual(sequence(15));
    expect([...share({ reuse: 'auto', partitioner: fixedSize(2) }).dataSync()]).toEqual(sequence(15));
    expect(globalVariables()).toHaveLength(2);
  });

  it('works inside modules, which count the slices among their variables', () => {
    const module = new Module(() => sliced(), { name: 'net' });
    expect([...module().dataSync()]).toEqual([...module().dataSync()]);
    expect(module.variables.map(({ name }) => name)).toEqual(['net/w/part_0', 'net/w/part_1']);
  });

  it('gives a slice by its own name', () => {
    sliced();
    expect(getVariable('w/part_1', { reuse: true })).toBe(globalVariables()[1]);
  });

  it('must be allowed to', () => {
    sliced();
    expect(() => sliced()).toThrow('Variable "w" already exists in 2 slices, and this scope may not share variables.');
    expect(() => sliced({ reuse: false })).toThrow(ValueError);
  });

  it('refuses another shape, dtype or partitioning', () => {
    sliced();
    expect(() => share({ shape: [3, 5] })).toThrow('it has the shape [5, 3], but [3, 5] was asked for');
    expect(() => share({ dtype: 'int32' })).toThrow('it is float32, but int32 was asked for');
    expect(() => share({ partitioner: fixedSize(3) })).toThrow(
      'it is stored in [2, 1] slices by axis, but the partitioner asks for [3, 1]',
    );
  });

  it('refuses to mix slices and whole variables of one name', () => {
    sliced();
    expect(() => share({ reuse: 'auto' })).toThrow('Variable "w" exists in slices ("w/part_0", …)');
    expect(() => getVariable('w', { shape: [5, 3] })).toThrow(ValueError);
    getVariable('v', { shape: [4] });
    expect(() => getVariable('v', { shape: [4], partitioner: fixedSize(2), reuse: true })).toThrow(
      'Variable "v" exists as a whole, but a partitioner was given.',
    );
  });

  it('says so when a slice was disposed', () => {
    sliced();
    globalVariables()[1]?.dispose();
    expect(() => share()).toThrow('Variable "w" was disposed');
  });
});

describe('a variable with a partitioner cannot be made', () => {
  const refuses = (fn: () => unknown, type: typeof ValueError | typeof TypeError, message: string): void => {
    const before = tf.memory().numTensors;
    expect(fn).toThrow(type);
    expect(fn).toThrow(message);
    expect([tf.memory().numTensors, globalVariables()]).toEqual([before, []]);
    sliced();
    expect(globalVariables()).toHaveLength(2);
  };

  it('where only sharing is allowed', () => {
    refuses(() => sliced({ reuse: true }), ValueError, 'Variable "w" does not exist');
  });

  it('without a shape, or with one that is none', () => {
    refuses(() => sliced({ shape: null }), ValueError, 'Variable "w" is new, so its shape must be given');
    resetDefaultGraph();
    refuses(() => sliced({ shape: [-1, 2] }), ValueError, 'every size must be an integer of at least 0');
  });

  it.each<[string, Partitioner]>([
    ['two axes', () => [2, 2]],
    ['too many axes', () => [1, 1, 2]],
    ['more slices than there are rows', () => [6, 1]],
    ['no slices', () => [0, 1]],
  ])('by a partitioner that asks for %s', (_, partitioner) => {
    refuses(() => sliced({ partitioner }), ValueError, 'Partitioner of "w"');
  });

  it('by a partitioner that gives no numbers', () => {
    refuses(() => sliced({ partitioner: (() => 2) as unknown as Partitioner }), TypeError, 'Partitioner of "w"');
  });

  it('when a slice in the middle fails: those before it are taken back', () => {
    let slice = 0;
    const initializer: Initializer = (shape) => {
      if (slice++ % 2 === 1) throw new ValueError('not this one');
      return tf.zeros(shape);
    };
    refuses(() => sliced({ initializer }), ValueError, 'not this one');
  });

  it('where the name of a slice is taken', () => {
    const taken = getVariable('w/part_1', { shape: [1] });
    const before = tf.memory().numTensors;
    expect(() => sliced()).toThrow('Variable "w/part_1" already exists.');
    expect([tf.memory().numTensors, globalVariables()]).toEqual([before, [taken]]);
  });
});
