import { beforeEach, describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { AbstractModule } from './abstract-module.ts';
import { type BuildParameters, required } from './build-parameters.ts';
import { Module } from './module.ts';
import { removeUnsupportedKwargs, supportsKwargs } from './supports-kwargs.ts';

class Noise extends AbstractModule<[x: number], number> {
  static override readonly buildParameters: BuildParameters = { x: required, isTraining: false, toString: null };
  protected override build(x: number): number {
    return x;
  }
}

class Undeclared extends AbstractModule<[x: number], number> {
  protected override build(x: number): number {
    return x;
  }
}

const declared = Object.assign((x: number) => x, { buildParameters: { x: required, scale: 1 } });

beforeEach(() => {
  resetDefaultGraph();
});

describe('supportsKwargs', () => {
  it('goes by what a class declares, for its modules', () => {
    const noise = new Noise();
    expect(supportsKwargs(noise, 'isTraining')).toBe('supported');
    expect(supportsKwargs(noise, ['x', 'isTraining'])).toBe('supported');
    expect(supportsKwargs(noise, ['isTraining', 'other'])).toBe('not_supported');
    expect(supportsKwargs(noise, new Set(['x']))).toBe('supported');
  });

  it('goes by what a function declares, and by what the function of a Module does', () => {
    expect(supportsKwargs(declared, 'scale')).toBe('supported');
    expect(supportsKwargs(new Module(declared, { name: 'net' }), 'scale')).toBe('supported');
    expect(supportsKwargs(new Module(declared, { name: 'net' }), 'other')).toBe('not_supported');
  });

  it('cannot tell where nothing is declared', () => {
    const things = [new Undeclared(), () => 1, new Module((x: number) => x, { name: 'net' })];
    expect(things.map((thing) => supportsKwargs(thing, 'x'))).toEqual(things.map(() => 'maybe_supported'));
  });

  it('does not take what every object has for a declaration', () => {
    expect(supportsKwargs(new Noise(), 'valueOf')).toBe('not_supported');
    expect(supportsKwargs(new Noise(), 'toString')).toBe('supported');
  });

  it('supports no names at all', () => {
    expect([supportsKwargs(new Undeclared(), []), supportsKwargs(new Noise(), [])]).toEqual(['supported', 'supported']);
  });

  it('refuses names that are no strings', () => {
    expect(() => supportsKwargs(new Noise(), ['x', 1 as unknown as string])).toThrow(ValueError);
  });
});

describe('removeUnsupportedKwargs', () => {
  it('keeps what is supported for certain, in a new object', () => {
    const kwargs = { isTraining: true, other: 1 };
    const kept = removeUnsupportedKwargs(new Noise(), kwargs);
    expect(kept).toEqual({ isTraining: true });
    expect(kwargs).toEqual({ isTraining: true, other: 1 });
    expect(removeUnsupportedKwargs(new Undeclared(), kwargs)).toEqual({});
  });

  it('gives an empty object for none', () => {
    expect([removeUnsupportedKwargs(new Noise(), null), removeUnsupportedKwargs(new Noise(), {})]).toEqual([{}, {}]);
  });

  it('refuses what is no object of arguments', () => {
    for (const wrong of [[1], 'isTraining', 3]) {
      expect(() => removeUnsupportedKwargs(new Noise(), wrong as unknown as object)).toThrow(ValueError);
    }
  });
});
