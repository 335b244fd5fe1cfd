import { type FunctionBuilder, f32x4, i32, type ModuleBuilder } from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import { reduceColumnsByBits } from './columns-by-bits.ts';
import { combineRows, fillRow } from './combine-rows.ts';
import type { FloatBits } from './float-bits.ts';
import { reduceRow } from './reduce-row.ts';
import { type Reducer, reducers } from './reducers.ts';
import { reduceRowsByBits } from './rows-by-bits.ts';
import { type Bodies, forRowsOrStrips, forStreams, type Operands, operandParameters, type Strip } from './strips.ts';

/** So many numbers seldom have none with the likely sign. */
const fewestByBits = 32;

/** So often are some rows taken before the result joins the others, a power of two: it keeps rounding errors small. */
const turnsInBlock = 32;

/**
 * Adds a function for every reducer, `name(input, output, outer, reduced, inner, scratch)`: the middle axis of a dense
 * [outer, reduced, inner] is reduced.
 */
export function emitReductions(module: ModuleBuilder): void {
  for (const [name, reducer] of Object.entries(reducers)) {
    module.function(name, operandParameters, (f, operands) => {
      const row = (): void => reduceRow(f, operands, reducer);
      const strip = (all: Strip): void => reduceBlocks(f, all, reducer);
      if (reducer.bits === undefined) forRowsOrStrips(f, operands, { row, strip });
      else reduceByBits(f, operands, reducer.bits, { row, strip });
    });
  }
}

/** Finds extrema by their bits, or with the bodies where these do not tell them for certain. */
function reduceByBits(f: FunctionBuilder, operands: Operands, bits: FloatBits, { row, strip }: Bodies): void {
  // No more after they were not certain once.
  const byBits = f.local('i32', i32.geS(operands.reduced, i32.const(fewestByBits)));
  f.if(i32.and(byBits, i32.eq(operands.inner, i32.const(1))), () =>
    f.if(reduceRowsByBits(f, bits, operands), () => f.return()),
  );
  forRowsOrStrips(f, operands, {
    row,
    strip: (all) => {
      const isByBits = i32.and(byBits, i32.eqz(all.isFar));
      f.if(isByBits, () => f.set(byBits, reduceColumnsByBits(f, bits, all)));
      // It is asked again: the results may not have been certain.
      f.if(i32.eqz(isByBits), () => strip(all));
    },
  });
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

/** Combines blocks of rows with each other and their results with those of all. */
function reduceBlocks(f: FunctionBuilder, all: Strip, reducer: Reducer): void {
  const { to, rows, columns, scratch } = all;
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
