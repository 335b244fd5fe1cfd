import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SonnetError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { AbstractModule } from './abstract-module.ts';
import { type BuildParameters, required } from './build-parameters.ts';
import { REMEMBERED_CONNECTIONS } from './connected-sub-graph.ts';
import { Module } from './module.ts';

interface NormOptions {
  readonly isTraining?: boolean;
  readonly scale?: number;
}

class Norm extends AbstractModule<[inputs: unknown, ...rest: unknown[]], unknown> {
  static override readonly buildParameters: BuildParameters = { inputs: required, isTraining: false, scale: 1 };

  protected override build(inputs: unknown, _options: NormOptions = {}): unknown {
    return inputs;
  }
}

const inputsOf = (...args: [unknown, ...unknown[]]): unknown => {
  const norm = new Norm();
  norm(...args);
  return norm.lastConnectedSubgraph.inputs;
};

beforeEach(() => {
  resetDefaultGraph();
});

describe('a connection', () => {
  it('is listed with its module, name scope, inputs and outputs', () => {
    const double = new Module((x: tf.Tensor) => tf.mul(x, 2), { name: 'double' });
    const x = tf.scalar(3);
    const outputs = double(x);
    const { lastConnectedSubgraph: connection } = double;
    expect(double.connectedSubgraphs).toEqual([connection]);
    expect(connection.module).toBe(double);
    expect(connection.nameScope).toBe('double');
    expect(connection.inputs).toEqual({ arg0: x });
    expect(connection.outputs).toBe(outputs);
    tf.dispose([x, outputs]);
  });

  it('names its inputs as the class declares, with defaults and options in their places', () => {
    expect(inputsOf(5)).toEqual({ inputs: 5, isTraining: false, scale: 1 });
    expect(inputsOf(5, { isTraining: true })).toEqual({ inputs: 5, isTraining: true, scale: 1 });
    expect(inputsOf(5, true, { scale: 3 })).toEqual({ inputs: 5, isTraining: true, scale: 3 });
    expect(inputsOf(5, true, 3)).toEqual({ inputs: 5, isTraining: true, scale: 3 });
  });

  it('takes an object in the place of a required parameter for an input', () => {
    expect(inputsOf({})).toEqual({ inputs: {}, isTraining: false, scale: 1 });
    expect(inputsOf({ isTraining: true })).toEqual({ inputs: { isTraining: true }, isTraining: false, scale: 1 });
  });

  it('takes an object with other keys for an argument', () => {
    expect(inputsOf(5, { other: 1 })).toEqual({ inputs: 5, isTraining: { other: 1 }, scale: 1 });
    expect(inputsOf(5, new Date(0))).toEqual({ inputs: 5, isTraining: new Date(0), scale: 1 });
    expect(inputsOf(5, null, undefined)).toEqual({ inputs: 5, isTraining: null, scale: undefined });
  });

  it('leaves out a required input that is missing', () => {
    expect(inputsOf(...([] as unknown as [unknown]))).toEqual({ isTraining: false, scale: 1 });
  });

  it('numbers the inputs where nothing is declared', () => {
    const sum = new Module((x: number, y: number) => x + y, { name: 'sum' });
    sum(1, 2);
    expect(sum.lastConnectedSubgraph.inputs).toEqual({ arg0: 1, arg1: 2 });
  });

  it('names the inputs of a Module by what its function declares', () => {
    const build = Object.assign((x: number, y = 2) => x + y, { buildParameters: { x: required, y: 2 } });
    const sum = new Module(build, { name: 'sum' });
    sum(1);
    expect(sum.lastConnectedSubgraph.inputs).toEqual({ x: 1, y: 2 });
  });

  it('does not keep tensors alive, and says so when they are read', () => {
    const module = new Module((x: tf.Tensor) => ({ sum: tf.add(x, 1) }), { name: 'net' });
    const before = tf.memory().numTensors;
    tf.tidy(() => void module(tf.scalar(1)));
    expect(tf.memory().numTensors).toBe(before);
    const { lastConnectedSubgraph: connection } = module;
    expect(() => connection.outputs).toThrow(SonnetError);
    expect(() => connection.inputs).toThrow(
      'Module "net": the inputs of its connection "net" hold a tensor that was disposed',
    );
    expect(connection.nameScope).toBe('net');
  });

  it('keeps track of tensors in structures', () => {
    const module = new Module((state: { hidden: tf.Tensor[] }) => [state], { name: 'net' });
    const state = { hidden: [tf.scalar(1), tf.scalar(2)] };
    module(state);
    expect(module.lastConnectedSubgraph.outputs).toEqual([state]);
    state.hidden[1]?.dispose();
    expect(() => module.lastConnectedSubgraph.inputs).toThrow(SonnetError);
    state.hidden[0]?.dispose();
  });
});

describe('the connections of a module', () => {
  const identity = (): Module<[x: number], number> => new Module((x: number) => x, { name: 'id' });
  const outputsOf = (module: Module<[x: number], number>): unknown[] =>
    module.connectedSubgraphs.map(({ outputs }) => outputs);
  const latest = (first: number, last: number): number[] =>
    Array.from({ length: REMEMBERED_CONNECTIONS }, (_, i) => last - REMEMBERED_CONNECTIONS + 1 + i).filter(
      (i) => i > first,
    );

  it.each([1, 2, 64, 65, 66, 127, 128, 129, 130, 500])('are the first and the latest 64, of %i', (count) => {
    const module = identity();
    for (let i = 0; i < count; i++) module(i);
    expect(outputsOf(module)).toEqual([0, ...latest(0, count - 1)]);
    expect(module.nameScopes[0]).toBe('id');
    expect(module.nameScopes.at(-1)).toBe(count === 1 ? 'id' : `id_${count - 1}`);
    expect(module.lastConnectedSubgraph.outputs).toBe(count - 1);
  });

  it.each([1, 63, 64, 65, 127, 128, 129, 300])('are what they were after %i more were taken back', (count) => {
    for (const before of [0, 1, 64, 100, 127, 200]) {
      resetDefaultGraph();
      const module = identity();
      for (let i = 0; i < before; i++) module(i);
      const connections = module.connectedSubgraphs;
      const outer = new Module(
        () => {
          for (let i = 0; i < count; i++) module(-i);
          throw new Error('no');
        },
        { name: 'outer' },
      );
      expect(outer).toThrow('no');
      expect(module.isConnected).toBe(before > 0);
      expect(module.connectedSubgraphs).toEqual(connections);
      module(7);
      expect(module.nameScopes.at(-1)).toBe(before === 0 ? 'id' : `id_${before}`);
    }
  });
});
