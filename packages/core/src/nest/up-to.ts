import type { StructureOptions } from './assert-structure.ts';
import { compareStructures } from './compare-structures.ts';
import { checkFunction } from './map.ts';
import { rebuild } from './rebuild.ts';
import { childrenOf } from './structure.ts';
import type { LeavesUpTo, MapLeaves } from './structure-types.ts';

/**
 * The parts of a structure that stand where a shallower structure has its leaves, in order.
 *
 * @param shallow Its shape counts, not its leaves.
 * @param input A structure that is as deep or deeper.
 * @throws TypeError when `shallow` has a structure where `input` has a leaf, or the types of structures differ.
 * @throws ValueError when a number of elements differs, or keys. Also when a structure contains itself.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.deepStrictEqual(nest.flattenUpTo({ a: 0, b: 0 }, { a: [1, 2], b: { c: 3 } }), [[1, 2], { c: 3 }]);
 * ```
 *
 * Sonnet: `snt.nest.flatten_up_to`.
 */
export function flattenUpTo<const Shallow, S>(
  shallow: Shallow,
  input: S,
  { checkTypes = true }: StructureOptions = {},
): LeavesUpTo<Shallow, S>[] {
  return partsUpTo('flattenUpTo', shallow, input, checkTypes) as LeavesUpTo<Shallow, S>[];
}

/**
 * Applies a function to the parts of structures that stand where a shallower structure has its leaves.
 *
 * @param shallow Its shape is the result's.
 * @param fn Gets a part of each input.
 * @param inputs At least one structure, each as deep as `shallow` or deeper.
 * @returns A structure of the results, of the shape and types of `shallow`.
 * @throws TypeError when `fn` is not a function, there is no input, `shallow` has a structure where an input has a leaf, or
 *   the types of structures differ.
 * @throws ValueError when a number of elements differs, or keys. Also when a structure contains itself.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const sizes = nest.mapUpTo({ a: 0, b: 0 }, (part) => part.length, { a: [1, 2], b: [3] });
 * assert.deepStrictEqual(sizes, { a: 2, b: 1 });
 * ```
 *
 * Sonnet: `snt.nest.map_up_to`.
 */
export function mapUpTo<const Shallow, S extends readonly [unknown, ...unknown[]], R>(
  shallow: Shallow,
  fn: (...parts: { readonly [I in keyof S]: LeavesUpTo<Shallow, S[I]> }) => R,
  ...inputs: S
): MapLeaves<Shallow, R> {
  checkFunction('mapUpTo', fn, inputs.length);
  const call = fn as (...parts: unknown[]) => unknown;
  const parts = inputs.map((input) => partsUpTo('mapUpTo', shallow, input, true));
  let i = 0;
  return rebuild(shallow, () => {
    const corresponding = parts.map((ofInput) => ofInput[i]);
    i++;
    return call(...corresponding);
  }) as MapLeaves<Shallow, R>;
}

function partsUpTo(functionName: string, shallow: unknown, input: unknown, checkTypes: boolean): unknown[] {
  const labels = ['the shallow structure', 'the input'] as const;
  compareStructures({ functionName, first: shallow, second: input, labels, checkTypes, shallow: true });
  const parts: unknown[] = [];
  collect(shallow, input, parts);
  return parts;
}

/** The two have been compared already. */
function collect(shallow: unknown, input: unknown, parts: unknown[]): void {
  const inShallow = childrenOf(shallow);
  const inInput = inShallow === null ? null : childrenOf(input);
  if (inShallow === null || inInput === null) parts.push(input);
  else for (let i = 0; i < inShallow.length; i++) collect(inShallow[i], inInput[i], parts);
}
