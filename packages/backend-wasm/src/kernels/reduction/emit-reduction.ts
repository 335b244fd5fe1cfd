import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import { combineEightRows, combineRow, fillRow } from './combine-rows.ts';
import { type Reducer, reducers } from './reducers.ts';
import { RunningResults } from './running-results.ts';

const parameters = {
  input: 'i32',
  output: 'i32',
  outer: 'i32',
  reduced: 'i32',
  inner: 'i32',
  scratch: 'i32',
} as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** So many numbers are reduced one after the other before the result joins the others: it keeps rounding errors small. */
const chunk = 1024;
const rowsInBlock = 128;

/** How many bytes of scratch memory a reduction of the middle axis of [outer, reduced, inner] needs. */
export function scratchOfReduction(reduced: number, inner: number): number {
  return inner > 1 && reduced > rowsInBlock ? 4 * inner : 0;
}

/**
 * Adds a function for every reducer, `name(input, output, outer, reduced, inner, scratch)`: the middle axis of a dense
 * [outer, reduced, inner] is reduced.
 */
export function emitReductions(module: ModuleBuilder): void {
  for (const [name, reducer] of Object.entries(reducers)) {
    module.function(name, parameters, (f, locals) => {
      const { input, outer, reduced, inner } = locals;
      const i = f.local('i32');
      f.if(
        i32.eq(inner, i32.const(1)),
        () =>
          f.loop(i, { below: outer }, () => {
            reduceRow(f, locals, reducer);
            f.increase(input, i32.shl(reduced, i32.const(2)));
            f.increase(locals.output, 4);
          }),
        () => reduceColumns(f, locals, reducer),
      );
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

/** Reduces `reduced` neighbours to one number. */
function reduceRow(f: FunctionBuilder, { input, output, reduced }: Locals, reducer: Reducer): void {
  const { identity, combine } = reducer;
  const [left, end, start] = [f.local('i32', i32.and(reduced, i32.const(-16))), f.local('i32'), f.local('i32')];
  const at = f.local('i32', input);
  const total = f.local('v128', identity);
  const running = new RunningResults(f, reducer, 4);
  const takeVector = (address: Local<'i32'>): void => {
    f.set(total, combine(total, v128.load(address)));
    f.increase(address, 16);
  };
  f.while(i32.gtS(left, i32.const(0)), () => {
    f.set(start, at);
    f.set(end, i32.add(at, i32.shl(smaller(left, i32.const(chunk)), i32.const(2))));
    running.clear();
    f.while(i32.ltU(at, end), () => {
      running.take((k) => v128.load(at, 16 * k));
      f.increase(at, 64);
    });
    f.increase(left, i32.const(-chunk));
    running.join();
    running.finish(
      (joined) => f.set(total, joined(total, running.first)),
      () => f.while(i32.ltU(start, at), () => takeVector(start)),
    );
  });
  const i = f.local('i32');
  const fours = i32.and(reduced, i32.const(-4));
  f.loop(i, { from: i32.and(reduced, i32.const(-16)), below: fours, step: 4 }, () => takeVector(at));
  f.set(total, combine(total, i8x16.shuffle32(total, total, [2, 3, 0, 1])));
  f.set(total, combine(total, i8x16.shuffle32(total, total, [1, 0, 3, 2])));
  f.loop(i, { from: fours, below: reduced }, () => {
    f.set(total, combine(total, v128.load32Splat(at)));
    f.increase(at, 4);
  });
  f.do(v128.store32Lane(0, output, total));
}

/**
 * Reduces rows of `inner` numbers to one row. Memory is read in its order: eight rows at once go into a row of results, and the
 * results of each block of rows into those of all.
 */
function reduceColumns(f: FunctionBuilder, locals: Locals, reducer: Reducer): void {
  const { input, output, outer, reduced, inner, scratch } = locals;
  const [i, row, block, end] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const from = f.local('i32');
  const rowBytes = f.local('i32', i32.shl(inner, i32.const(2)));
  const takeRows = (count: 8 | 1): void => {
    const combineRows = count === 8 ? combineEightRows : combineRow;
    combineRows(f, reducer, { from, to: scratch, inner });
    f.increase(from, i32.mul(rowBytes, i32.const(count)));
    f.increase(row, count);
  };
  const isOneBlock = i32.leS(reduced, i32.const(rowsInBlock));
  f.loop(i, { below: outer }, () => {
    f.set(from, input);
    fillRow(f, output, inner, reducer);
    f.loop(block, { below: reduced, step: rowsInBlock }, () => {
      f.if(isOneBlock, () => f.set(scratch, output));
      f.if(i32.eqz(isOneBlock), () => fillRow(f, scratch, inner, reducer));
      f.set(row, block);
      f.set(end, smaller(i32.add(block, i32.const(rowsInBlock)), reduced));
      f.while(i32.leS(i32.add(row, i32.const(8)), end), () => takeRows(8));
      f.while(i32.ltS(row, end), () => takeRows(1));
      f.if(i32.eqz(isOneBlock), () => combineRow(f, reducer, { from: scratch, to: output, inner }));
    });
    f.increase(input, i32.mul(reduced, rowBytes));
    f.increase(output, rowBytes);
  });
}

function smaller(a: I32, b: I32): I32 {
  return i32.select(i32.ltS(a, b), a, b);
}
