import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { DifferentGraphError, ValueError } from '../errors.ts';
import { Module } from '../modules/module.ts';
import { nextRandomStream } from '../random/scope-stream.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { variableName } from '../variables/variable-name.ts';
import { getDefaultGraph, resetDefaultGraph } from './default-graph.ts';
import { Graph } from './graph.ts';
import { graphConstant } from './graph-constant.ts';

const numTensors = (): number => tf.memory().numTensors;
const makeW = (): tf.Variable => getVariable('w', { shape: [2] }) as tf.Variable;

beforeEach(() => {
  resetDefaultGraph();
});

describe('Graph', () => {
  it('has names of its own: two graphs hold variables of the same name', () => {
    const [first, second] = [new Graph(), new Graph()];
    const variables = [makeW(), first.asDefault(makeW), second.asDefault(makeW)];
    expect(variables.map(variableName)).toEqual(['w', 'w', 'w']);
    expect(variables.map(({ name }) => name)).toEqual(['w', `${first.id}!w`, `${second.id}!w`]);
    expect(new Set(variables).size).toBe(3);
    first.dispose();
    second.dispose();
  });

  it('gives every graph another id, and the seed that was asked for', () => {
    expect(new Graph().id).not.toBe(new Graph().id);
    expect([new Graph().seed, new Graph({ seed: 5 }).seed]).toEqual([0, 5]);
    expect(() => new Graph({ seed: 0.5 })).toThrow(ValueError);
    expect(() => new Graph({ seed: '1' as unknown as number })).toThrow(ValueError);
  });

  it('draws the same initial values for the same seed and name, in whatever order', () => {
    const make = (seed: number, names: string[]): number[] => {
      const graph = new Graph({ seed });
      const values = graph.asDefault(() => {
        for (const name of names) getVariable(name, { shape: [3] });
        return [...getVariable('a', { reuse: true }).dataSync()];
      });
      graph.dispose();
      return values;
    };
    expect(make(1, ['a', 'b'])).toEqual(make(1, ['b', 'a']));
    expect(make(1, ['a'])).not.toEqual(make(2, ['a']));
  });

  it('has methods that want a graph', () => {
    const { asDefault } = Graph.prototype;
    expect(() => asDefault.call({} as Graph, () => 1)).toThrow('Expected a Graph');
  });

  it('can be told where its random numbers were left, which a connection that fails takes back', () => {
    const draw = (): number[] => [...nextRandomStream().bits(2)];
    const first = resetDefaultGraph({ seed: 3 });
    draw();
    const state = first.randomState;
    const second = draw();
    const graph = resetDefaultGraph({ seed: 4 });
    const module = new Module(
      () => {
        graph.randomState = state;
        throw new Error('no');
      },
      { name: 'm' },
    );
    expect(module).toThrow('no');
    expect(graph.randomState).toEqual({ seed: 4, counters: new Map() });
    graph.randomState = state;
    expect([draw(), graph.seed]).toEqual([second, 3]);
    for (const wrong of [-1, 0.5, Number.NaN]) {
      expect(() => {
        graph.randomState = { seed: 1, counters: new Map([['net', wrong]]) };
      }).toThrow(ValueError);
    }
    expect(graph.seed).toBe(3);
  });

  describe('asDefault', () => {
    it('holds for the function only, also when it throws, and can be nested', () => {
      const [outer, inner] = [new Graph(), new Graph()];
      const before = getDefaultGraph();
      outer.asDefault(() => {
        expect(getDefaultGraph()).toBe(outer);
        expect(inner.asDefault(getDefaultGraph)).toBe(inner);
        expect(() =>
          inner.asDefault(() => {
            throw new Error('no');
          }),
        ).toThrow('no');
        expect(getDefaultGraph()).toBe(outer);
      });
      expect(getDefaultGraph()).toBe(before);
    });

    it('keeps the variable scope of each graph while another one is the default', () => {
      const graph = new Graph();
      const name = variableScope('a', () =>
        graph.asDefault(() => [makeW(), variableScope('b', makeW)].map(variableName)),
      );
      expect(name).toEqual(['w', 'b/w']);
      graph.dispose();
    });

    it('refuses a function that returns a promise', () => {
      expect(() => new Graph().asDefault(async () => 1)).toThrow(TypeError);
    });
  });

  describe('dispose', () => {
    it('frees variables and constants, and their keys in the engine', () => {
      const before = numTensors();
      const graph = new Graph();
      graph.asDefault(() => {
        makeW();
        graphConstant('one', () => tf.scalar(1));
      });
      graph.dispose();
      expect(numTensors()).toBe(before);
      expect(tf.engine().registeredVariables).not.toHaveProperty([`${graph.id}!w`]);
      graph.dispose();
    });

    it('leaves variables that were disposed by hand alone', () => {
      const graph = new Graph();
      graph.asDefault(makeW).dispose();
      graph.dispose();
      expect(graph.collectionNames).toEqual([]);
    });

    it('makes every later use of the graph an error', () => {
      const graph = new Graph();
      const module = graph.asDefault(() => new Module(makeW, { name: 'm' }));
      graph.asDefault(() => module());
      graph.dispose();
      expect(() => graph.asDefault(() => 1)).toThrow(`Graph ${graph.id} was disposed`);
      expect(() => graph.addToCollection('a', 1)).toThrow(ValueError);
      expect(() => module()).toThrow(DifferentGraphError);
      expect(() => module()).toThrow(`Module "m": its graph, ${graph.id}, was disposed with all variables`);
      expect(module.variables).toEqual([]);
    });

    it('is refused while the graph is in use', () => {
      const graph = new Graph();
      expect(() => graph.asDefault(() => graph.dispose())).toThrow(ValueError);
      const current = getDefaultGraph();
      const module = new Module(() => current.dispose(), { name: 'm' });
      expect(() => module()).toThrow(`Graph ${current.id} is in use`);
      expect(() => variableScope('a', () => current.dispose())).toThrow(ValueError);
      expect(getDefaultGraph()).toBe(current);
    });
  });
});

describe('resetDefaultGraph', () => {
  it('frees the variables of the old graph and puts a new one in its place', () => {
    const before = numTensors();
    const w = makeW();
    const graph = resetDefaultGraph({ seed: 3 });
    expect([w.isDisposed, numTensors(), getDefaultGraph() === graph, graph.seed]).toEqual([true, before, true, 3]);
    expect(globalVariables()).toEqual([]);
    expect(makeW().name).toBe('w');
  });

  it('also puts a new one in the place of a default graph that was disposed', () => {
    const old = getDefaultGraph();
    old.dispose();
    expect(getDefaultGraph()).not.toBe(old);
    expect(makeW().name).toBe('w');
  });

  it('is refused inside asDefault, a scope or a connection, which would go on in the wrong graph', () => {
    expect(() => new Graph().asDefault(() => resetDefaultGraph())).toThrow(ValueError);
    expect(() => variableScope('a', () => resetDefaultGraph())).toThrow(ValueError);
    const module = new Module(() => resetDefaultGraph(), { name: 'm' });
    expect(() => module()).toThrow(ValueError);
  });
});

describe('the key of a variable in the engine of tfjs', () => {
  it('steps aside for a variable of somebody else', () => {
    const raw = tf.variable(tf.zeros([1]), true, 'w');
    const w = makeW();
    expect(w.name).not.toBe('w');
    expect(variableName(w)).toBe('w');
    expect(raw.isDisposed).toBe(false);
    raw.dispose();
  });

  it('is not confused by names that every object has', () => {
    expect(variableName(getVariable('constructor', { shape: [1] }) as tf.Variable)).toBe('constructor');
  });
});
