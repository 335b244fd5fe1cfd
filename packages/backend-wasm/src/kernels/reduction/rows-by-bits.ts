import { type FunctionBuilder, type I32, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { combineLanes, inPairs } from '../combine.ts';
import { forVectors } from '../elementwise/map.ts';
import { type FloatBits, hasNaN } from './float-bits.ts';
import { smaller } from './strips.ts';

/** So many numbers are taken at once. */
const turn = 32;
/** So many numbers of the first row tell whether the likely sign is likely indeed. */
const sample = 1024;

/** Neighbouring rows of numbers, at least one in each, and where their results are written. */
export interface Rows {
  readonly input: I32;
  readonly output: I32;
  readonly outer: I32;
  readonly reduced: I32;
}

/**
 * Writes the code that finds the extrema of rows by their bits. It stops where the first numbers of the first row, or all of another
 * row, have the unlikely sign: then others may have it, too.
 *
 * @returns Whether the results are certain; something else may be in their place otherwise.
 */
export function reduceRowsByBits(f: FunctionBuilder, bits: FloatBits, rows: Rows): I32 {
  const isLikely = f.local('i32', isSampleLikely(f, bits, rows));
  const [at, to] = [f.local('i32', rows.input), f.local('i32', rows.output)];
  const end = f.local('i32', i32.add(to, i32.shl(rows.outer, i32.const(2))));
  const [best, other] = [f.local('v128'), f.local('v128', bits.flipOther)];
  const takeRow = rowTaker(f, bits, rows.reduced, { at, best, other });
  f.while(i32.and(isLikely, i32.ltU(to, end)), () => {
    takeRow();
    const result = combineLanes(f, best, bits.best);
    f.do(v128.store32Lane(0, to, result));
    f.increase(to, 4);
    f.set(isLikely, i32.eqz(i32x4.bitmask(v128.xor(result, bits.flipBest))));
  });
  return i32.and(isLikely, i32.eqz(hasNaN(bits, other)));
}

function isSampleLikely(f: FunctionBuilder, { flipBest }: FloatBits, { input, reduced }: Rows): I32 {
  const at = f.local('i32', input);
  const unlikely = f.local('v128', i32x4.const(-1));
  forVectors(f, { count: smaller(reduced, i32.const(sample)), pointers: [at], vectors: 1 }, (load) =>
    f.set(unlikely, v128.and(unlikely, v128.xor(load(at), flipBest))),
  );
  return i32.ne(i32x4.bitmask(unlikely), i32.const(0b1111));
}

interface Taken {
  /** The next number. */
  readonly at: Local<'i32'>;
  /** The extremum of a row, if it has the likely sign. */
  readonly best: Local<'v128'>;
  /** A NaN of all rows that has the other sign, if there is one. */
  readonly other: Local<'v128'>;
}

/** Gives what writes the code that takes a row: many vectors at once, then one by one, then numbers. */
function rowTaker(f: FunctionBuilder, bits: FloatBits, reduced: I32, { at, best, other }: Taken): () => void {
  const bytesOf = (elements: number): Local<'i32'> =>
    f.local('i32', i32.shl(i32.and(reduced, i32.const(-elements)), i32.const(2)));
  const steps = [
    {
      bytes: 4 * turn,
      all: bytesOf(turn),
      load: () => Array.from({ length: turn / 4 }, (_, k) => v128.load(at, 16 * k)),
    },
    { bytes: 16, all: bytesOf(4), load: () => [v128.load(at)] },
    { bytes: 4, all: bytesOf(1), load: () => [v128.load32Splat(at)] },
  ];
  const [row, end] = [f.local('i32'), f.local('i32')];
  const take = (values: readonly V128[]): void => {
    const held = values.map((value) => f.local('v128', value));
    f.set(best, bits.best(best, inPairs(held, bits.best)));
    f.set(other, bits.other(other, inPairs(held, bits.other)));
  };
  return () => {
    f.set(row, at);
    f.set(best, v128.load32Splat(at));
    for (const { bytes, all, load } of steps) {
      f.set(end, i32.add(row, all));
      f.while(i32.ltU(at, end), () => {
        take(load());
        f.increase(at, bytes);
      });
    }
  };
}
