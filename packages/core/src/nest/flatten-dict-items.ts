import { ValueError } from '../errors.ts';
import { assertSameStructure } from './assert-structure.ts';
import { draw } from './draw.ts';
import { flatten, isSequence } from './flatten.ts';
import { isKeyed, isNamedTuple } from './structure.ts';
import type { LeavesOf } from './structure-types.ts';

/**
 * A map in which every entry whose key is a structure is replaced by one entry for each leaf of it.
 *
 * @param dictionary A Map; the value of a key that is a structure must have the shape of that key. Or a plain object,
 *   whose keys are never structures: it is copied.
 * @returns A new Map or object. The value of a key that is not a structure stays as it is.
 * @throws TypeError when `dictionary` is neither a Map nor a plain object.
 * @throws ValueError when a key and its value differ in shape, or two keys of the result would be the same.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const flat = nest.flattenDictItems(new Map([[[4, 5, [6, 8]], ['a', 'b', ['c', 'd']]]]));
 * assert.deepStrictEqual([...flat], [[4, 'a'], [5, 'b'], [6, 'c'], [8, 'd']]);
 * ```
 *
 * Sonnet: `snt.nest.flatten_dict_items`.
 */
export function flattenDictItems<K, V>(dictionary: ReadonlyMap<K, V>): Map<LeavesOf<K>, V | LeavesOf<V>>;
export function flattenDictItems<T extends Readonly<Record<string, unknown>>>(dictionary: T): T;
export function flattenDictItems(
  dictionary: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>,
): Map<unknown, unknown> | Readonly<Record<string, unknown>> {
  if (dictionary instanceof Map) return flattenEntries(dictionary);
  if (isKeyed(dictionary) && !isNamedTuple(dictionary)) return { ...dictionary };
  throw new TypeError(`nest.flattenDictItems: expected a Map or a plain object; got ${draw(dictionary)}.`);
}

function flattenEntries(dictionary: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  const result = new Map<unknown, unknown>();
  const add = (key: unknown, value: unknown): void => {
    if (result.has(key)) throw new ValueError(`nest.flattenDictItems: the key ${String(key)} occurs twice.`);
    result.set(key, value);
  };
  for (const [key, value] of dictionary) {
    if (!isSequence(key)) {
      add(key, value);
      continue;
    }
    assertSameStructure(key, value, { checkTypes: false });
    const values: unknown[] = flatten(value);
    for (const [i, leaf] of flatten(key).entries()) add(leaf, values[i]);
  }
  return result;
}
