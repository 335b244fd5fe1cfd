import { type FunctionBuilder, type I32, i32, i32x4, type V128, v128 } from '../../emitter/index.ts';
import { forVectors } from '../elementwise/map.ts';
import { type FloatBits, uncertainLanes } from './float-bits.ts';
import { columnsAtOnce, forStreams, neighbours, type Strip } from './strips.ts';

/** How far the two rows of scratch memory are apart. */
const apart = 4 * columnsAtOnce;
/** So many rows seldom have a column without the likely sign. */
export const fewestRows = 64;

/**
 * Writes the code that finds the extrema of columns by their bits, unless all numbers of the first row have the unlikely sign: then
 * others may have it, too.
 *
 * @param scratch The address of memory for two numbers of each column.
 * @returns Whether the results are certain.
 */
export function reduceColumnsByBits(f: FunctionBuilder, bits: FloatBits, strip: Strip, scratch: I32): I32 {
  const [from, isCertain] = [f.local('i32', strip.from), f.local('i32', i32.const(0))];
  const unlikely = f.local('v128', i32x4.const(-1));
  forVectors(f, { count: strip.columns, pointers: [from], vectors: 1 }, (load) =>
    f.set(unlikely, v128.and(unlikely, v128.xor(load(from), bits.flipBest))),
  );
  f.if(i32.ne(i32x4.bitmask(unlikely), i32.const(0b1111)), () => {
    takeRows(f, bits, strip, scratch);
    f.set(isCertain, writeResults(f, bits, strip, scratch));
  });
  return isCertain;
}

function takeRows(f: FunctionBuilder, bits: FloatBits, strip: Strip, scratch: I32): void {
  const [from, best] = [f.local('i32'), f.local('i32')];
  const bytes = f.local('i32', i32.shl(strip.columns, i32.const(2)));
  const other = i32.add(best, i32.const(apart));
  f.do(i32.copyMemory(scratch, strip.from, bytes));
  f.do(i32.copyMemory(i32.add(scratch, i32.const(apart)), strip.from, bytes));
  forStreams(f, strip, (rows) => {
    f.set(from, rows.from);
    f.set(best, scratch);
    forVectors(f, { count: strip.columns, pointers: [from, best], vectors: 1 }, (load, store) => {
      const values = neighbours(f, from, rows.bytesApart, rows.count).map((address) => f.local('v128', load(address)));
      for (const [at, combine] of [[best, bits.best] as const, [other, bits.other] as const]) {
        store(
          at,
          values.reduce<V128>((a, b) => combine(a, b), load(at)),
        );
      }
    });
  });
}

/** Writes the code that writes the results and tells whether they are certain. */
function writeResults(f: FunctionBuilder, bits: FloatBits, strip: Strip, scratch: I32): I32 {
  const [best, to] = [f.local('i32', scratch), f.local('i32', strip.to)];
  const uncertain = f.local('v128', i32x4.const(0));
  forVectors(f, { count: strip.columns, pointers: [best, to], vectors: 1 }, (load, store) => {
    store(to, load(best));
    const other = load(i32.add(best, i32.const(apart)));
    f.set(uncertain, v128.or(uncertain, uncertainLanes(bits, load(best), other)));
  });
  return i32.eqz(i32x4.bitmask(uncertain));
}
