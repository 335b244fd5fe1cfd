import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { DifferentGraphError, ValueError } from '../errors.ts';
import { addToCollection, getCollection, getDefaultGraph, resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { graphConstant } from '../graph/graph-constant.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { getNameScope, nameScope } from '../graph/name-scoping.ts';
import { ones } from '../initializers/index.ts';
import { fixedSize } from '../partitioners/index.ts';
import { nextRandomStream } from '../random/scope-stream.ts';
import { l2 } from '../regularizers/index.ts';
import { getVariableScope, variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { AbstractModule } from './abstract-module.ts';
import { Module } from './module.ts';
import { reuseVariables } from './reuse-variables.ts';

const numTensors = (): number => tf.memory().numTensors;
const makeW = (name = 'w'): tf.Variable => getVariable(name, { shape: [2], regularizer: l2(1) }) as tf.Variable;

function fail(): never {
  throw new ValueError('no');
}

/** A module whose build runs a function and, where it is told to, fails afterwards. */
function makeModule<T>(run: () => T, name = 'net'): Module<[fails?: boolean], T> {
  return new Module(
    (fails = false) => {
      const result = run();
      return fails ? fail() : result;
    },
    { name },
  );
}

/** What anybody could see of the default graph, and of tfjs. */
function visible(): unknown {
  const graph = getDefaultGraph();
  return {
    collections: graph.collectionNames.map((name) =>
      name === GraphKeys.REGULARIZATION_LOSSES ? [name] : [name, graph.getCollection(name)],
    ),
    keys: Object.keys(tf.engine().registeredVariables),
    numTensors: numTensors(),
    numDataBuffers: tf.memory().numDataBuffers,
    scopes: [getNameScope(), getVariableScope().name],
  };
}

/** Runs what fails; nothing may be different afterwards. */
function expectUndone(fn: () => unknown, message = 'no'): void {
  const before = visible();
  expect(fn).toThrow(message);
  expect(visible()).toEqual(before);
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('a first connection that fails', () => {
  it('takes back variables, tensors, collections and constants', () => {
    const module = makeModule(() => {
      addToCollection('things', 1);
      graphConstant('one', () => tf.scalar(1));
      return tf.mul(makeW(), tf.ones([2]));
    });
    expectUndone(() => module(true));
    expect([module.isConnected, module.graph, module.connectedSubgraphs]).toEqual([false, null, []]);
  });

  it('can be tried again, and gets the same names and first values', () => {
    const run = (): unknown[] => [
      makeW().name,
      [...makeW('v').dataSync()],
      nextRandomStream().bits(2),
      makeModule(getNameScope)(),
      makeModule(getNameScope, 'net_1')(),
      nameScope('step', (name) => name),
    ];
    const untouched = makeModule(run)();
    resetDefaultGraph();
    const module = makeModule(run);
    for (let i = 0; i < 3; i++) expectUndone(() => module(true));
    expect(module()).toEqual(untouched);
    expect(module.nameScopes).toEqual(['net']);
  });

  it('can be tried again with a variable in slices', () => {
    const module = makeModule(() => getVariable('w', { shape: [4], partitioner: fixedSize(2) }));
    expectUndone(() => module(true));
    tf.dispose(module());
    expect(module.variables.map(({ name }) => name)).toEqual(['net/w/part_0', 'net/w/part_1']);
  });

  it('can be tried again in another graph', () => {
    const module = makeModule(makeW);
    expectUndone(() => module(true));
    const graph = new Graph();
    expect(graph.asDefault(() => module()).name).toBe(`${graph.id}!net/w`);
    expect(() => module()).toThrow(DifferentGraphError);
    graph.dispose();
  });

  it('can be tried again with other variables', () => {
    const names = ['a', 'b', 'a'];
    const module = makeModule(() => makeW(names.shift()));
    expectUndone(() => module(true));
    module();
    expect(globalVariables().map(({ name }) => name)).toEqual(['net/b']);
    expect(() => module()).toThrow('Variable "net/a" does not exist');
  });

  it('does not count for the name of a scope that was free before', () => {
    const module = variableScope('a', () => makeModule(makeW));
    expectUndone(() => module(true));
    expect(variableScope('a', () => makeModule(makeW).scopeName)).toBe('a/net');
  });

  it('frees what it had computed, even outside of tf.tidy', () => {
    const module = makeModule(() => tf.exp(makeW()));
    expectUndone(() => module(true));
  });
});

describe('a later connection that fails', () => {
  it('leaves the module as it was', () => {
    const module = makeModule(() => tf.mul(makeW(), 2));
    tf.dispose(module());
    const { variables } = module;
    expectUndone(() => module(true));
    expect([module.variables, module.nameScopes]).toEqual([variables, ['net']]);
    module();
    expect(module.nameScopes).toEqual(['net', 'net_1']);
  });

  it('fails when it asks for a variable that the first did not make', () => {
    const module = new Module((name: string) => makeW(name), { name: 'net' });
    module('a');
    expectUndone(() => module('b'), 'Variable "net/b" does not exist, and this scope may only share variables.');
    expect(module('a').name).toBe('net/a');
  });

  it('fails when it makes trainable variables by way of a module made elsewhere', () => {
    const other = makeModule(makeW, 'other');
    const module = new Module((more: boolean) => (more ? other() : undefined), { name: 'net' });
    module(false);
    expectUndone(() => module(true), 'Module "net": this connection made trainable variables ("other/w")');
    expect(other.isConnected).toBe(false);
    other();
    expect(module(true)?.name).toBe('other/w');
  });

  it('may make variables that are not trainable', () => {
    const other = makeModule(() => getVariable('count', { shape: [], trainable: false, initializer: ones() }), 'other');
    const module = new Module((more: boolean) => (more ? other() : undefined), { name: 'net' });
    module(false);
    expect(module(true)?.dataSync()[0]).toBe(1);
  });
});

describe('a module inside', () => {
  it('is taken back with the module around it', () => {
    const inner = makeModule(makeW, 'inner');
    const outer = makeModule(() => inner(), 'outer');
    expectUndone(() => outer(true));
    expect([inner.isConnected, inner.graph, inner.nameScopes]).toEqual([false, null, []]);
    expect(outer().name).toBe('inner/w');
    expect(inner.nameScopes).toEqual(['outer/inner']);
  });

  it('fails alone when build catches the error', () => {
    const inner = makeModule(makeW, 'inner');
    const outer = makeModule(() => {
      const kept = tf.ones([3]);
      makeW('before');
      expect(() => inner(true)).toThrow('no');
      expect(kept.isDisposed).toBe(false);
      return [inner().name, makeW('after').name];
    }, 'outer');
    expect(outer()).toEqual(['inner/w', 'outer/after']);
    expect(outer.variables.map(({ name }) => name)).toEqual(['inner/w', 'outer/after', 'outer/before']);
    expect(inner.nameScopes).toEqual(['outer/inner']);
  });

  it('that failed, and was caught, leaves the rest to be taken back too', () => {
    const inner = makeModule(makeW, 'inner');
    const outer = makeModule(() => {
      inner();
      expect(() => inner(true)).toThrow('no');
    }, 'outer');
    expectUndone(() => outer(true));
    expect(inner.isConnected).toBe(false);
  });

  it('may fail at any depth', () => {
    const depth = (levels: number): unknown =>
      makeModule(() => {
        makeW();
        return levels === 0 ? fail() : depth(levels - 1);
      })();
    expectUndone(() => depth(5));
    expect(globalVariables()).toEqual([]);
  });
});

describe('shared methods', () => {
  class Coder extends AbstractModule<[fails: boolean], string> {
    static {
      reuseVariables(Coder, 'encode');
    }
    constructor() {
      super({ name: 'coder' });
    }
    encode(fails = false): string {
      const { name } = makeW('encoder');
      return fails ? fail() : name;
    }
    protected override build(fails: boolean): string {
      const name = this.encode();
      return fails ? fail() : name;
    }
  }

  it('are taken back when they fail themselves', () => {
    const coder = new Coder();
    expectUndone(() => coder.encode(true));
    expect(coder.isConnected).toBe(false);
    expect([coder.encode(), coder.encode()]).toEqual(['coder/encoder', 'coder/encoder']);
    expectUndone(() => coder.encode(true));
    expect(coder.nameScopes).toEqual(['coder/encode/', 'coder/encode_1/']);
  });

  it('are used for the first time again after the connection in which they were is taken back', () => {
    const coder = new Coder();
    expectUndone(() => coder(true));
    expect(coder(false)).toBe('coder/encoder');
    expectUndone(() => coder(true));
    expect([coder(false), coder.encode()]).toEqual(['coder/encoder', 'coder/encoder']);
  });
});

describe('build', () => {
  it('may not return a promise', () => {
    const module = makeModule(async () => 1);
    expectUndone(() => module(), 'build: the function must be synchronous');
    const rejected = makeModule(() => Promise.reject(new Error('unheard')));
    expectUndone(() => rejected(), 'build: the function must be synchronous');
  });

  it('does not run in another graph than before', () => {
    const module = makeModule(makeW);
    module();
    const graph = new Graph();
    const message = `Module "net": it is connected in ${getDefaultGraph().id} and cannot be connected in ${graph.id} too`;
    expect(() => graph.asDefault(() => module())).toThrow(DifferentGraphError);
    expect(() => graph.asDefault(() => module())).toThrow(message);
    expect(() => graph.asDefault(() => module.enterVariableScope(() => {}))).toThrow(DifferentGraphError);
    graph.dispose();
  });

  it('is taken back in its own graph only, where it opened another one', () => {
    const graph = new Graph();
    const module = makeModule(() => graph.asDefault(() => makeModule(makeW, 'other')().name));
    expect(module()).toBe(`${graph.id}!other/w`);
    expect(() => module(true)).toThrow(ValueError);
    expect(graph.getCollection(GraphKeys.GLOBAL_VARIABLES)).toHaveLength(2);
    graph.dispose();
  });
});

it('reading a collection inside a connection that fails leaks nothing', () => {
  makeW('outside');
  const module = makeModule(() => getCollection(GraphKeys.REGULARIZATION_LOSSES));
  expectUndone(() => module(true));
});
