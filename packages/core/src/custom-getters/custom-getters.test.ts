import { registerGradients } from '@sonnetjs/gradients';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { constant, ones } from '../initializers/index.ts';
import { Module } from '../modules/module.ts';
import { fixedSize } from '../partitioners/index.ts';
import { l2 } from '../regularizers/index.ts';
import { valueAndGrads } from '../training/value-and-grads.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { type GetVariableOptions, getVariable } from '../variables/get-variable.ts';
import type { CustomGetter, GetVariableArgs } from '../variables/get-variable-args.ts';
import { globalVariables, trainableVariables } from '../variables/variable-lists.ts';
import { customGetterRouter } from './custom-getter-router.ts';
import { Context, nonTrainable, overrideArgs, overrideDefaultArgs, stopGradient } from './index.ts';

const get = (name: string, options: GetVariableOptions = {}): tf.Variable =>
  getVariable(name, { shape: [2], initializer: ones(), ...options }) as tf.Variable;

/** A getter that multiplies what it gets. */
const times =
  (factor: number): CustomGetter =>
  (getter, name, args) =>
    tf.mul(getter(name, args), factor);

/** A module with the variables w and b, and the getter that stands before them. */
function makeModule(customGetter: CustomGetter | Record<string, CustomGetter>): Module<[], tf.Tensor> {
  return new Module(() => tf.sum(tf.mul(get('w'), get('b'))), { name: 'net', customGetter });
}

const gradientsOf = (module: () => tf.Tensor): Record<string, number[] | null> => {
  const { grads } = valueAndGrads(() => tf.add(module(), tf.sum(get('other', { reuse: 'auto' }))));
  return Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, grad && [...grad.dataSync()]]));
};

beforeEach(() => {
  resetDefaultGraph();
  registerGradients();
});

describe('stopGradient', () => {
  it('keeps gradients from the variables, which stay trainable', () => {
    const module = makeModule(stopGradient);
    expect(gradientsOf(module)).toEqual({ 'net/b': null, 'net/w': null, other: [1, 1] });
    expect(module.trainableVariables.map(({ name }) => name)).toEqual(['net/b', 'net/w']);
  });

  it('also works on variables in slices', () => {
    const module = new Module(() => tf.sum(get('w', { partitioner: fixedSize(2) })), {
      name: 'net',
      customGetter: stopGradient,
    });
    expect(gradientsOf(module)).toEqual({ 'net/w/part_0': null, 'net/w/part_1': null, other: [1, 1] });
  });

  it('leaks nothing inside a module', () => {
    const module = makeModule(stopGradient);
    module().dispose();
    expectNoLeak(() => module()).dispose();
  });
});

describe('nonTrainable', () => {
  it('makes variables that optimizers leave alone', () => {
    const module = makeModule(nonTrainable);
    module();
    expect(trainableVariables()).toEqual([]);
    expect(module.nonTrainableVariables.map(({ name }) => name)).toEqual(['net/b', 'net/w']);
  });

  it('does not change variables that exist', () => {
    get('w');
    get('w', { reuse: true, customGetter: nonTrainable });
    expect(trainableVariables()).toHaveLength(1);
  });
});

describe('overrideArgs', () => {
  it('puts its arguments in the place of those of the request', () => {
    const customGetter = overrideArgs({ initializer: constant(3), trainable: false });
    const w = variableScope('net', { customGetter }, () => get('w'));
    expect([w.name, [...w.dataSync()], w.trainable]).toEqual(['net/w', [3, 3], false]);
  });

  it('lets null and undefined mean the default, as in a request', () => {
    const customGetter = overrideArgs({ initializer: null, regularizer: undefined, trainable: null });
    const w = get('w', { customGetter, regularizer: l2(1) });
    expect(w.trainable).toBe(true);
    expect([...w.dataSync()]).not.toEqual([1, 1]);
  });

  it('of outer scopes wins over that of inner ones, which it goes around', () => {
    const make = (value: number): CustomGetter => overrideArgs({ initializer: constant(value) });
    const w = variableScope('a', { customGetter: make(1) }, () =>
      variableScope('b', { customGetter: make(2) }, () => get('w')),
    );
    expect([...w.dataSync()]).toEqual([1, 1]);
  });

  it('refuses an argument that does not exist, when a variable is asked for', () => {
    const customGetter = overrideArgs({ initialiser: ones() } as GetVariableArgs);
    expect(() => get('w', { customGetter })).toThrow(TypeError);
    expect(() => get('w', { customGetter })).toThrow("there is no argument 'initialiser'; known are shape");
    expect(globalVariables()).toEqual([]);
  });
});

describe('overrideDefaultArgs', () => {
  it('gives arguments to requests that leave them open', () => {
    const customGetter = overrideDefaultArgs({ initializer: constant(3), regularizer: l2(1) });
    const values = variableScope('net', { customGetter }, () => [
      ...getVariable('a', { shape: [1] }).dataSync(),
      ...getVariable('b', { shape: [1], initializer: null }).dataSync(),
      ...getVariable('c', { shape: [1], initializer: constant(5) }).dataSync(),
    ]);
    expect(values).toEqual([3, 3, 5]);
  });

  it('counts the defaults of a scope as given', () => {
    const customGetter = overrideDefaultArgs({ initializer: constant(3), dtype: 'int32' });
    const w = variableScope('net', { customGetter, initializer: constant(4) }, () => getVariable('w', { shape: [1] }));
    expect([w.dtype, ...w.dataSync()]).toEqual(['float32', 4]);
  });
});

describe('Context', () => {
  it('holds only inside enter, connection by connection', () => {
    const context = new Context(times(10));
    const module = makeModule(context);
    expect(module().dataSync()[0]).toBe(2);
    expect(context.enter(() => module()).dataSync()[0]).toBe(200);
    expect(module().dataSync()[0]).toBe(2);
  });

  it('can be nested, and ends when the function throws', () => {
    const context = new Context(times(10));
    const module = makeModule(context);
    expect(() =>
      context.enter(() => {
        context.enter(() => module());
        expect(module().dataSync()[0]).toBe(200);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(module().dataSync()[0]).toBe(2);
  });

  it('can have another getter outside', () => {
    const context = new Context(times(10), { defaultGetter: times(3) });
    const module = makeModule(context);
    expect([module().dataSync()[0], context.enter(() => module()).dataSync()[0]]).toEqual([18, 200]);
  });

  it('goes around other getters, and other getters around it', () => {
    const [inner, outer] = [new Context(times(2)), new Context(times(5))];
    const w = (): number =>
      variableScope('a', { customGetter: outer, reuse: 'auto' }, () =>
        variableScope('b', { customGetter: inner }, () => get('w').dataSync()[0] as number),
      );
    const values = [w(), inner.enter(w), outer.enter(w), inner.enter(() => outer.enter(w))];
    expect(values).toEqual([1, 2, 5, 10]);
  });

  it('does not leave its connections behind as each other: two contexts have nothing in common', () => {
    const [first, second] = [new Context(times(10)), new Context(times(10))];
    const module = makeModule(second);
    expect(first.enter(() => module()).dataSync()[0]).toBe(2);
  });

  it('tells what it does when it is asked to', () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {});
    const context = new Context(stopGradient, { verbose: true });
    get('w', { customGetter: context });
    context.enter(() => get('w', { customGetter: context, reuse: true }));
    expect(info.mock.calls.flat()).toEqual([
      'Context: "w" passes by the custom getter.',
      'Context: "w" goes through the custom getter.',
    ]);
  });

  it('is a Context and a function', () => {
    const context = new Context(stopGradient);
    expect([context instanceof Context, typeof context]).toEqual([true, 'function']);
    class Named extends Context {
      readonly label = 'mine';
    }
    expect(new Named(stopGradient).label).toBe('mine');
  });

  it('refuses what is no getter, and functions that return a promise', () => {
    expect(() => new Context(3 as unknown as CustomGetter)).toThrow(TypeError);
    expect(() => new Context(null as unknown as CustomGetter)).toThrow(TypeError);
    expect(() => new Context(stopGradient, { defaultGetter: 'x' as unknown as CustomGetter })).toThrow(TypeError);
    expect(() => new Context(stopGradient).enter(async () => {})).toThrow(TypeError);
  });
});

describe('customGetterRouter', () => {
  const route = (map: Record<string, CustomGetter>, nameFn = (name: string) => name): number[] => {
    const customGetter = customGetterRouter(map, nameFn);
    return ['w', 'b', 'wb'].map((name) => get(`net/${name}`, { customGetter, reuse: 'auto' }).dataSync()[0] as number);
  };
  const inside = (name: string): string => name.slice('net/'.length);

  it('hands each request to the first getter whose expression matches from the beginning of the name', () => {
    expect(route({ w: times(2), '.*b': times(3) }, inside)).toEqual([2, 3, 2]);
  });

  it('matches the full name unless it is told how to shorten it', () => {
    expect(route({ w: times(2) })).toEqual([1, 1, 1]);
    expect(route({ 'net/w$': times(2) })).toEqual([2, 1, 1]);
  });

  it('is what a module makes of an object of getters', () => {
    const module = makeModule({ '^w$': times(2), 'b|c': times(7) });
    expect(module().dataSync()[0]).toBe(28);
  });

  it('sees the names of inner modules', () => {
    const outer = new Module(() => new Module(() => get('w'), { name: 'inner' })(), {
      name: 'outer',
      customGetter: { 'inner/w': times(4) },
    });
    expect(outer().dataSync()[0]).toBe(4);
  });

  it('refuses entries that are no functions', () => {
    const map = { w: 3 } as unknown as Record<string, CustomGetter>;
    expect(() => customGetterRouter(map, (name) => name)).toThrow('the getter of "w" must be a function; got 3');
    expect(() => makeModule(map)).toThrow(TypeError);
    expect(() => makeModule(new Map() as unknown as CustomGetter)).toThrow(TypeError);
    expect(makeModule({}).moduleName).toBe('net');
  });
});
