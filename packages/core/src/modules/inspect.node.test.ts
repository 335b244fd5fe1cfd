import { inspect } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { AbstractModule } from './abstract-module.ts';
import { Module } from './module.ts';

beforeEach(() => {
  resetDefaultGraph();
});

it("node's inspect shows a module as its class and full name, wherever it comes upon one", () => {
  const module = new Module((x: number) => x, { name: 'identity' });
  expect(inspect(module)).toBe('Module "identity"');
  expect(inspect({ layers: [module] })).toBe('{ layers: [ Module "identity" ] }');
  expect(inspect(Object.create(AbstractModule.prototype))).toBe('AbstractModule (not initialized)');
});
