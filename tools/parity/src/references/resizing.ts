import type { Shape } from '../nd-array.ts';
import type { LinearTerms } from './terms.ts';

/** How much of which positions of an axis of the input makes a position of the result. */
export type Blend = readonly (readonly [at: number, weight: number])[];

/** Between two neighbours, in proportion; positions outside are those at the edge. */
export function between(position: number, size: number): Blend {
  const floor = Math.floor(position);
  const share = position - floor;
  const clamped = (at: number): number => Math.min(Math.max(at, 0), size - 1);
  return [
    [clamped(floor), 1 - share],
    [clamped(floor + 1), share],
  ];
}

/** The terms of images `[batch, height, width, channels]` that are blended row by row and column by column. */
export function blendTerms(image: Shape, rows: readonly Blend[], columns: readonly Blend[]): LinearTerms {
  const [batch, height, width, channels] = image as [number, number, number, number];
  return (emit) => {
    let out = 0;
    for (let b = 0; b < batch; b++) {
      for (const row of rows) {
        for (const column of columns) {
          for (let c = 0; c < channels; c++, out++) {
            for (const [y, rowWeight] of row) {
              for (const [x, columnWeight] of column) {
                emit(out, ((b * height + y) * width + x) * channels + c, rowWeight * columnWeight);
              }
            }
          }
        }
      }
    }
  };
}

/** What positions in float32 make of a blend: each is off by some roundings, and values differ by at most `range`. */
export function positionError(sizes: readonly number[], range: number): number {
  return sizes.reduce((sum, size) => sum + size, 0) * 2 ** -22 * range;
}
