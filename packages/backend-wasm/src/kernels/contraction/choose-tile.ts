import { ModuleBuilder } from '../../emitter/index.ts';
import { emitTypicalMicroKernel, microKernelName } from './micro-kernel.ts';
import { defaultTile, type Tile, tileColumns } from './tile.ts';

const depth = 128;
/** So many rows of the result are computed by a run, whatever the tile. */
const rowsOfRun = 24;
/** The most that an engine wants to see of a function before it optimizes it: a third of a millisecond. */
const runsOfWarmUp = 90;
/** Runs that are timed together, and how often: the fastest time counts. */
const runsOfSample = 12;
const samples = 9;
/** How often to wait for the engine's compiler, in milliseconds. */
const waits = 4;
const wait = 1;
/** Optimized code is faster than what an engine begins with by two to four times. */
const optimized = 1.5;
/** What a candidate has to be faster by than the usual tile before it is taken. */
const margin = 1.08;

/** Where the parts of a trial are in the memory that it has for itself. */
const places = { table: 0, runs: 1024, zeros: 1088, right: 2048, result: 8192, left: 16384 } as const;

/** Milliseconds that runs of a tile take. */
export type Timer = (tile: Tile, runs: number) => number;

/** A comparison of tiles on this engine and machine, which needs about a millisecond before and after a pause. */
export interface TileTrial {
  /** Compares; the more time has passed since the start, the surer is the engine's compiler done. */
  choose(): Promise<Tile>;
}

/**
 * Starts to compare tiles. The engine begins with code that it compiled in a hurry, which tells nothing: there a tile can be the
 * fastest that takes twice as long as the others once they are optimized. So the candidates run until the engine optimizes
 * them in the background, and are timed later. The usual tile stays unless it was seen to become faster and another one is clearly
 * faster than that.
 *
 * @param relaxed Whether the engine takes relaxed SIMD.
 * @param time How long runs take. Default: they are timed.
 */
export function startTileTrial(relaxed: boolean, time: Timer = timerOfProducts(relaxed)): TileTrial {
  const usual = defaultTile(relaxed);
  const others = candidateRows.filter((rows) => rows !== usual.rows).map((rows): Tile => ({ rows }));
  // The fastest of several: the first runs are slowed down by all kinds of things, and the engine may be quick.
  const before = Math.min(time(usual, runsOfSample), time(usual, runsOfSample));
  for (const tile of [usual, ...others]) time(tile, runsOfWarmUp);
  return {
    async choose() {
      for (let i = 0; time(usual, runsOfSample) * optimized > before; i++) {
        if (i === waits) return usual;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      const [usualTime = 0, ...times] = fastestOf([usual, ...others], time);
      const best = Math.min(...times);
      return best * margin < usualTime ? (others[times.indexOf(best)] as Tile) : usual;
    },
  };
}

const candidateRows = [4, 6, 8] as const;

/** The shortest time of each tile; they take turns, so that what slows the machine down meets all of them. */
function fastestOf(tiles: readonly Tile[], time: Timer): readonly number[] {
  const rounds = Array.from({ length: samples }, () => tiles.map((tile) => time(tile, runsOfSample)));
  return tiles.map((_, i) => Math.min(...rounds.map((round) => round[i] as number)));
}

/** Runs the innermost product of each tile on small matrices. */
function timerOfProducts(relaxed: boolean): Timer {
  const module = new ModuleBuilder(relaxed);
  for (const rows of candidateRows) emitTypicalMicroKernel(module, { rows });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  const mostRows = Math.max(...candidateRows);
  new Float32Array(memory.buffer, places.right, depth * tileColumns).fill(1);
  new Float32Array(memory.buffer, places.left, depth * mostRows).fill(1);
  new Int32Array(memory.buffer, places.table, mostRows).set(
    Array.from({ length: mostRows }, (_, row) => 4 * depth * row),
  );
  const { left, table, runs, right, result, zeros } = places;
  const row = 4 * tileColumns;
  return (tile, count) => {
    const product = exports[microKernelName('rows', tile.rows, tileColumns)] as (...args: number[]) => void;
    const calls = (count * rowsOfRun) / tile.rows;
    const begin = performance.now();
    for (let i = 0; i < calls; i++)
      product(left, table, runs, 4, 4 * depth, right, row, 0, 1, result, row, 1, zeros, 0, 0);
    return performance.now() - begin;
  };
}
