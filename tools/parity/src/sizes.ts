import fc from 'fast-check';
import { sizeOf } from './nd-array.ts';

/** Around the widths of SIMD registers, of tiles and of packed panels. */
const EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33] as const;
const LARGE = [257, 1030] as const;

/** The size of one axis; `most` bounds it. */
export function size(most = 1030): fc.Arbitrary<number> {
  const small = EDGES.filter((edge) => edge <= most);
  const large = LARGE.filter((edge) => edge <= most);
  const edges = fc.constantFrom(...small);
  return large.length === 0
    ? edges
    : fc.oneof({ weight: 12, arbitrary: edges }, { weight: 1, arbitrary: fc.constantFrom(...large) });
}

/** Sizes made smaller, the largest first, until their product is at most `most`. */
export function capped(sizes: readonly number[], most: number): number[] {
  const result = [...sizes];
  while (sizeOf(result) > most) {
    const largest = result.indexOf(Math.max(...result));
    const at = result[largest] as number;
    result[largest] = EDGES.findLast((edge) => edge < at) ?? 1;
  }
  return result;
}

/** What shapes may be. */
export interface ShapeBounds {
  readonly minRank?: number;
  readonly maxRank?: number;
  /** Most elements. Default 2100. */
  readonly most?: number;
  /** Whether an axis may be empty. Default true. */
  readonly empty?: boolean;
}

/** Shapes of any rank, at the edges. */
export function shape({
  minRank = 0,
  maxRank = 4,
  most = 2100,
  empty = true,
}: ShapeBounds = {}): fc.Arbitrary<number[]> {
  const filled = fc.array(size(), { minLength: minRank, maxLength: maxRank }).map((sizes) => capped(sizes, most));
  if (!empty) return filled;
  const withEmptyAxis = fc
    .tuple(filled, fc.nat({ max: 5 }))
    .map(([sizes, at]) => (sizes.length === 0 ? sizes : sizes.with(at % sizes.length, 0)));
  return fc.oneof({ weight: 19, arbitrary: filled }, { weight: 1, arbitrary: withEmptyAxis });
}

/** What decides on values. */
export const seed: fc.Arbitrary<number> = fc.nat({ max: 0xffff });

/** An axis of a rank, counted from the front or from the back. */
export function axis(rank: number): fc.Arbitrary<number> {
  return fc.integer({ min: -rank, max: rank - 1 });
}

/** Some axes of a rank, in any order and counted from either side. */
export function someAxes(rank: number, minLength = 0): fc.Arbitrary<number[]> {
  const all = Array.from({ length: rank }, (_, i) => i);
  return fc
    .tuple(
      fc.shuffledSubarray(all, { minLength: Math.min(minLength, rank) }),
      fc.array(fc.boolean(), { minLength: rank, maxLength: rank }),
    )
    .map(([axes, fromBack]) => axes.map((at) => (fromBack[at] === true ? at - rank : at)));
}
