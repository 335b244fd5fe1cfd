import { describe, expect, it } from 'vitest';
import { relaxedSimdValidates } from '../../runtime/support.ts';
import { startTileTrial, type Timer } from './choose-tile.ts';

/** An engine that optimizes all tiles after so many calls: microseconds that a run takes before and then, by rows. */
function engine(after: number, first: Record<number, number>, then: Record<number, number>): Timer {
  let calls = 0;
  return ({ rows }, runs) => runs * ((++calls > after ? then : first)[rows] as number);
}

const hurried = { 4: 37, 6: 29, 8: 33 };

describe('startTileTrial', () => {
  it.each(relaxedSimdValidates() ? [false, true] : [false])(
    'chooses a tile that the engine takes: relaxed %j',
    async (relaxed) => {
      const tile = await startTileTrial(relaxed).choose();
      expect([4, 6, 8]).toContain(tile.rows);
    },
  );

  it.each([
    ['keeps the usual tile where it is the fastest', { 4: 10, 6: 18, 8: 19 }, 4],
    ['takes one that is clearly faster', { 4: 15, 6: 12, 8: 11 }, 8],
    ['keeps the usual tile where another is hardly faster', { 4: 10, 6: 9.6, 8: 12 }, 4],
  ])('%s', async (_, optimized, expected) => {
    const { rows } = await startTileTrial(false, engine(5, hurried, optimized)).choose();
    expect(rows).toBe(expected);
  });

  it('waits for the optimizing compiler', async () => {
    const { rows } = await startTileTrial(false, engine(7, hurried, { 4: 15, 6: 12, 8: 11 })).choose();
    expect(rows).toBe(8);
  });

  it('believes nothing that code says which was compiled in a hurry', async () => {
    const { rows } = await startTileTrial(false, engine(Number.POSITIVE_INFINITY, hurried, hurried)).choose();
    expect(rows).toBe(4);
  });

  it('keeps the usual tile where the clock is too coarse', async () => {
    const { rows } = await startTileTrial(true, () => 0).choose();
    expect(rows).toBe(6);
  });
});
