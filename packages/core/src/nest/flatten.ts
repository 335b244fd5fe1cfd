import { enter, isKeyed, keysOf, type Level } from './structure.ts';
import type { LeavesOf } from './structure-types.ts';

/**
 * The leaves of a structure, in order.
 *
 * Structures are arrays, plain objects (in sorted key order) and named tuples (in field order); anything else is a leaf,
 * null and tensors included.
 *
 * @param structure A nested structure, or a leaf alone.
 * @returns A new array.
 * @throws ValueError when the structure contains itself, or is nested more than 1000 levels deep.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.deepStrictEqual(nest.flatten([1, { b: 2, a: [3, 4] }]), [1, 3, 4, 2]);
 * assert.deepStrictEqual(nest.flatten(7), [7]);
 * ```
 *
 * Sonnet: `snt.nest.flatten`.
 */
export function flatten<S>(structure: S): LeavesOf<S>[] {
  const leaves: unknown[] = [];
  collect(structure, null, leaves);
  return leaves as LeavesOf<S>[];
}

function collect(value: unknown, parent: Level | null, leaves: unknown[]): void {
  if (Array.isArray(value)) {
    const level = enter(value, parent);
    for (let i = 0; i < value.length; i++) {
      level.key = i;
      collect(value[i], level, leaves);
    }
  } else if (isKeyed(value)) {
    const level = enter(value, parent);
    for (const key of keysOf(value)) {
      level.key = key;
      collect(value[key], level, leaves);
    }
  } else {
    leaves.push(value);
  }
}

/**
 * Whether a value is a structure: an array, a plain object or a named tuple, empty ones included.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert(nest.isSequence([]) && nest.isSequence({ a: 1 }));
 * assert(!nest.isSequence('abc') && !nest.isSequence(new Map()));
 * ```
 *
 * Sonnet: `snt.nest.is_sequence`.
 */
export function isSequence(value: unknown): boolean {
  return Array.isArray(value) || isKeyed(value);
}
