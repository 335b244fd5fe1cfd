import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Module } from './module.ts';

type Connect = (x: number) => number;

const makeModule = (): Module<[x: number], number> => new Module((x: number) => x + 1, { name: 'net' });

beforeEach(() => {
  resetDefaultGraph();
});

describe('defun', () => {
  it('puts a transform around the call of the module', () => {
    const module = makeModule();
    expect(module.defunWrapped).toBe(false);
    module.defun((connect) => (x) => 10 * connect(x));
    expect([module(1), module.call(null, 1), module.apply(null, [1]), module.bind(null)(1)]).toEqual([20, 20, 20, 20]);
    expect([module.defunWrapped, module.connectedSubgraphs.length]).toEqual([true, 4]);
    expect(module.lastConnectedSubgraph.outputs).toBe(2);
  });

  it('lets the transform not connect at all', () => {
    const module = makeModule();
    module.defun(() => () => 7);
    expect([module(1), module.isConnected]).toEqual([7, false]);
  });

  it('puts a second transform around the first', () => {
    const module = makeModule();
    module.defun((connect) => (x) => 10 * connect(x));
    module.defun((connect) => (x) => connect(x) + 3);
    expect(module(1)).toBe(23);
  });

  it('refuses a transform that is no function or gives none, and leaves the module as it was', () => {
    const module = makeModule();
    expect(() => module.defun(undefined as unknown as (connect: Connect) => Connect)).toThrow(
      'Module "net": defun takes a transform, a function; got undefined.',
    );
    expect(() => module.defun((() => 3) as unknown as (connect: Connect) => Connect)).toThrow(TypeError);
    expect([module.defunWrapped, module(1)]).toEqual([false, 2]);
  });
});
