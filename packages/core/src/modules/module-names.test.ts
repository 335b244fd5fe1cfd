import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { getNameScope, nameScope } from '../graph/name-scoping.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import type { CustomGetter } from '../variables/get-variable-args.ts';
import { AbstractModule, type ModuleOptions } from './abstract-module.ts';
import { Module } from './module.ts';

class BatchNormLSTM extends AbstractModule<[], string> {
  protected override build(): string {
    return getNameScope();
  }
}

const unnamed = (): Module<[], string> => new Module(() => getNameScope(), { name: 'net' });

beforeEach(() => {
  resetDefaultGraph();
});

describe('the name of a module', () => {
  it("is its class's in snake_case by default", () => {
    expect(new BatchNormLSTM().moduleName).toBe('batch_norm_lstm');
    expect(new BatchNormLSTM({ name: null }).moduleName).toBe('batch_norm_lstm_1');
  });

  it('is the static moduleName of its class, which subclasses inherit', () => {
    class Renamed extends BatchNormLSTM {
      static override readonly moduleName: string = 'norm';
    }
    class Minified extends Renamed {}
    expect([new Renamed().moduleName, new Minified().moduleName]).toEqual(['norm', 'norm_1']);
  });

  it('is what the options say', () => {
    expect(new BatchNormLSTM({ name: 'core' }).moduleName).toBe('core');
  });

  it('warns once when a class has the name that a minifier would give it', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    class e extends BatchNormLSTM {}
    class Ab extends BatchNormLSTM {}
    const modules = [new e(), new e(), new Ab(), new e({ name: 'named' })];
    expect(modules.map(({ moduleName }) => moduleName)).toEqual(['e', 'e_1', 'ab', 'named']);
    expect(warn.mock.calls.map(([text]) => /class, "(\w*)"/.exec(String(text))?.[1])).toEqual(['e', 'Ab']);
  });

  it('is "module" for a class without a name', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(new (class extends BatchNormLSTM {})().moduleName).toBe('module');
  });

  it('is made unique in the scope in which the module is made', () => {
    const names = [unnamed(), unnamed(), variableScope('net_2', () => unnamed()), unnamed()].map((m) => m.scopeName);
    expect(names).toEqual(['net', 'net_1', 'net_2/net', 'net_3']);
  });

  it('is made unique in each graph by itself', () => {
    const graph = new Graph();
    unnamed();
    expect(graph.asDefault(() => unnamed().scopeName)).toBe('net');
    graph.dispose();
  });

  it('may have slashes: the last part is the name of the module', () => {
    const module = new BatchNormLSTM({ name: 'a/b' });
    expect([module.moduleName, module.scopeName, module()]).toEqual(['b', 'a/b', 'b']);
  });

  it('may be empty, for a module whose variables are in the scope around it', () => {
    const module = new Module(() => getVariable('w', { shape: [1] }), { name: '' });
    module();
    expect([module.moduleName, module.scopeName, module.nameScopes]).toEqual(['', '', ['']]);
    expect(module.variables.map(({ name }) => name)).toEqual(['w']);
  });
});

describe('the name scope of a connection', () => {
  it('is made of the name of the module and the scope in which it is connected', () => {
    const module = variableScope('made/here', () => unnamed());
    expect([module(), module(), nameScope('there', () => module())]).toEqual(['net', 'net_1', 'there/net']);
    expect([module.scopeName, module.nameScopes]).toEqual(['made/here/net', ['net', 'net_1', 'there/net']]);
  });

  it('does not change the names of variables', () => {
    const module = new Module(() => getVariable('w', { shape: [1] }) as tf.Variable, { name: 'net' });
    const w = nameScope('a', () => module());
    expect([w.name, nameScope('b', () => module())]).toEqual(['net/w', w]);
  });

  it('is the same for modules that are made inside, at every connection', () => {
    const seen: string[][] = [];
    const outer = new Module(
      () => {
        const [first, second] = [new BatchNormLSTM(), new BatchNormLSTM()];
        seen.push([first(), first.scopeName, second(), second.scopeName, first()]);
      },
      { name: 'outer' },
    );
    outer();
    outer();
    const names = (scope: string) => [
      `${scope}/batch_norm_lstm`,
      'outer/batch_norm_lstm',
      `${scope}/batch_norm_lstm_1`,
      'outer/batch_norm_lstm_1',
      `${scope}/batch_norm_lstm_2`,
    ];
    expect(seen).toEqual([names('outer'), names('outer_1')]);
  });

  it('counts the scope that a constructor entered', () => {
    class Outer extends AbstractModule<[], string> {
      readonly inner: Module<[], string>;
      constructor() {
        super({ name: 'outer' });
        this.inner = this.enterVariableScope((scope) => {
          expect(scope.name).toBe('outer');
          return unnamed();
        });
      }
      protected override build(): string {
        return this.inner();
      }
    }
    const outer = new Outer();
    expect([outer.inner.scopeName, outer()]).toEqual(['outer/net', 'outer_1/net']);
  });
});

describe('a wrong option of a constructor', () => {
  const make = (options: unknown) => () => new BatchNormLSTM(options as ModuleOptions);

  it.each([
    ['a name that is no string', { name: 3 }, TypeError, 'the name must be a string; got 3 (number)'],
    ['a name that no scope may have', { name: 'a b' }, ValueError, "'a b' is not a valid name"],
    ['a name with an empty part', { name: 'a//b' }, ValueError, 'there must be a name on both sides of a slash'],
    ['a name in the place of the options', 'net', ValueError, "super({ name: 'my_module' }); got net"],
    ['null in the place of the options', null, ValueError, 'the base constructor takes an options object'],
    ['a custom getter that is no function', { customGetter: 'w' }, TypeError, 'customGetter must be a function'],
    ['a list of custom getters', { customGetter: [] }, TypeError, 'customGetter must be a function'],
    ['an object of what are no getters', { customGetter: { w: 1 } }, TypeError, 'must be a function; got 1'],
  ])('is an error: %s', (_, options, type, message) => {
    expect(make(options)).toThrow(type);
    expect(make(options)).toThrow(message);
    expect(new BatchNormLSTM().moduleName).toBe('batch_norm_lstm');
    expect(new BatchNormLSTM({ name: 'net' }).moduleName).toBe('net');
  });
});

describe('the custom getter of a module', () => {
  const plusOne: CustomGetter = (getter, name, args) => tf.add(getter(name, args), 1);
  const double: CustomGetter = (getter, name, args) => tf.mul(getter(name, args), 2);
  const value = (options: ModuleOptions): number => {
    const initializer = (shape: number[]) => tf.fill(shape, 5);
    const module = new Module(() => getVariable('w', { shape: [], initializer }), { name: 'net', ...options });
    return module().dataSync()[0] as number;
  };

  it('stands before its variables', () => {
    expect([value({}), value({ customGetter: plusOne }), value({ customGetter: { w: double } })]).toEqual([5, 6, 10]);
    expect(value({ customGetter: { v: double } })).toBe(5);
  });

  it('goes around that of the scope in which the module is made', () => {
    expect(variableScope('a', { customGetter: plusOne }, () => value({ customGetter: double }))).toBe(12);
  });

  it('of the scope in which it is connected does not count', () => {
    const module = new Module(() => getVariable('w', { shape: [], initializer: (s) => tf.ones(s) }), { name: 'net' });
    expect(variableScope('a', { customGetter: double }, () => module()).dataSync()[0]).toBe(1);
  });
});
