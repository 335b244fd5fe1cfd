import { nest, ValueError } from '@sonnetjs/core';
import { inStructureOfState, type StateSize } from '../state-size.ts';

/** A probability for each tensor of a state, in the structure of the state; null where nothing happens to the tensor. */
export type KeepProbs = nest.Nested<number | null>;

/**
 * Checks probabilities.
 *
 * @returns The probabilities in the structure of the state, with named tuples where it has some.
 * @throws ValueError when they are not in that structure, or one is not above 0 and at most 1.
 */
export function checkKeepProbs(keepProbs: KeepProbs, stateSize: StateSize, where: string): KeepProbs {
  const structured = inStructureOfState(stateSize, keepProbs, `${where}: keepProbs`) as KeepProbs;
  const wrong: unknown = (nest.flatten(structured) as unknown[]).find((prob) => !isKeepProb(prob));
  if (wrong === undefined) return structured;
  throw new ValueError(`${where}: keepProbs must be null, or numbers above 0 and at most 1; got ${String(wrong)}.`);
}

/** The part of a structure at the end of a path. */
export function partAt(structure: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((part, key) => Reflect.get(Object(part), key), structure);
}

function isKeepProb(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value > 0 && value <= 1);
}
