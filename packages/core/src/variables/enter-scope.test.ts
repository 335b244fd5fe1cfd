import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { getNameScope, nameScope } from '../graph/name-scoping.ts';
import { constant, ones, zeros } from '../initializers/index.ts';
import { fixedSize } from '../partitioners/index.ts';
import { l2 } from '../regularizers/index.ts';
import { getVariableScope, type VariableScopeOptions, variableScope } from './enter-scope.ts';
import { getVariable } from './get-variable.ts';
import { globalVariables } from './variable-lists.ts';
import { variableName } from './variable-name.ts';
import type { VariableScope } from './variable-scope.ts';

const get = (name = 'w'): tf.Variable => getVariable(name, { shape: [2] }) as tf.Variable;
const nameOf = (scope: VariableScope): string => scope.name;
const unique = (defaultName: string): string => variableScope(null, { defaultName }, nameOf);

beforeEach(() => {
  resetDefaultGraph();
});

describe('variableScope', () => {
  it('puts its name before the names of variables and of scopes inside it', () => {
    variableScope('a', () => {
      get();
      variableScope('b/c', () => get());
      expect(getVariableScope().name).toBe('a');
    });
    get();
    expect(globalVariables().map(variableName)).toEqual(['a/w', 'a/b/c/w', 'w']);
  });

  it('gives the scope to the function, and its result back', () => {
    expect(variableScope('a', (scope) => scope === getVariableScope())).toBe(true);
    expect(variableScope('a', {}, () => 3)).toBe(3);
    expect(getVariableScope().name).toBe('');
  });

  it('is left when the function throws', () => {
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => variableScope('a', fail)).toThrow('no');
    const scope = variableScope('a', (inside) => inside);
    expect(() => variableScope(scope, fail)).toThrow('no');
    expect([getVariableScope().name, getNameScope()]).toEqual(['', '']);
  });

  it('opens a name scope, made unique, while the names of variables stay the same', () => {
    const inside = (): string[] => variableScope('a', { reuse: 'auto' }, () => [getNameScope(), get().name]);
    expect([inside(), inside()]).toEqual([
      ['a', 'a/w'],
      ['a_1', 'a/w'],
    ]);
    expect(nameScope('n', inside)).toEqual(['n/a', 'a/w']);
  });

  it('remembers the name scope in which a scope was made', () => {
    nameScope('a', () => {});
    const scope = variableScope('a', (inside) => inside);
    expect([scope.name, scope.originalNameScope]).toEqual(['a', 'a_1']);
    expect(variableScope(scope, (again) => [again.originalNameScope, getNameScope()])).toEqual(['a_1', 'a_2']);
  });

  it('goes back to a scope that it is given, from anywhere', () => {
    const scope = variableScope('a', { initializer: ones() }, (inside) => inside);
    variableScope('b', { initializer: zeros() }, () => {
      const w = variableScope(scope, () => get());
      expect([w.name, ...w.dataSync()]).toEqual(['a/w', 1, 1]);
    });
  });

  it('stays outside with an empty name', () => {
    variableScope('', { initializer: ones() }, (scope) => {
      expect([scope.name, get().name, getNameScope()]).toEqual(['', 'w', '']);
    });
    variableScope('a', () => variableScope('', () => expect(get('v').name).toBe('a/v')));
  });

  it('means a scope of the same name in another graph', () => {
    const scope = variableScope('a/b', { initializer: ones() }, (inside) => inside);
    const graph = new Graph();
    const w = graph.asDefault(() => variableScope(scope, () => get()));
    expect([variableName(w), ...w.dataSync()]).toEqual(['a/b/w', 1, 1]);
    expect(graph.asDefault(() => variableScope('a/b', { reuse: true }, () => get()))).toBe(w);
    expect(globalVariables()).toEqual([]);
    graph.dispose();
  });
});

describe('what a variable scope says of reuse', () => {
  it('is inherited by the scopes inside, and cannot be taken back there', () => {
    const w = variableScope('a', () => variableScope('b', () => get()));
    const again = (reuse: boolean | 'auto' | null): tf.Variable =>
      variableScope('a', { reuse: true }, () => variableScope('b', { reuse }, () => get()));
    expect([again(null), again(false), again(true)]).toEqual([w, w, w]);
  });

  it("lets variables be made and shared with 'auto'", () => {
    const make = (): tf.Variable => variableScope('a', { reuse: 'auto' }, () => variableScope('b', () => get()));
    expect(make()).toBe(make());
  });

  it('comes with a scope that is entered again, not from where it is entered', () => {
    const fresh = variableScope('a', (scope) => scope);
    const sharing = variableScope('b', { reuse: true }, (scope) => scope);
    expect(variableScope('c', { reuse: true }, () => variableScope(fresh, ({ reuse }) => reuse))).toBe(false);
    expect(variableScope('c', () => variableScope(sharing, ({ reuse }) => reuse))).toBe(true);
    expect(variableScope(fresh, { reuse: 'auto' }, ({ reuse }) => reuse)).toBe('auto');
  });
});

describe('the defaults of a variable scope', () => {
  const defaults: VariableScopeOptions = {
    initializer: constant(3),
    regularizer: l2(1),
    partitioner: fixedSize(2),
    customGetter: (getter, name, args) => getter(name, args),
    dtype: 'int32',
  };

  it('hold for what is inside', () => {
    variableScope('a', { initializer: constant(3), dtype: 'int32', regularizer: l2(1) }, () =>
      variableScope('b', () => {
        const w = getVariable('w', { shape: [2], regularizer: () => null });
        expect([w.dtype, ...w.dataSync()]).toEqual(['int32', 3, 3]);
      }),
    );
  });

  it('are inherited, and replaced by those of the inner scope', () => {
    variableScope('a', defaults, (outer) => {
      expect(variableScope('b', (inner) => ({ ...outer, ...inner }))).toMatchObject(defaults);
      const initializer = zeros();
      expect(
        variableScope('c', { initializer, dtype: 'float32' }, (inner) => [inner.initializer, inner.dtype]),
      ).toEqual([initializer, 'float32']);
    });
  });

  it('can be changed when a scope is entered again', () => {
    const scope = variableScope('a', defaults, (inside) => inside);
    expect(variableScope(scope, { dtype: 'bool' }, ({ dtype, partitioner }) => [dtype, partitioner])).toEqual([
      'bool',
      defaults.partitioner,
    ]);
    expect(scope.dtype).toBe('int32');
  });
});

describe('a variable scope with a default name', () => {
  it('takes the first name that is free', () => {
    expect([unique('net'), unique('net'), unique('net')]).toEqual(['net', 'net_1', 'net_2']);
    variableScope('net_3', () => {});
    expect(unique('net')).toBe('net_4');
  });

  it('gets a name scope by the default name: the two need not have the same number', () => {
    const inside = (scope: VariableScope): string[] => [scope.name, getNameScope()];
    nameScope('net', () => {});
    const enter = (): string[] => variableScope(null, { defaultName: 'net' }, inside);
    expect([enter(), enter()]).toEqual([
      ['net', 'net_1'],
      ['net_1', 'net_2'],
    ]);
  });

  it('gets the same name again wherever its surroundings were left and entered by name', () => {
    const inside = (): string[] => variableScope('outer', () => [unique('net'), unique('net')]);
    expect([inside(), inside()]).toEqual([
      ['outer/net', 'outer/net_1'],
      ['outer/net', 'outer/net_1'],
    ]);
  });

  it('gets the same name again, however deep the scopes are that were left', () => {
    const inside = (): string => variableScope('outer', () => unique('deep/net'));
    expect([inside(), inside()]).toEqual(['outer/deep/net', 'outer/deep/net']);
  });

  it('gets the next name after a scope with an empty name, which frees none', () => {
    const names = variableScope('outer', () => {
      const before = unique('net');
      variableScope('', () => {});
      return [before, unique('net')];
    });
    expect(names).toEqual(['outer/net', 'outer/net_1']);
  });

  it('gets the next name in a scope that is entered as an object, until that is left', () => {
    const scope = variableScope('outer', (inside) => inside);
    const inside = (): string[] => variableScope(scope, () => [unique('net'), unique('net')]);
    expect([inside(), inside()]).toEqual([
      ['outer/net', 'outer/net_1'],
      ['outer/net', 'outer/net_1'],
    ]);
  });

  it('cannot be reused', () => {
    expect(() => variableScope(null, { defaultName: 'net', reuse: true }, nameOf)).toThrow(ValueError);
    expect(variableScope('outer', { reuse: true }, () => unique('net'))).toBe('outer/net');
  });
});

describe('variableScope refuses', () => {
  const fn = (): void => {};
  const wrong = (options: unknown) => () => variableScope('a', options as VariableScopeOptions, fn);

  it('a name that is none', () => {
    for (const name of ['a b', 'a//b', '/a', 'a/', '_a']) expect(() => variableScope(name, fn)).toThrow(ValueError);
    expect(() => variableScope(null, fn)).toThrow('options.defaultName is needed');
    expect(() => variableScope(null, { defaultName: 'a b' }, fn)).toThrow(ValueError);
    expect(() => variableScope(3 as unknown as string, fn)).toThrow('expected a name, a VariableScope or null; got 3');
  });

  it('options of the wrong type', () => {
    expect(wrong({ initializer: 'zeros' })).toThrow('options.initializer must be a function');
    expect(wrong({ regularizer: {} })).toThrow(TypeError);
    expect(wrong({ partitioner: 2 })).toThrow(TypeError);
    expect(wrong({ customGetter: { w: fn } })).toThrow(TypeError);
    expect(wrong({ reuse: 'AUTO_REUSE' })).toThrow("options.reuse must be true, false or 'auto'");
    expect(wrong({ dtype: 'float64' })).toThrow('TensorFlow.js has no float16, float64 or int64');
  });

  it('what is no function, and functions that return a promise', () => {
    expect(() => variableScope('a', undefined as unknown as () => void)).toThrow(TypeError);
    expect(() => variableScope('a', async () => {})).toThrow(TypeError);
    const scope = variableScope('a', (inside) => inside);
    expect(() => variableScope(scope, async () => {})).toThrow(TypeError);
  });

  it('and has counted no name then', () => {
    expect(wrong({ dtype: 'float64' })).toThrow(TypeError);
    expect(() => variableScope('a', { reuse: 1 as unknown as boolean }, fn)).toThrow(TypeError);
    expect(() => variableScope('a', undefined as unknown as () => void)).toThrow(TypeError);
    expect(variableScope('a', getNameScope)).toBe('a');
    expect(unique('a')).toBe('a_1');
    expect(getNameScope()).toBe('');
  });
});
