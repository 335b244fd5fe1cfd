import { type FunctionBuilder, type I32, i32, i32x4, type Local, v128 } from '../../emitter/index.ts';
import { inPairs } from '../combine.ts';
import { forVectors } from '../elementwise/map.ts';
import { type FloatBits, hasNaN } from './float-bits.ts';
import { forStreams, neighbours, type Strip } from './strips.ts';

/**
 * Writes the code that finds the extrema of columns by their bits, unless all numbers of the first row have the unlikely sign: then
 * others may have it, too.
 *
 * @returns Whether the results are certain; something else may be in their place otherwise.
 */
export function reduceColumnsByBits(f: FunctionBuilder, bits: FloatBits, strip: Strip): I32 {
  const isCertain = f.local('i32', i32.const(0));
  const unlikely = f.local('v128', i32x4.const(-1));
  moveRow(f, strip.columns, strip.from, strip.scratch, (value) => {
    f.set(unlikely, v128.and(unlikely, v128.xor(value, bits.flipBest)));
  });
  f.if(i32.ne(i32x4.bitmask(unlikely), i32.const(0b1111)), () => {
    const other = takeRows(f, bits, strip);
    const signs = f.local('v128', i32x4.const(0));
    moveRow(f, strip.columns, strip.scratch, strip.to, (value) => {
      f.set(signs, v128.or(signs, v128.xor(value, bits.flipBest)));
    });
    f.set(isCertain, i32.eqz(i32.or(i32x4.bitmask(signs), hasNaN(bits, other))));
  });
  return isCertain;
}

/** Writes the code that copies a row and lets every four of its numbers be seen. */
function moveRow(f: FunctionBuilder, columns: I32, from: I32, to: I32, see: (value: Local<'v128'>) => void): void {
  const [source, target] = [f.local('i32', from), f.local('i32', to)];
  const value = f.local('v128');
  forVectors(f, { count: columns, pointers: [source, target], vectors: 1 }, (load, store) => {
    f.set(value, load(source));
    see(value);
    store(target, value);
  });
}

/**
 * Writes the code that joins all rows with the first one in scratch memory.
 *
 * @returns A NaN of the other sign, if there is one: where does not matter.
 */
function takeRows(f: FunctionBuilder, bits: FloatBits, strip: Strip): Local<'v128'> {
  const [from, to] = [f.local('i32'), f.local('i32')];
  const other = f.local('v128', bits.flipOther);
  forStreams(f, strip, (rows) => {
    f.set(from, rows.from);
    f.set(to, strip.scratch);
    forVectors(f, { count: strip.columns, pointers: [from, to], vectors: 1 }, (load, store) => {
      const values = neighbours(f, from, rows.bytesApart, rows.count).map((address) => f.local('v128', load(address)));
      store(to, bits.best(load(to), inPairs(values, bits.best)));
      f.set(other, bits.other(other, inPairs(values, bits.other)));
    });
  });
  return other;
}
