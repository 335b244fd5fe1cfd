import { ModuleBuilder } from '../../emitter/index.ts';
import { emitTypicalMicroKernel, microKernelName } from './micro-kernel.ts';
import { defaultTile, type Tile, tileColumns } from './tile.ts';

const depth = 128;
/** So many rows of the result are computed by a run, whatever the tile. */
const rowsOfRun = 48;
/** A round takes a third of a millisecond once the candidates are compiled. */
const runsOfRound = 50;
const fewestRounds = 4;
const mostRounds = 8;
/** Between rounds the engine compiles, in the background. */
const pause = 2;
/** From round to round nobody may have become faster by this factor, or a compiler is still at work. */
const settled = 1.2;
/** What a candidate has to be faster by than the usual tile before it is taken. */
const margin = 1.08;

/** Where the parts of a trial are in the memory that it has for itself. */
const places = { table: 0, runs: 1024, zeros: 1088, right: 2048, result: 8192, left: 16384 } as const;

interface Trial {
  readonly tile: Tile;
  readonly run: () => void;
  /** Milliseconds of the fastest run in the latest round. */
  fastest: number;
}

/**
 * Finds the tile that is fastest on this engine and machine by a measurement of about a millisecond, after the milliseconds in
 * which the engine notices that the code is worth optimizing. The usual tile stays unless another one is clearly faster.
 *
 * @param relaxed Whether the engine takes relaxed SIMD.
 */
export async function chooseTile(relaxed: boolean): Promise<Tile> {
  const usual = prepare(defaultTile(relaxed));
  const others = ([4, 6, 8] as const)
    .filter((rows) => rows !== usual.tile.rows)
    .map((rows) => prepare({ rows, fused: relaxed }));
  for (let round = 1, isSettled = false; round <= mostRounds && !(isSettled && round > fewestRounds); round++) {
    isSettled = [usual, ...others].map(isAsFastAsBefore).every(Boolean);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  const best = others.reduce((a, b) => (b.fastest < a.fastest ? b : a));
  return best.fastest * margin < usual.fastest ? best.tile : usual.tile;
}

function prepare(tile: Tile): Trial {
  const module = new ModuleBuilder();
  emitTypicalMicroKernel(module, tile);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  const product = exports[microKernelName('rows', tile.rows, tileColumns)] as (...args: number[]) => void;
  new Float32Array(memory.buffer, places.right, depth * tileColumns).fill(1);
  new Float32Array(memory.buffer, places.left, depth * tile.rows).fill(1);
  new Int32Array(memory.buffer, places.table, tile.rows).set(
    Array.from({ length: tile.rows }, (_, row) => 4 * depth * row),
  );
  const { left, table, runs, right, result, zeros } = places;
  const row = 4 * tileColumns;
  const calls = rowsOfRun / tile.rows;
  const run = () => {
    for (let i = 0; i < calls; i++)
      product(left, table, runs, 4, 4 * depth, right, row, 0, 1, result, row, 1, zeros, 0, 0);
  };
  return { tile, run, fastest: Number.POSITIVE_INFINITY };
}

/** Runs a candidate for a round; whether it was no faster than in the round before. */
function isAsFastAsBefore(trial: Trial): boolean {
  const before = trial.fastest;
  trial.fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runsOfRound; i++) {
    const begin = performance.now();
    trial.run();
    trial.fastest = Math.min(trial.fastest, performance.now() - begin);
  }
  return trial.fastest * settled > before;
}
