import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotConnectedError, ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { Module } from '../modules/module.ts';
import { fixedSize } from '../partitioners/index.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { type GetVariableOptions, getVariable } from '../variables/get-variable.ts';
import { variableName } from '../variables/variable-name.ts';
import { getNormalizedVariableMap, variableMapItems } from './variable-map.ts';
import {
  getVariableScopeName,
  getVariablesInModule,
  getVariablesInScope,
  hasVariableScope,
  type ScopeLike,
} from './variables-in.ts';

const get = (name: string, options: GetVariableOptions = {}): tf.Tensor =>
  getVariable(name, { shape: [2], ...options });

/** A module `net` with the variables w, mean (not trainable), inner/w, and the slices of s. */
function makeNet(): Module<[], void> {
  const net = new Module(
    () => {
      get('s', { shape: [4], partitioner: fixedSize(2) });
      get('w');
      get('mean', { trainable: false });
      new Module(() => get('w'), { name: 'inner' })();
    },
    { name: 'net' },
  );
  net();
  return net;
}

const names = (variables: readonly tf.Variable[]): string[] => variables.map(variableName);

beforeEach(() => {
  resetDefaultGraph();
});

describe('getVariableScopeName and hasVariableScope', () => {
  it('take names, scopes, connected modules and what has a scope', () => {
    const net = makeNet();
    const scope = variableScope('a/b', (inside) => inside);
    expect(['x/y', '', scope, net, { variableScope: scope }].map(getVariableScopeName)).toEqual([
      'x/y',
      '',
      'a/b',
      'net',
      'a/b',
    ]);
    expect([net, { variableScope: scope }].map(hasVariableScope)).toEqual([true, true]);
    expect(['a', null, undefined, 3, {}, { variableScope: 'a' }].map(hasVariableScope)).toEqual(
      new Array(6).fill(false),
    );
  });

  it('refuse what has none', () => {
    for (const wrong of [3, null, undefined, {}, () => {}]) {
      expect(() => getVariableScopeName(wrong as unknown as ScopeLike)).toThrow(ValueError);
    }
    expect(() => getVariableScopeName(3 as unknown as ScopeLike)).toThrow('Not a variable scope: 3');
  });

  it('say of a module that it is not connected', () => {
    const module = new Module(() => {}, { name: 'net' });
    expect(() => getVariableScopeName(module)).toThrow(NotConnectedError);
    expect(() => getVariablesInScope(module)).toThrow(NotConnectedError);
    expect(() => getVariablesInModule(module)).toThrow(NotConnectedError);
    expect(() => getNormalizedVariableMap(module)).toThrow(NotConnectedError);
    expect(hasVariableScope(module)).toBe(false);
  });
});

describe('getVariablesInScope and getVariablesInModule', () => {
  it('give variables in the order of their creation', () => {
    const net = makeNet();
    const expected = ['net/s/part_0', 'net/s/part_1', 'net/w', 'net/inner/w'];
    expect(names(getVariablesInScope('net'))).toEqual(expected);
    expect(names(getVariablesInScope(net))).toEqual(expected);
    expect(names(getVariablesInModule(net))).toEqual(expected);
    expect(names(getVariablesInScope('net/inner'))).toEqual(['net/inner/w']);
    expect(names(getVariablesInScope(''))).toEqual(expected);
  });

  it('search the collection that is named', () => {
    const net = makeNet();
    const collection = GraphKeys.GLOBAL_VARIABLES;
    expect(names(getVariablesInScope('net', { collection }))).toContain('net/mean');
    expect(names(getVariablesInModule(net, { collection }))).toContain('net/mean');
    expect(getVariablesInScope('net', { collection: 'none' })).toEqual([]);
  });

  it('look in the graph of a module, whichever is the default one', () => {
    const graph = new Graph();
    const net = graph.asDefault(makeNet);
    expect(getVariablesInScope(net)).toHaveLength(4);
    expect(Object.keys(getNormalizedVariableMap(net))).toEqual(['w', 'mean', 'inner/w', 's']);
    expect(getVariablesInScope('net')).toEqual([]);
    graph.dispose();
  });
});

describe('getNormalizedVariableMap', () => {
  it('takes the name of the scope off, and lists slices of a variable together at the end', () => {
    const net = makeNet();
    const map = getNormalizedVariableMap(net);
    expect(Object.keys(map)).toEqual(['w', 'mean', 'inner/w', 's']);
    expect(names(map.s as tf.Variable[])).toEqual(['net/s/part_0', 'net/s/part_1']);
    expect(variableName(map.w as tf.Variable)).toBe('net/w');
    expect(Object.keys(getNormalizedVariableMap(''))).toEqual(['net/w', 'net/mean', 'net/inner/w', 'net/s']);
  });

  it('can list slices one by one', () => {
    makeNet();
    const map = getNormalizedVariableMap('net', { groupSlicedVariables: false });
    expect(Object.keys(map)).toEqual(['s/part_0', 's/part_1', 'w', 'mean', 'inner/w']);
  });

  it('does not take a variable for a slice that merely has such a name', () => {
    variableScope('net', () => get('layers/part_0'));
    expect(Object.keys(getNormalizedVariableMap('net'))).toEqual(['layers/part_0']);
  });

  it('can take off a scope further out', () => {
    const net = makeNet();
    const keys = ['net/w', 'net/mean', 'net/inner/w', 'net/s'];
    expect(Object.keys(getNormalizedVariableMap(net, { context: '' }))).toEqual(keys);
    expect(Object.keys(getNormalizedVariableMap('net/inner', { context: net }))).toEqual(['inner/w']);
    expect(Object.keys(getNormalizedVariableMap('net/inner', { context: null }))).toEqual(['w']);
  });

  it('refuses a context that is not around the scope', () => {
    makeNet();
    for (const context of ['other', 'ne', 'net/inner/w', 'inner']) {
      expect(() => getNormalizedVariableMap('net/inner', { context })).toThrow(ValueError);
    }
    expect(() => getNormalizedVariableMap('net', { context: 3 as unknown as string })).toThrow(ValueError);
  });

  it('can be restricted to a collection', () => {
    makeNet();
    const map = getNormalizedVariableMap('net', { collection: GraphKeys.TRAINABLE_VARIABLES });
    expect(Object.keys(map)).toEqual(['w', 'inner/w', 's']);
  });
});

describe('variableMapItems', () => {
  it('gives pairs of name and variable, slices one by one', () => {
    makeNet();
    const items = [...variableMapItems(getNormalizedVariableMap('net'))];
    expect(items.map(([name, variable]) => [name, variableName(variable)])).toEqual([
      ['w', 'net/w'],
      ['mean', 'net/mean'],
      ['inner/w', 'net/inner/w'],
      ['s', 'net/s/part_0'],
      ['s', 'net/s/part_1'],
    ]);
    expect([...variableMapItems({})]).toEqual([]);
  });
});
