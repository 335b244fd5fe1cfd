import { type FunctionBuilder, type I32, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { combineLanes, inPairs } from '../combine.ts';
import { type FloatBits, hasLikely, hasNaN } from './float-bits.ts';
import { loadTurn, turn } from './reduce-row.ts';
import { type Operands, smaller } from './strips.ts';

/** So many numbers of the first row tell whether the likely sign is likely indeed. */
const sample = 1024;

/**
 * Writes the code that finds the extrema of rows, which are not empty, by their bits. It stops where the first numbers of the first
 * row, or all of another row, have the unlikely sign: then others may have it, too.
 *
 * @returns Whether the results are certain; something else may be in their place otherwise.
 */
export function reduceRowsByBits(f: FunctionBuilder, bits: FloatBits, operands: Operands): I32 {
  const { input, output, outer, reduced } = operands;
  const isLikely = f.local('i32', hasLikely(f, bits, input, smaller(reduced, i32.const(sample))));
  const [at, to] = [f.local('i32', input), f.local('i32', output)];
  const end = f.local('i32', i32.add(to, i32.shl(outer, i32.const(2))));
  const taken = { at, best: f.local('v128'), other: f.local('v128', bits.flipOther) };
  const steps = stepsOf(f, at, reduced);
  f.while(i32.and(isLikely, i32.ltU(to, end)), () => {
    takeRow(f, bits, steps, taken);
    const result = combineLanes(f, taken.best, bits.best);
    f.do(v128.store32Lane(0, to, result));
    f.increase(to, 4);
    f.set(isLikely, i32.eqz(i32x4.bitmask(v128.xor(result, bits.flipBest))));
  });
  return i32.and(isLikely, i32.eqz(hasNaN(bits, taken.other)));
}

/** How a part of a row is taken. */
interface RowStep {
  /** So many bytes at once. */
  readonly bytes: number;
  /** Where the part ends, in bytes from the beginning of the row. */
  readonly end: Local<'i32'>;
  readonly load: () => readonly V128[];
}

/** Many vectors at once, then one by one, then numbers. */
function stepsOf(f: FunctionBuilder, at: Local<'i32'>, reduced: I32): readonly RowStep[] {
  const step = (elements: number, load: () => readonly V128[]): RowStep => {
    const end = f.local('i32', i32.shl(i32.and(reduced, i32.const(-elements)), i32.const(2)));
    return { bytes: 4 * elements, end, load };
  };
  return [step(turn, () => loadTurn(at)), step(4, () => [v128.load(at)]), step(1, () => [v128.load32Splat(at)])];
}

interface Taken {
  /** The next number. */
  readonly at: Local<'i32'>;
  /** The extremum of a row, if it has the likely sign. */
  readonly best: Local<'v128'>;
  /** A NaN of all rows that has the other sign, if there is one. */
  readonly other: Local<'v128'>;
}

/** Writes the code that takes a row. */
function takeRow(f: FunctionBuilder, bits: FloatBits, steps: readonly RowStep[], { at, best, other }: Taken): void {
  const [row, below] = [f.local('i32', at), f.local('i32')];
  f.set(best, v128.load32Splat(at));
  for (const { bytes, end, load } of steps) {
    f.set(below, i32.add(row, end));
    f.while(i32.ltU(at, below), () => {
      const values = load().map((value) => f.local('v128', value));
      f.set(best, bits.best(best, inPairs(values, bits.best)));
      f.set(other, bits.other(other, inPairs(values, bits.other)));
      f.increase(at, bytes);
    });
  }
}
