import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { nameScope } from '../graph/name-scoping.ts';
import { getVariable } from '../variables/get-variable.ts';
import type { ConnectedSubGraph } from './connected-sub-graph.ts';
import { Module } from './module.ts';
import { observeConnections } from './observe-connections.ts';

const makeModule = (name: string): Module<[x: number], number> => new Module((x: number) => x + 1, { name });

beforeEach(() => {
  resetDefaultGraph();
});

describe('observeConnections', () => {
  it('tells of every connection while the function runs, inner modules first', () => {
    const inner = makeModule('inner');
    const outer = new Module((x: number) => inner(inner(x)), { name: 'outer' });
    inner(0);
    const seen: ConnectedSubGraph[] = [];
    const result = observeConnections(
      (connection) => seen.push(connection),
      () => nameScope('here', () => outer(1)),
    );
    outer(0);
    expect(result).toBe(3);
    expect(seen.map(({ nameScope: name, outputs }) => [name, outputs])).toEqual([
      ['here/outer/inner', 2],
      ['here/outer/inner_1', 3],
      ['here/outer', 3],
    ]);
    expect(seen[0]?.module).toBe(inner);
    expect(seen[2]?.inputs).toEqual({ arg0: 1 });
  });

  it('can be nested: every observer is told', () => {
    const module = makeModule('net');
    const seen: string[] = [];
    const note = (label: string) => (connection: ConnectedSubGraph) => void seen.push(label + connection.nameScope);
    observeConnections(note('a '), () => {
      module(1);
      observeConnections(note('b '), () => module(1));
      module(1);
    });
    expect(seen).toEqual(['a net', 'a net_1', 'b net_1', 'a net_2']);
  });

  it('takes the same observer twice', () => {
    const module = makeModule('net');
    let count = 0;
    const observer = (): void => {
      count++;
    };
    observeConnections(observer, () => {
      observeConnections(observer, () => module(1));
      module(1);
    });
    expect(count).toBe(3);
  });

  it('ends when the function throws', () => {
    const module = makeModule('net');
    const seen: unknown[] = [];
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => observeConnections((connection) => seen.push(connection), fail)).toThrow('no');
    module(1);
    expect(seen).toEqual([]);
  });

  it('tells of connections in every graph', () => {
    const graph = new Graph();
    const module = makeModule('net');
    const seen: unknown[] = [];
    observeConnections(
      ({ module: connected }) => seen.push(connected),
      () => graph.asDefault(() => module(1)),
    );
    expect(seen).toEqual([module]);
    graph.dispose();
  });

  it('makes the connection fail when the observer throws, and nothing has changed then', () => {
    const module = new Module(() => tf.exp(getVariable('w', { shape: [2] })), { name: 'net' });
    const before = tf.memory().numTensors;
    const observer = (): never => {
      throw new Error('not this one');
    };
    expect(() => observeConnections(observer, () => module())).toThrow('not this one');
    expect([module.isConnected, module.nameScopes, tf.memory().numTensors]).toEqual([false, [], before]);
    tf.dispose(module());
    expect(module.nameScopes).toEqual(['net']);
  });

  it('frees what the observer computes', () => {
    const module = new Module((x: tf.Tensor) => tf.exp(x), { name: 'net' });
    const x = tf.scalar(1);
    const before = tf.memory().numTensors;
    const y = observeConnections(
      ({ outputs }) => void tf.norm(outputs as tf.Tensor),
      () => module(x),
    );
    expect(tf.memory().numTensors - before).toBe(1);
    y.dispose();
  });

  it('refuses a function that returns a promise', () => {
    const nothing = (): void => {};
    expect(() => observeConnections(nothing, async () => 1)).toThrow(TypeError);
  });
});
