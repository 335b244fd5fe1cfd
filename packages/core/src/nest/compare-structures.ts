import { ValueError } from '../errors.ts';
import { draw } from './draw.ts';
import { childrenOf, enter, isKeyed, isNamedTuple, type Keyed, keysOf, type Level, pathOf } from './structure.ts';

/** What is compared, and how. */
export interface Comparison {
  /** Name of the public function, for messages. */
  readonly functionName: string;
  readonly first: unknown;
  readonly second: unknown;
  /** What messages call the two. */
  readonly labels: readonly [string, string];
  /** Whether an array only matches an array, an object one with the same keys, and a named tuple its own kind. */
  readonly checkTypes: boolean;
  /** Whether the second may have any structure where the first has a leaf. */
  readonly shallow: boolean;
}

/**
 * Compares the shapes of two structures.
 *
 * @throws ValueError when they differ in a number of elements, in keys, or one has a leaf where the other must not.
 * @throws TypeError when they differ in the types of their structures.
 */
export function compareStructures(comparison: Comparison): void {
  compareBelow(comparison, comparison.first, comparison.second, null);
}

function compareBelow(comparison: Comparison, a: unknown, b: unknown, parent: Level | null): void {
  const inA = childrenOf(a);
  if (inA === null && comparison.shallow) return;
  const inB = childrenOf(b);
  if (inA === null || inB === null) {
    if (inA !== inB) throw leafMismatch(comparison, inA === null, parent);
    return;
  }
  if (comparison.checkTypes) checkTypes(comparison, a as object, b as object, parent);
  if (inA.length !== inB.length) {
    const counts = [inA, inB].map(({ length }) => `${length} element${length === 1 ? '' : 's'}`);
    throw new ValueError(message(comparison, parent, `${counts[0]} and ${counts[1]}`));
  }
  const level = enter(a as object, parent);
  const keys = isKeyed(a) ? keysOf(a) : null;
  for (let i = 0; i < inA.length; i++) {
    level.key = keys?.[i] ?? i;
    compareBelow(comparison, inA[i], inB[i], level);
  }
}

function leafMismatch(comparison: Comparison, leafFirst: boolean, at: Level | null): Error {
  const text = message(comparison, at, leafFirst ? 'a leaf and a structure' : 'a structure and a leaf');
  return comparison.shallow ? new TypeError(text) : new ValueError(text);
}

function checkTypes(comparison: Comparison, a: object, b: object, at: Level | null): void {
  const types = [typeOf(a), typeOf(b)];
  if (types[0] !== types[1]) throw new TypeError(message(comparison, at, `${types[0]} and ${types[1]}`));
  if (Array.isArray(a)) return;
  const keysA = keysOf(a as Keyed);
  const keysB = keysOf(b as Keyed);
  if (keysA.length === keysB.length && keysA.every((key, i) => key === keysB[i])) return;
  const text = message(comparison, at, `the keys {${keysA.join(', ')}} and {${keysB.join(', ')}}`);
  throw isNamedTuple(a) ? new TypeError(text) : new ValueError(text);
}

function typeOf(value: object): string {
  if (Array.isArray(value)) return 'an array';
  return isNamedTuple(value) ? `the named tuple ${value.constructor.name}` : 'an object';
}

function message({ functionName, first, second, labels }: Comparison, at: Level | null, difference: string): string {
  return (
    `nest.${functionName}: ${labels[0]} and ${labels[1]} must have the same structure; ` +
    `they differ at ${pathOf(at)}: ${difference}.\n` +
    `  ${labels[0]}: ${draw(first)}\n  ${labels[1]}: ${draw(second)}`
  );
}
