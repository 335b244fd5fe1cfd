import { type FunctionBuilder, f32x4, i32, type Local, type ModuleBuilder } from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import { fewestRows, reduceColumnsByBits } from './columns-by-bits.ts';
import { combineRows, fillRow } from './combine-rows.ts';
import { reduceRow } from './reduce-row.ts';
import { type Reducer, reducers } from './reducers.ts';
import { forRowsOrStrips, forStreams, operandParameters, type Strip } from './strips.ts';

/** What is kept from one strip to the next. */
interface Kept {
  readonly scratch: Local<'i32'>;
  /** Whether extrema are looked for among bits first; no more after they were not certain once. */
  readonly byBits: Local<'i32'>;
}

/** So often are some rows taken before the result joins the others, a power of two: it keeps rounding errors small. */
const turnsInBlock = 32;

/**
 * Adds a function for every reducer, `name(input, output, outer, reduced, inner, scratch)`: the middle axis of a dense
 * [outer, reduced, inner] is reduced.
 */
export function emitReductions(module: ModuleBuilder): void {
  for (const [name, reducer] of Object.entries(reducers)) {
    const reduceStrip = reducer.bits === undefined ? reduceBlocks : reduceExtrema;
    module.function(name, operandParameters, (f, operands) => {
      const byBits = f.local('i32', i32.const(1));
      forRowsOrStrips(f, operands, {
        row: () => reduceRow(f, { ...operands, byBits }, reducer),
        strip: (strip) => reduceStrip(f, strip, { scratch: operands.scratch, byBits }, reducer),
      });
    });
  }
}

/** Adds `divide(address, count, divisor)`, which divides numbers where they are. */
export function emitDivision(module: ModuleBuilder): void {
  module.function('divide', { address: 'i32', count: 'i32', divisor: 'f32' }, (f, { address, count, divisor }) => {
    const by = f.local('v128', f32x4.splat(divisor));
    forFours(f, count, (bytes, load, store) => {
      store(address, f32x4.div(load(address), by));
      f.increase(address, bytes);
    });
  });
}

/** Finds extrema by their bits, if there are many rows that are near, or else as other results. */
function reduceExtrema(f: FunctionBuilder, all: Strip, kept: Kept, reducer: Reducer): void {
  const { bits } = reducer;
  const isDone = f.local('i32', i32.const(0));
  if (bits !== undefined) {
    const areMany = i32.geS(all.rows, i32.const(fewestRows));
    f.if(i32.and(kept.byBits, i32.and(areMany, i32.eqz(all.isFar))), () => {
      f.set(isDone, reduceColumnsByBits(f, bits, all, kept.scratch));
      f.set(kept.byBits, isDone);
    });
  }
  f.if(i32.eqz(isDone), () => reduceBlocks(f, all, kept, reducer));
}

/** Combines blocks of rows with each other and their results with those of all. */
function reduceBlocks(f: FunctionBuilder, all: Strip, { scratch }: Kept, reducer: Reducer): void {
  const { to, rows, columns } = all;
  const block = f.local('i32', scratch);
  const isOneBlock = i32.leS(rows, i32.const(4 * turnsInBlock));
  const endBlock = (): void => {
    combineRows(f, reducer, { count: 1, from: block, bytesApart: i32.const(0) }, all);
    fillRow(f, block, columns, reducer);
  };
  fillRow(f, to, columns, reducer);
  f.if(
    isOneBlock,
    () => f.set(block, to),
    () => fillRow(f, block, columns, reducer),
  );
  forStreams(f, all, (atOnce) => {
    const isEnd = i32.eqz(i32.or(isOneBlock, i32.and(atOnce.row, i32.const(turnsInBlock - 1))));
    if (atOnce.count > 1) f.if(isEnd, endBlock);
    combineRows(f, reducer, atOnce, { to: block, columns });
  });
  f.if(i32.eqz(isOneBlock), endBlock);
}
