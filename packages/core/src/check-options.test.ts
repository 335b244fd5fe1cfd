import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { checkInitializers, checkPartitioners, checkRegularizers } from './check-options.ts';
import { KeyError } from './errors.ts';
import { type Initializer, zeros } from './initializers/index.ts';

const checks = [
  ['initializer', checkInitializers],
  ['partitioner', checkPartitioners],
  ['regularizer', checkRegularizers],
] as const;
const KEYS = ['w', 'b'];
const fn = () => null;

describe.each(checks)('the check of %ss', (what, check) => {
  const What = what[0]?.toUpperCase() + what.slice(1);

  it('gives an empty object for none', () => {
    expect([check(null, KEYS), check(undefined, KEYS)]).toEqual([{}, {}]);
  });

  it('gives a copy', () => {
    const given = { w: fn };
    expect(check(given, KEYS)).toEqual(given);
    expect(check(given, KEYS)).not.toBe(given);
    expect(check(given, new Set(KEYS))).toEqual(given);
  });

  it('accepts nested objects of functions', () => {
    const given = { w: { x: fn, y: { z: fn } } };
    expect(check(given, KEYS)).toEqual(given);
  });

  it('leaves out entries that are undefined', () => {
    expect(Object.keys(check({ w: fn, b: undefined, other: undefined }, KEYS))).toEqual(['w']);
  });

  it('refuses other keys', () => {
    expect(() => check({ c: fn, w: fn, d: fn }, KEYS)).toThrow(KeyError);
    expect(() => check({ c: fn, w: fn, d: fn }, KEYS)).toThrow(
      `Invalid ${what} keys 'c', 'd', ${what}s can only be provided for 'w', 'b'.`,
    );
    expect(() => check({ toString: fn }, KEYS)).toThrow(KeyError);
    expect(() => check(JSON.parse('{"__proto__": 1}'), KEYS)).toThrow(KeyError);
  });

  it('refuses entries that are no functions', () => {
    expect(() => check({ w: 1 }, KEYS)).toThrow(TypeError);
    expect(() => check({ w: 1 }, KEYS)).toThrow(`${What} for 'w' is not a callable function or dictionary`);
    expect(() => check({ w: { x: 1 } }, KEYS)).toThrow(`${What} for 'x' is not a callable function or dictionary`);
    expect(() => check({ b: 'l1' }, KEYS)).toThrow(TypeError);
    expect(() => check({ b: null }, KEYS)).toThrow(TypeError);
    const tensor = tf.scalar(1);
    expect(() => check({ w: tensor }, KEYS)).toThrow(TypeError);
    tensor.dispose();
  });

  it('refuses what is not an object of entries', () => {
    expect(() => check(3 as never, KEYS)).toThrow(TypeError);
    expect(() => check(3 as never, KEYS)).toThrow("Expected an object with possible keys 'w', 'b', received 3.");
    expect(() => check(fn, KEYS)).toThrow('received a function');
    expect(() => check([fn], KEYS)).toThrow(TypeError);
    expect(() => check(new Map(), KEYS)).toThrow(TypeError);
  });

  it('refuses an object that contains itself', () => {
    const cycle: Record<string, unknown> = {};
    cycle.w = cycle;
    expect(() => check(cycle, KEYS)).toThrow(TypeError);
  });

  it('begins messages with the name of the module', () => {
    expect(() => check({ c: fn }, KEYS, { moduleName: 'Linear "mlp/linear_0"' })).toThrow(
      `Linear "mlp/linear_0": Invalid ${what} keys 'c'`,
    );
  });
});

describe('the types of the checks', () => {
  it('keep the type of the option', () => {
    interface LinearInitializers {
      w?: Initializer;
      b?: Initializer;
    }
    const given: LinearInitializers | undefined = { w: zeros() };
    expectTypeOf(checkInitializers(given as LinearInitializers | undefined, KEYS).b).toEqualTypeOf<
      Initializer | undefined
    >();
  });
});
