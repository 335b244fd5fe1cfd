import { type FunctionBuilder, i32, i32x4, type V128, v128 } from '../../emitter/index.ts';
import { forVectors } from '../elementwise/map.ts';
import type { Extremum } from './extremum.ts';
import { forStreams, neighbours, type RowsAtOnce, type Strip } from './strips.ts';

/** Writes the code that finds the row of the best number of each column of a strip, which has rows. */
export function searchColumns(f: FunctionBuilder, strip: Strip, extremum: Extremum): void {
  const bytes = f.local('i32', i32.shl(strip.columns, i32.const(2)));
  f.do(i32.copyMemory(strip.scratch, strip.from, bytes), i32.fillMemory(strip.to, i32.const(0), bytes));
  forStreams(f, strip, (rows) => searchRows(f, rows, strip, extremum));
}

function searchRows(
  f: FunctionBuilder,
  rows: RowsAtOnce,
  results: Pick<Strip, 'to' | 'columns' | 'scratch'>,
  { better, isBetter, isSame, worst }: Extremum,
): void {
  const [from, to, best] = [f.local('i32', rows.from), f.local('i32', results.to), f.local('i32', results.scratch)];
  const [before, found, place] = [f.local('v128'), f.local('v128'), f.local('v128')];
  const [first, apart] = [f.local('v128', i32x4.splat(rows.row)), f.local('v128', i32x4.splat(rows.rowsApart))];
  forVectors(f, { count: results.columns, pointers: [from, to, best], vectors: 1 }, (load, store) => {
    const addresses = neighbours(f, from, rows.bytesApart, rows.count);
    f.set(before, load(best));
    f.set(
      found,
      addresses.reduce<V128>((a, address) => better(a, load(address)), f.constant(worst)),
    );
    // Seldom so after the first rows. Of equal numbers one may be in a row that comes before that of the best.
    f.if(i32x4.bitmask(v128.or(isBetter(found, before), isSame(found, before))), () => {
      const rest = f.local('v128', v128.select(isBetter(found, before), i32x4.const(-1), load(to)));
      f.set(found, better(before, found));
      store(best, found);
      f.set(place, first);
      for (const [k, address] of addresses.entries()) {
        if (k > 0) f.set(place, i32x4.add(place, apart));
        f.set(rest, i32x4.minU(rest, v128.or(place, v128.not(isSame(load(address), found)))));
      }
      store(to, rest);
    });
  });
}
