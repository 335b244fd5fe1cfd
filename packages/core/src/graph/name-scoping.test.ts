import { beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from './default-graph.ts';
import { Graph } from './graph.ts';
import { getNameScope, nameScope } from './name-scoping.ts';

const same = (name: string): string => name;

beforeEach(() => {
  resetDefaultGraph();
});

describe('nameScope', () => {
  it('gives its full name, made unique', () => {
    expect(nameScope('step', (name) => [name, nameScope('loss', same), getNameScope()])).toEqual([
      'step',
      'step/loss',
      'step',
    ]);
    expect(nameScope('step', () => nameScope('loss', same))).toBe('step_1/loss');
    expect(getNameScope()).toBe('');
  });

  it('enters an absolute name as it is, from anywhere', () => {
    nameScope('a', () => {
      expect(nameScope('b/c/', same)).toBe('b/c');
      expect(nameScope('a/', same)).toBe('a');
      expect(nameScope('', same)).toBe('');
      expect(nameScope('', () => nameScope('a', same))).toBe('a_1');
    });
  });

  it('leaves the scope when the function throws', () => {
    expect(() =>
      nameScope('a', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(getNameScope()).toBe('');
  });

  it('counts in each graph by itself', () => {
    const graph = new Graph();
    nameScope('a', same);
    expect(graph.asDefault(() => nameScope('a', same))).toBe('a');
    expect(nameScope('a', () => graph.asDefault(getNameScope))).toBe('');
  });

  it('refuses what is no name before it counts it', () => {
    expect(() => nameScope('a b', same)).toThrow(ValueError);
    expect(() => nameScope('_a', same)).toThrow(ValueError);
    expect(() => nameScope(1 as unknown as string, same)).toThrow('nameScope: the name must be a string; got 1.');
    expect(() => nameScope('a', undefined as unknown as () => void)).toThrow(TypeError);
    expect(nameScope('a', same)).toBe('a');
  });

  it('refuses a function that returns a promise', () => {
    expect(() => nameScope('a', async () => {})).toThrow(TypeError);
    expect(() => nameScope('a', () => Promise.reject(new Error('unheard')))).toThrow('nameScope: the function must be');
  });
});
