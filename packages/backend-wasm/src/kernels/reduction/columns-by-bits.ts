import { type FunctionBuilder, type I32, i32, i32x4, type Local, v128 } from '../../emitter/index.ts';
import { inPairs } from '../combine.ts';
import { forVectors } from '../elementwise/map.ts';
import { type FloatBits, hasLikely, hasNaN } from './float-bits.ts';
import { forStreams, neighbours, type Strip } from './strips.ts';

/**
 * Writes the code that finds the extrema of columns by their bits, unless all numbers of the first row have the unlikely sign: then
 * others may have it, too.
 *
 * @returns Whether the results are certain; something else may be in their place otherwise.
 */
export function reduceColumnsByBits(f: FunctionBuilder, bits: FloatBits, strip: Strip): I32 {
  const isCertain = f.local('i32', i32.const(0));
  f.if(hasLikely(f, bits, strip.from, strip.columns), () => {
    const other = takeRows(f, bits, strip);
    const unlikely = writeResults(f, bits, strip);
    f.set(isCertain, i32.eqz(i32.or(unlikely, hasNaN(bits, other))));
  });
  return isCertain;
}

/**
 * Writes the code that joins all rows in scratch memory.
 *
 * @returns A NaN of the other sign, if there is one: where does not matter.
 */
function takeRows(f: FunctionBuilder, bits: FloatBits, strip: Strip): Local<'v128'> {
  const [from, to] = [f.local('i32'), f.local('i32')];
  const other = f.local('v128', bits.flipOther);
  f.do(i32.copyMemory(strip.scratch, strip.from, i32.shl(strip.columns, i32.const(2))));
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

/** Writes the code that writes the results, and tells whether one of them has the unlikely sign. */
function writeResults(f: FunctionBuilder, { flipBest }: FloatBits, { scratch, to, columns }: Strip): I32 {
  const [source, target] = [f.local('i32', scratch), f.local('i32', to)];
  const signs = f.local('v128', i32x4.const(0));
  forVectors(f, { count: columns, pointers: [source, target], vectors: 1 }, (load, store) => {
    store(target, load(source));
    f.set(signs, v128.or(signs, v128.xor(load(source), flipBest)));
  });
  return i32x4.bitmask(signs);
}
