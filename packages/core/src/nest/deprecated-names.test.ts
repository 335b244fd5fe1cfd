import { afterEach, describe, expect, it, vi } from 'vitest';
import { flattenIterable, isIterable, packIterableAs, withDeprecationWarning } from './deprecated-names.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('withDeprecationWarning', () => {
  it('warns at the first call, once for each message', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const add = (a: number, b: number) => a + b;
    const first = withDeprecationWarning(add, 'Use `sum`.');
    const second = withDeprecationWarning(add, 'Use `sum`.');
    expect(warn).not.toHaveBeenCalled();
    expect([first(1, 2), first(3, 4), second(5, 6)]).toEqual([3, 7, 11]);
    expect(warn.mock.calls).toEqual([['This function of nest is deprecated. Use `sum`.']]);
    withDeprecationWarning(add)(1, 2);
    expect(warn).toHaveBeenLastCalledWith('This function of nest is deprecated.');
  });
});

describe('the former names', () => {
  it('do what the new ones do, and say them', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(flattenIterable([1, [2, [3]]])).toEqual([1, 2, 3]);
    expect(isIterable([1])).toBe(true);
    expect(packIterableAs([0, [0]], [1, 2])).toEqual([1, [2]]);
    expect(warn.mock.calls.flat().map((text) => /`nest\.\w+` is renamed to `nest\.(\w+)`/.exec(text)?.[1])).toEqual([
      'flatten',
      'isSequence',
      'packSequenceAs',
    ]);
  });
});
