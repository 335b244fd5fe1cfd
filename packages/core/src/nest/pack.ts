import { ValueError } from '../errors.ts';
import { draw } from './draw.ts';
import { rebuild } from './rebuild.ts';
import type { MapLeaves } from './structure-types.ts';

/**
 * Puts values into the shape of a structure, in the order of {@link flatten}.
 *
 * @param structure Its shape counts, not its leaves.
 * @param flatSequence As many values as the structure has leaves.
 * @returns A new structure; it has the types of `structure`, named tuples included.
 * @throws TypeError when `flatSequence` is not an array.
 * @throws ValueError when it has too few or too many values. Also when the structure contains itself.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.deepStrictEqual(nest.packSequenceAs({ b: 0, a: [0, 0] }, ['x', 'y', 'z']), { b: 'z', a: ['x', 'y'] });
 * ```
 *
 * Sonnet: `snt.nest.pack_sequence_as`.
 */
export function packSequenceAs<const S, T>(structure: S, flatSequence: readonly T[]): MapLeaves<S, T> {
  if (!Array.isArray(flatSequence)) {
    throw new TypeError(`nest.packSequenceAs: flatSequence must be an array; got ${String(flatSequence)}.`);
  }
  let used = 0;
  const packed = rebuild(structure, () => flatSequence[used++]);
  if (used !== flatSequence.length) {
    throw new ValueError(
      `nest.packSequenceAs: the structure has ${used} leaves, but flatSequence has ${flatSequence.length} items.\n` +
        `  the structure: ${draw(structure)}`,
    );
  }
  return packed as MapLeaves<S, T>;
}
