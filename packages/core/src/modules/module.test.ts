import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { nonTrainable } from '../custom-getters/index.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { getVariable } from '../variables/get-variable.ts';
import { Module } from './module.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('Module', () => {
  it('hands on all arguments and the result of its function', () => {
    const module = new Module((...args: unknown[]) => args, { name: 'net' });
    expect(module(1, 'two', [3])).toEqual([1, 'two', [3]]);
  });

  it('takes its name from the function', () => {
    function makeModel(): void {}
    const arrow = (): void => {};
    const names = [makeModel, arrow, makeModel.bind(null), () => {}].map((build) => new Module(build).moduleName);
    expect(names).toEqual(['make_model', 'arrow', 'make_model_1', 'module']);
    expect(new Module(makeModel, { name: null }).moduleName).toBe('make_model_2');
    expect(new Module(makeModel, { name: 'mine' }).moduleName).toBe('mine');
  });

  it('owns the variables that its function asks for', () => {
    const module = new Module(() => getVariable('w', { shape: [1] }), { name: 'net', customGetter: nonTrainable });
    expect(module()).toBe(module());
    expect((module() as tf.Variable).trainable).toBe(false);
  });

  it('refuses what is no function, before it claims a name', () => {
    for (const wrong of [undefined, null, 3, {}]) {
      expect(() => new Module(wrong as unknown as () => void)).toThrow(TypeError);
    }
    expect(() => new Module((() => {}) as () => void, { name: 3 as unknown as string })).toThrow(TypeError);
    expect(new Module(() => {}).moduleName).toBe('module');
  });
});
