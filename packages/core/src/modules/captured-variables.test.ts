import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { ones } from '../initializers/index.ts';
import { fixedSize } from '../partitioners/index.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { type GetVariableOptions, getVariable } from '../variables/get-variable.ts';
import { variableName } from '../variables/variable-name.ts';
import { AbstractModule } from './abstract-module.ts';
import { Module } from './module.ts';

const names = (variables: readonly tf.Variable[]): string[] => variables.map(variableName);
const get = (name: string, options: GetVariableOptions = {}): tf.Tensor =>
  getVariable(name, { shape: [1], ...options });

/** A module with the given variables. */
function makeModule(name: string, ...variables: string[]): Module<[], void> {
  return new Module(
    () => {
      for (const variable of variables) get(variable);
    },
    { name },
  );
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('the variables of a module', () => {
  it('are sorted by name; those inside its scope also come in the order of their creation', () => {
    const module = makeModule('net', 'w', 'b', 'wh', 'wh0');
    module();
    expect(names(module.variables)).toEqual(['net/b', 'net/w', 'net/wh0', 'net/wh']);
    expect(names(module.getAllVariables())).toEqual(['net/b', 'net/w', 'net/wh0', 'net/wh']);
    expect(names(module.getVariables())).toEqual(['net/w', 'net/b', 'net/wh', 'net/wh0']);
  });

  it('are told apart by whether optimizers change them', () => {
    const module = new Module(
      () => {
        get('w');
        get('mean', { trainable: false, collections: ['variables', GraphKeys.MOVING_AVERAGE_VARIABLES] });
      },
      { name: 'net' },
    );
    module();
    expect(names(module.trainableVariables)).toEqual(['net/w']);
    expect(names(module.nonTrainableVariables)).toEqual(['net/mean']);
    expect([names(module.getVariables()), names(module.getAllVariables())]).toEqual([['net/w'], ['net/w']]);
    const collection = GraphKeys.MOVING_AVERAGE_VARIABLES;
    expect(names(module.getVariables({ collection }))).toEqual(['net/mean']);
    expect(names(module.getAllVariables({ collection }))).toEqual(['net/mean']);
  });

  it('include those of modules made inside', () => {
    const outer = new Module(
      () => {
        makeModule('inner', 'w')();
        get('b');
      },
      { name: 'outer' },
    );
    outer();
    expect(names(outer.variables)).toEqual(['outer/b', 'outer/inner/w']);
    expect(names(outer.getVariables())).toEqual(['outer/inner/w', 'outer/b']);
  });

  it('include those of modules made elsewhere, which are not in its scope', () => {
    const shared = makeModule('shared', 'w');
    const [first, second] = ['first', 'second'].map((name) => new Module(() => shared(), { name }));
    first?.();
    second?.();
    expect(names(first?.variables ?? [])).toEqual(['shared/w']);
    expect(names(second?.variables ?? [])).toEqual(['shared/w']);
    expect(second?.getVariables()).toEqual([]);
    expect(names(second?.getAllVariables() ?? [])).toEqual(['shared/w']);
  });

  it('include those of a module several levels down, whichever of the modules saw it first', () => {
    const deep = makeModule('deep', 'w');
    const middle = new Module(() => deep(), { name: 'middle' });
    const outer = new Module((again: boolean) => (again ? middle() : undefined), { name: 'outer' });
    middle();
    outer(false);
    expect(outer.variables).toEqual([]);
    outer(true);
    expect(names(outer.variables)).toEqual(['deep/w']);
  });

  it('include slices and what a custom getter reads', () => {
    const module = new Module(
      () => {
        get('w', { shape: [4], partitioner: fixedSize(2) });
        get('v', { customGetter: (getter, name, args) => tf.neg(getter(`${name}_hidden`, args)) });
      },
      { name: 'net' },
    );
    module();
    module();
    expect(names(module.variables)).toEqual(['net/v_hidden', 'net/w/part_0', 'net/w/part_1']);
  });

  it('include what was asked for inside enterVariableScope, also from within another module', () => {
    const module = makeModule('net', 'w');
    const outer = new Module(() => module.enterVariableScope(() => get('extra', { reuse: 'auto' })), { name: 'outer' });
    outer();
    module();
    expect(names(module.variables)).toEqual(['net/extra', 'net/w']);
    expect(names(outer.variables)).toEqual(['net/extra']);
  });

  it('leave out what was disposed with the graph', () => {
    const graph = new Graph();
    const module = graph.asDefault(() => makeModule('net', 'w'));
    graph.asDefault(() => module());
    expect(names(module.variables)).toEqual(['net/w']);
    expect(names(module.getVariables())).toEqual(['net/w']);
    graph.dispose();
    expect([module.variables, module.getVariables(), module.getAllVariables()]).toEqual([[], [], []]);
  });
});

describe('after a failed connection', () => {
  it('variables that only it used are not counted', () => {
    const [helper, other] = [makeModule('helper', 'w'), makeModule('other', 'w')];
    helper();
    other();
    const module = new Module(
      (fail: boolean) => {
        if (!fail) return other();
        helper();
        throw new Error('no');
      },
      { name: 'net' },
    );
    expect(() => module(true)).toThrow('no');
    module(false);
    expect(names(module.variables)).toEqual(['other/w']);
    expect(() => module(true)).toThrow('no');
    expect(names(module.variables)).toEqual(['other/w']);
  });

  it('what a module inside used is counted again at the next connection', () => {
    const shared = makeModule('shared', 'w');
    shared();
    let fails = 2;
    const module = new Module(
      () => {
        shared();
        if (fails-- > 0) throw new Error('no');
      },
      { name: 'net' },
    );
    expect(module).toThrow('no');
    expect(module).toThrow('no');
    module();
    expect(names(module.variables)).toEqual(['shared/w']);
  });

  it('that build caught, what it used is not counted', () => {
    const helper = makeModule('helper', 'w');
    helper();
    const failing = new Module(
      () => {
        helper();
        throw new Error('no');
      },
      { name: 'failing' },
    );
    const outer = new Module(
      () => {
        get('b');
        try {
          failing();
        } catch {}
      },
      { name: 'outer' },
    );
    outer();
    expect(names(outer.variables)).toEqual(['outer/b']);
    expect(failing.isConnected).toBe(false);
  });
});

describe('ownVariable', () => {
  class Holder extends AbstractModule<[], void> {
    readonly #request: GetVariableOptions;
    constructor(request: GetVariableOptions, customGetter: ConstructorParameters<typeof Module>[1] = {}) {
      super({ name: 'holder', ...customGetter });
      this.#request = { initializer: ones(), ...request };
    }
    protected override build(): void {
      getVariable('w', this.#request);
    }
    read(name = 'w'): tf.Tensor {
      return this.ownVariable(name);
    }
  }

  it.each<[string, GetVariableOptions]>([
    ['float32', { shape: [2] }],
    ['int32', { shape: [2], dtype: 'int32' }],
    ['bool, a scalar', { shape: [], dtype: 'bool' }],
  ])('gives the variable, of whatever dtype: %s', (_, request) => {
    const holder = new Holder(request);
    holder();
    expect(holder.read()).toBe(holder.variables[0]);
  });

  it('gives a variable in slices as one tensor', () => {
    const holder = new Holder({ shape: [5], partitioner: fixedSize(2) });
    holder();
    expect([...holder.read().dataSync()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('gives variables of a module whose scope has a partitioner', () => {
    const [scalar, whole, own] = variableScope('net', { partitioner: fixedSize(2) }, () => [
      new Holder({ shape: [], dtype: 'int32' }),
      new Holder({ shape: [4] }),
      new Holder({ shape: [4], partitioner: fixedSize(3) }),
    ]);
    const values = [scalar, whole, own].map((holder) => {
      holder?.();
      return [...(holder?.read().dataSync() ?? [])];
    });
    expect(values).toEqual([[1], [1, 1, 1, 1], [1, 1, 1, 1]]);
  });

  it('goes through the custom getter of the module', () => {
    const holder = new Holder({ shape: [2] }, { customGetter: (getter, name, args) => tf.neg(getter(name, args)) });
    holder();
    expect([...holder.read().dataSync()]).toEqual([-1, -1]);
  });

  it('works while another graph is the default one', () => {
    const graph = new Graph();
    const holder = graph.asDefault(() => new Holder({ shape: [2] }));
    graph.asDefault(() => holder());
    expect(variableName(holder.read() as tf.Variable)).toBe('holder/w');
    graph.dispose();
    expect(() => holder.read()).toThrow('was disposed');
  });

  it('refuses names that the module does not have', () => {
    const holder = new Holder({ shape: [2] });
    holder();
    expect(() => holder.read('v')).toThrow('Variable "holder/v" does not exist');
  });
});
