import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { getVariable } from './get-variable.ts';
import { sortByName } from './sort-by-name.ts';
import { globalVariables, notifyAboutNewVariables } from './variable-lists.ts';
import { variableName } from './variable-name.ts';

const make = (name: string): tf.Variable => getVariable(name, { shape: [1] }) as tf.Variable;

beforeEach(() => {
  resetDefaultGraph();
});

describe('notifyAboutNewVariables', () => {
  it('tells of each variable that is made meanwhile, and of no other', () => {
    make('before');
    const seen: tf.Variable[] = [];
    const result = notifyAboutNewVariables(
      (variable) => seen.push(variable),
      () => {
        getVariable('before', { reuse: true });
        return [make('a'), make('b')];
      },
    );
    make('after');
    expect(seen).toEqual(result);
  });

  it('can be nested, and ends when the function throws', () => {
    const seen: string[] = [];
    const note = (label: string) => (variable: tf.Variable) => void seen.push(`${label}:${variable.name}`);
    expect(() =>
      notifyAboutNewVariables(note('outer'), () => {
        notifyAboutNewVariables(note('inner'), () => make('a'));
        make('b');
        throw new Error('no');
      }),
    ).toThrow('no');
    make('c');
    expect(seen).toEqual(['outer:a', 'inner:a', 'outer:b']);
  });

  it('takes the variable back when the callback throws', () => {
    const before = tf.memory().numTensors;
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => notifyAboutNewVariables(fail, () => make('a'))).toThrow('no');
    expect([globalVariables(), tf.memory().numTensors]).toEqual([[], before]);
    expect(make('a').name).toBe('a');
  });

  it('is about one graph', () => {
    const graph = new Graph();
    const seen: tf.Variable[] = [];
    notifyAboutNewVariables(
      (variable) => seen.push(variable),
      () => graph.asDefault(() => make('a')),
    );
    expect(seen).toEqual([]);
    graph.dispose();
  });

  it('refuses a function that returns a promise', () => {
    expect(() =>
      notifyAboutNewVariables(
        () => {},
        async () => {},
      ),
    ).toThrow(TypeError);
  });
});

describe('variableName', () => {
  it('is the name in the graph, or else the one that tfjs gave', () => {
    const graph = new Graph();
    const raw = tf.variable(tf.scalar(1), true, 'raw');
    expect([variableName(graph.asDefault(() => make('w'))), variableName(raw)]).toEqual(['w', 'raw']);
    raw.dispose();
    graph.dispose();
  });
});

describe('sortByName', () => {
  it('sorts by code units, as if every name ended in :0', () => {
    const names = ['wh', 'b', 'wh0', 'W', 'a/w', 'a.w'];
    const sorted = sortByName(new Set(names.map(make)));
    expect(sorted.map(variableName)).toEqual(['W', 'a.w', 'a/w', 'b', 'wh0', 'wh']);
  });
});
