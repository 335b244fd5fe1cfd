import { type FunctionBuilder, type I32, i32, type Local, type V128, v128 } from '../../emitter/index.ts';
import { combineLanes } from '../combine.ts';
import { join, type Reducer } from './reducers.ts';
import { type Operands, smaller } from './strips.ts';

/** So many numbers are taken at once. */
export const turn = 32;
/** So often before the result joins the others: it keeps rounding errors small. */
const turnsInChunk = 32;

/** Vectors that make a turn. */
export function loadTurn(at: I32): V128[] {
  return Array.from({ length: turn / 4 }, (_, k) => v128.load(at, 16 * k));
}

/** Writes the code that reduces a row: chunks to vectors, these and what is left over to one, and its lanes. */
export function reduceRow(
  f: FunctionBuilder,
  row: Pick<Operands, 'input' | 'output' | 'reduced'>,
  reducer: Reducer,
): void {
  const [at, turns, end] = [f.local('i32', row.input), f.local('i32'), f.local('i32')];
  const total = f.local('v128', reducer.identity);
  const combine = (a: V128, b: V128): V128 => join(f, reducer, a, [b]);
  const take = (value: V128): void => f.set(total, combine(total, value));
  f.set(turns, i32.shrU(row.reduced, i32.const(Math.log2(turn))));
  f.while(turns, () => {
    f.set(end, smaller(turns, i32.const(turnsInChunk)));
    f.set(turns, i32.sub(turns, end));
    f.set(end, i32.add(at, i32.mul(end, i32.const(4 * turn))));
    take(reduceChunk(f, { at, end }, reducer));
  });
  const i = f.local('i32', i32.and(row.reduced, i32.const(-turn)));
  f.loop(i, { from: i, below: i32.and(row.reduced, i32.const(-4)), step: 4 }, () => {
    take(v128.load(at));
    f.increase(at, 16);
  });
  f.set(total, combineLanes(f, total, combine));
  f.loop(i, { from: i, below: row.reduced }, () => {
    take(v128.load32Splat(at));
    f.increase(at, 4);
  });
  f.do(v128.store32Lane(0, row.output, total));
}

interface Chunk {
  readonly at: Local<'i32'>;
  readonly end: Local<'i32'>;
}

/** Reduces a chunk to a vector. */
function reduceChunk(f: FunctionBuilder, { at, end }: Chunk, reducer: Reducer): V128 {
  const part = f.local('v128', reducer.identity);
  f.while(i32.ltU(at, end), () => {
    f.set(part, join(f, reducer, part, loadTurn(at)));
    f.increase(at, 4 * turn);
  });
  return part;
}
