/** The shape of the innermost product: how many rows of the result are in registers at a time, and how they are added to. */
export interface Tile {
  readonly rows: 4 | 6 | 8;
  /** Whether a multiplication and an addition are one instruction of relaxed SIMD. */
  readonly fused: boolean;
}

/** How many columns of the result are in registers at a time. */
export const tileColumns = 8;

/** What serves where nothing was measured: more rows need more registers than x64 has. */
export function defaultTile(relaxed: boolean): Tile {
  return relaxed ? { rows: 6, fused: true } : { rows: 4, fused: false };
}
