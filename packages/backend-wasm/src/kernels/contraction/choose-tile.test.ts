import { describe, expect, it } from 'vitest';
import { relaxedSimdValidates } from '../../runtime/support.ts';
import { chooseTile } from './choose-tile.ts';

describe('chooseTile', () => {
  it.each(relaxedSimdValidates() ? [false, true] : [false])(
    'chooses one that the engine takes: relaxed %j',
    async (relaxed) => {
      const tile = await chooseTile(relaxed);
      expect([4, 6, 8]).toContain(tile.rows);
      expect(tile.fused).toBe(relaxed);
    },
  );
});
