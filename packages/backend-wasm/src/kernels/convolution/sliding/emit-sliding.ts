import type { ModuleBuilder } from '../../../emitter/index.ts';
import { emitFilterGradient } from './emit-filter-gradient.ts';
import { emitFromOne, emitFromOneSquare } from './emit-from-one.ts';
import { emitToOne } from './emit-to-one.ts';
import { type SlidingTaps, slidingTaps } from './lines.ts';

/** The names of the functions that {@link emitSliding} adds. */
export const sliding = {
  /** For filters of 3×3. */
  fromOneSquare: 'sliding/from one channel/3×3',
  /** For a filter's columns. */
  fromOne: (taps: SlidingTaps): string => `sliding/from one channel/${taps}`,
  toOne: (taps: SlidingTaps): string => `sliding/to one channel/${taps}`,
  filter: (taps: SlidingTaps): string => `sliding/filter/${taps}`,
};

/**
 * Adds convolutions that have a single channel on one side and windows that slide by one column: a product of matrices would be
 * three or five elements deep or wide, and spend its time between them.
 */
export function emitSliding(module: ModuleBuilder): void {
  emitFromOneSquare(module, sliding.fromOneSquare);
  for (const taps of slidingTaps) {
    emitFromOne(module, sliding.fromOne(taps), taps);
    emitToOne(module, sliding.toOne(taps), taps);
    emitFilterGradient(module, sliding.filter(taps), taps);
  }
}
