import { expect, it } from 'vitest';
import { killWhileSaving } from '../../scripts/kill.ts';

it('leaves a complete latest checkpoint when it is killed while it saves', { timeout: 120_000 }, async () => {
  const { saves, kills } = await killWhileSaving(10, 3);
  expect(saves).toBeGreaterThanOrEqual(10);
  expect(kills).toBeGreaterThanOrEqual(3);
});
