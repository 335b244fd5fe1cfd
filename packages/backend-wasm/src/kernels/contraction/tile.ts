/** The shape of the innermost product: how many rows of the result are in registers at a time. */
export interface Tile {
  readonly rows: 4 | 6 | 8;
}

/** How many columns of the result are in registers at a time. */
export const tileColumns = 8;

/** What serves where nothing was measured: more rows need more registers than x64 has. */
export function defaultTile(relaxed: boolean): Tile {
  return { rows: relaxed ? 6 : 4 };
}
