import { describe, expect, it } from 'vitest';
import { Dice } from '../../scripts/mutate.ts';
import { SimulatedDisk } from '../../scripts/simulated-disk.ts';
import { writePath } from './destination.ts';
import { readFile } from './read-file.ts';
import { listSeries } from './series.ts';

const STEPS = 6;
const KEEP = 2;
/** How often the same power cut is tried: what it leaves is a matter of chance. */
const TRIES = 20;

const contentOf = (step: number) => new Uint8Array(100).fill(step);

/** Saves step after step until the disk stops, and gives the last step that was reported as saved. */
async function saveUntilStopped(disk: SimulatedDisk, first: number): Promise<number> {
  let saved = first - 1;
  for (let step = first; step <= first - 1 + STEPS; step++) {
    try {
      await writePath(disk.node, '/model', Promise.resolve(contentOf(step)), { step, keep: KEEP });
      saved = step;
    } catch (error) {
      if (!disk.isStopped) throw error;
      break;
    }
  }
  return saved;
}

/** Checks that every checkpoint is complete, and gives the latest step, 0 for none. */
async function latestOf({ node }: SimulatedDisk): Promise<number> {
  const saved = await listSeries(node, '/model');
  for (const { path, step } of saved) expect([path, await readFile(node, path)]).toEqual([path, contentOf(step)]);
  return saved.at(-1)?.step ?? 0;
}

/** The operations of saving all steps. */
async function countOperations(): Promise<number> {
  const disk = new SimulatedDisk();
  await saveUntilStopped(disk, 1);
  return disk.operations;
}

describe('stopped before any operation on the disk', () => {
  it('has every checkpoint complete that it reported, when the program is killed', async () => {
    const operations = await countOperations();
    expect(operations).toBeGreaterThan(6 * STEPS);
    for (let stopAt = 0; stopAt <= operations; stopAt++) {
      const disk = new SimulatedDisk(stopAt);
      const saved = await saveUntilStopped(disk, 1);
      const left = disk.afterKill();
      const latest = await latestOf(left);
      expect(latest).toBeGreaterThanOrEqual(saved);
      // The next program goes on, and clears away what the killed one has left.
      await saveUntilStopped(left, latest + 1);
      expect(await left.node.fs.readdir('/')).toHaveLength(KEEP);
    }
  });

  it('has every checkpoint complete that it reported, when the power is lost', async () => {
    const operations = await countOperations();
    for (let stopAt = 0; stopAt <= operations; stopAt++) {
      const disk = new SimulatedDisk(stopAt);
      const saved = await saveUntilStopped(disk, 1);
      for (let seed = 0; seed < TRIES; seed++) {
        expect(await latestOf(disk.afterPowerLoss(new Dice(seed)))).toBeGreaterThanOrEqual(saved);
      }
    }
  });
});
