/** What nest looks into, and how: arrays, plain objects, named tuples. */
import { ValueError } from '../errors.ts';
import { namedTupleFields } from './named-tuple.ts';

/** A plain object or a named tuple. */
export type Keyed = Readonly<Record<string, unknown>>;

/** The structures around a value, the innermost first. */
export interface Level {
  readonly value: object;
  /** Where the next value stands in this one: an index of an array, or a key. */
  key: number | string;
  readonly parent: Level | null;
  readonly depth: number;
}

/** Structures nested deeper than this are an error, as Python has it. It is far within the stack of any engine. */
const MAX_DEPTH = 1000;

/** Whether a value is a plain object or a named tuple. */
export function isKeyed(value: unknown): value is Keyed {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isNamedTuple(value);
}

/** Whether a value is an instance of a class that `namedTuple` made, in this copy of the package or another. */
export function isNamedTuple(value: object): boolean {
  return (value as { [namedTupleFields]?: unknown })[namedTupleFields] !== undefined;
}

/** The fields of a named tuple in their order, or the keys of a plain object, sorted. */
export function keysOf(value: Keyed): readonly string[] {
  const fields = (value as { [namedTupleFields]?: readonly string[] })[namedTupleFields];
  return fields ?? Object.keys(value).sort();
}

/** The values directly in a structure, in order; null for a leaf. */
export function childrenOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  return isKeyed(value) ? keysOf(value).map((key) => value[key]) : null;
}

/**
 * The level of a structure, for going down into it.
 *
 * @throws ValueError when the structure contains itself, or is nested too deeply.
 */
export function enter(value: object, parent: Level | null): Level {
  for (let level = parent; level !== null; level = level.parent) {
    if (level.value === value) {
      throw new ValueError(`nest: the structure contains itself, at ${pathOf(parent)}; a structure must be a tree.`);
    }
  }
  const depth = parent === null ? 1 : parent.depth + 1;
  if (depth > MAX_DEPTH) throw new ValueError(`nest: the structure is nested more than ${MAX_DEPTH} levels deep.`);
  return { value, key: 0, parent, depth };
}

/** Where a walk stands, as one would write it in a program: `structure[0].hidden`. */
export function pathOf(level: Level | null): string {
  const parts: string[] = [];
  for (let at = level; at !== null; at = at.parent) {
    const simple = typeof at.key === 'string' && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(at.key);
    parts.push(simple ? `.${at.key}` : `[${JSON.stringify(at.key)}]`);
  }
  return `structure${parts.reverse().join('')}`;
}
