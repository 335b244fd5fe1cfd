import { compareStructures } from './compare-structures.ts';
import { flatten } from './flatten.ts';
import { rebuild } from './rebuild.ts';
import type { LeavesOf, MapLeaves } from './structure-types.ts';

/**
 * Applies a function to the leaves of a structure, or to corresponding leaves of several.
 *
 * @param fn Gets a leaf of each structure; is called in the order of {@link flatten}.
 * @param structures At least one; the others must have the shape of the first.
 * @returns A structure of the results, of the shape and types of the first.
 * @throws TypeError when `fn` is not a function, there is no structure, or types of structures differ.
 * @throws ValueError when shapes differ, or a structure contains itself.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const state: [number, { c: number }] = [1, { c: 2 }];
 * const doubled: [string, { c: string }] = nest.map((x) => String(2 * x), state);
 * assert.deepStrictEqual(doubled, ['2', { c: '4' }]);
 * assert.deepStrictEqual(nest.map((x, y) => x + y, [1, [2]], [10, [20]]), [11, [22]]);
 * ```
 *
 * Sonnet: `snt.nest.map`.
 */
export function map<const S extends readonly [unknown, ...unknown[]], R>(
  fn: (...leaves: { readonly [I in keyof S]: LeavesOf<S[I]> }) => R,
  ...structures: S
): MapLeaves<S[0], R> {
  checkFunction('map', fn, structures.length);
  const call = fn as (...leaves: unknown[]) => unknown;
  const [first, ...rest] = structures;
  if (rest.length === 0) return rebuild(first, (leaf) => call(leaf)) as MapLeaves<S[0], R>;
  rest.forEach((second, i) => {
    const labels = ['structure 1', `structure ${i + 2}`] as const;
    compareStructures({ functionName: 'map', first, second, labels, checkTypes: true, shallow: false });
  });
  const others: unknown[][] = rest.map((structure) => flatten(structure));
  let i = 0;
  return rebuild(first, (leaf) => {
    const corresponding = others.map((leaves) => leaves[i]);
    i++;
    return call(leaf, ...corresponding);
  }) as MapLeaves<S[0], R>;
}

/** @throws TypeError unless there is a function and something to apply it to. */
export function checkFunction(functionName: string, fn: unknown, numStructures: number): void {
  if (typeof fn !== 'function') throw new TypeError(`nest.${functionName}: fn must be a function; got ${String(fn)}.`);
  if (numStructures === 0) throw new TypeError(`nest.${functionName}: there must be at least one structure.`);
}
