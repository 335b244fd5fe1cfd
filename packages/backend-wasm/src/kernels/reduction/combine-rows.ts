import type { FunctionBuilder, I32 } from '../../emitter/index.ts';
import { forFours, forVectors } from '../elementwise/map.ts';
import { join, type Reducer } from './reducers.ts';
import { neighbours, type RowsAtOnce, type Strip } from './strips.ts';

/** Writes the code that makes a row what a reducer gives for no rows. */
export function fillRow(f: FunctionBuilder, address: I32, count: I32, { identity }: Reducer): void {
  const to = f.local('i32', address);
  forFours(f, count, (bytes, _, store) => {
    store(to, identity);
    f.increase(to, bytes);
  });
}

/** Writes the code that combines some rows, from their first of so many columns on, with a row of results. */
export function combineRows(
  f: FunctionBuilder,
  reducer: Reducer,
  rows: Pick<RowsAtOnce, 'count' | 'from' | 'bytesApart'>,
  { to: results, columns }: Pick<Strip, 'to' | 'columns'>,
): void {
  const [from, to] = [f.local('i32', rows.from), f.local('i32', results)];
  forVectors(f, { count: columns, pointers: [from, to], vectors: 1 }, (load, store) => {
    const values = neighbours(f, from, rows.bytesApart, rows.count).map((address) => load(address));
    store(to, join(f, reducer, load(to), values));
  });
}
