import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { constant } from '../initializers/index.ts';
import { Module } from '../modules/module.ts';
import { l1, l2, type Regularizer } from '../regularizers/index.ts';
import { valueAndGrads } from '../training/value-and-grads.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { addToCollection, getCollection, getDefaultGraph, resetDefaultGraph } from './default-graph.ts';
import { Graph } from './graph.ts';
import { GraphKeys } from './graph-keys.ts';
import { regularizationLosses } from './regularization-losses.ts';

const { REGULARIZATION_LOSSES } = GraphKeys;

function regularized(name: string, regularizer: Regularizer): tf.Variable {
  return getVariable(name, { shape: [2], initializer: constant(3), regularizer }) as tf.Variable;
}

const values = (losses: unknown[]): number[] => losses.map((loss) => (loss as tf.Tensor).dataSync()[0] as number);

beforeEach(() => {
  resetDefaultGraph();
  registerGradients();
});

describe('collections', () => {
  it('hold anything, in the order in which it was added', () => {
    addToCollection('things', 'a');
    addToCollection('things', 2);
    addToCollection('things', 'a');
    expect(getCollection('things')).toEqual(['a', 2, 'a']);
    expect(getCollection('nothing')).toEqual([]);
    expect(getDefaultGraph().collectionNames).toEqual(['things']);
  });

  it('are read as copies', () => {
    addToCollection('things', 1);
    getCollection('things').push(2);
    expect(getCollection('things')).toEqual([1]);
  });

  it('hold functions and losses as they are', () => {
    const loss = { name: 'mine', loss: () => tf.scalar(1) };
    addToCollection('things', loss);
    expect(getCollection('things')).toEqual([loss]);
  });

  it('belong to a graph', () => {
    const graph = new Graph();
    graph.addToCollection('things', 1);
    graph.asDefault(() => addToCollection('things', 2));
    expect([graph.getCollection('things'), getCollection('things')]).toEqual([[1, 2], []]);
    graph.dispose();
    expect(graph.getCollection('things')).toEqual([]);
  });

  it('give what lies in one scope, whose name is no mere prefix', () => {
    const make = (scope: string): tf.Tensor => variableScope(scope, () => getVariable('w', { shape: [1] }));
    const [inside, deeper] = [make('net'), make('net/layer')];
    make('net_1');
    for (const entry of ['without a name', null]) addToCollection(GraphKeys.GLOBAL_VARIABLES, entry as never);
    expect(getCollection(GraphKeys.GLOBAL_VARIABLES, { scope: 'net' })).toEqual([inside, deeper]);
    expect(getCollection(GraphKeys.GLOBAL_VARIABLES, { scope: 'ne' })).toEqual([]);
    expect(getCollection(GraphKeys.GLOBAL_VARIABLES, { scope: '' })).toHaveLength(5);
  });

  it('go by names in the graph, not by keys in the engine', () => {
    const graph = new Graph();
    graph.asDefault(() => variableScope('net', () => getVariable('w', { shape: [1] })));
    expect(graph.getCollection(GraphKeys.GLOBAL_VARIABLES, { scope: 'net' })).toHaveLength(1);
    graph.dispose();
  });
});

describe('REGULARIZATION_LOSSES', () => {
  it('evaluates the losses when it is read, to new tensors', () => {
    const w = regularized('w', l2(1));
    expect(values(getCollection(REGULARIZATION_LOSSES))).toEqual([9]);
    w.assign(tf.tensor1d([2, 0]));
    expect(values(getCollection(REGULARIZATION_LOSSES))).toEqual([2]);
    expectNoLeak(() => getCollection(REGULARIZATION_LOSSES));
  });

  it('is differentiable', () => {
    regularized('a', l2(1));
    regularized('b', l1(0.5));
    const { value, grads } = valueAndGrads(() => tf.addN(getCollection(REGULARIZATION_LOSSES)));
    expect(value.dataSync()[0]).toBe(12);
    expect([...(grads.a?.dataSync() ?? [])]).toEqual([3, 3]);
    expect([...(grads.b?.dataSync() ?? [])]).toEqual([0.5, 0.5]);
  });

  it('has one loss a variable, however often its module is connected', () => {
    const module = new Module(() => regularized('w', l2(1)), { name: 'net' });
    module();
    module();
    expect(regularizationLosses().map(({ name }) => name)).toEqual(['net/w/Regularizer/l2_regularizer']);
    expect(values(regularizationLosses().map(({ loss }) => loss()))).toEqual([9]);
  });

  it('can be restricted to a scope', () => {
    for (const scope of ['a', 'b']) variableScope(scope, () => regularized('w', l2(1)));
    expect(getCollection(REGULARIZATION_LOSSES, { scope: 'b' })).toHaveLength(1);
  });

  it('takes own functions as they are, and leaves out what gives null', () => {
    regularized('a', (w) => tf.sum(w));
    regularized('b', () => null);
    expect(regularizationLosses().map(({ name }) => name)).toEqual(['a/Regularizer/regularizer']);
  });

  it('leaks nothing when a variable is made', () => {
    expectNoLeak(() => void regularized('a', l2(1)), { kept: 1 });
    expectNoLeak(() => void regularized('b', () => null), { kept: 1 });
  });

  it('refuses a regularizer that gives no tensor, and makes nothing', () => {
    const wrong = (() => 3) as unknown as Regularizer;
    const before = tf.memory().numTensors;
    expect(() => regularized('w', wrong)).toThrow('the regularizer must return a tensor or null');
    expect(tf.memory().numTensors).toBe(before);
    expect(getCollection(GraphKeys.GLOBAL_VARIABLES)).toEqual([]);
    expect(regularized('w', l2(1)).isDisposed).toBe(false);
  });

  it('keeps other things that were put there', () => {
    const loss = tf.scalar(1);
    addToCollection(REGULARIZATION_LOSSES, loss);
    expect(getCollection(REGULARIZATION_LOSSES)).toEqual([loss]);
    expect(regularizationLosses()).toEqual([]);
    loss.dispose();
  });
});
