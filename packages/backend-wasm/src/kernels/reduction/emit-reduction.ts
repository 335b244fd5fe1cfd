import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i8x16,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import { type Reducer, reducers } from './reducers.ts';

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

/** Some vectors of running results. */
class Accumulators {
  readonly #f: FunctionBuilder;
  readonly #reducer: Reducer;
  readonly #parts: readonly Local<'v128'>[];
  /** Lanes of ones as long as no NaN was among the numbers; there only where NaN needs care. */
  readonly #numbers: readonly Local<'v128'>[];
  readonly #value: Local<'v128'>;

  constructor(f: FunctionBuilder, reducer: Reducer, count: number) {
    const make = (): Local<'v128'>[] => Array.from({ length: count }, () => f.local('v128'));
    this.#f = f;
    this.#reducer = reducer;
    this.#parts = make();
    this.#numbers = reducer.combineNumbers === undefined ? [] : make();
    this.#value = f.local('v128');
  }

  /** Writes the code that begins again. */
  clear(): void {
    for (const part of this.#parts) this.#f.set(part, this.#reducer.identity);
    for (const mask of this.#numbers) this.#f.set(mask, i32x4.const(-1));
  }

  /** Writes the code that takes one more vector for each accumulator. */
  take(load: (k: number) => V128): void {
    const { combine, combineNumbers } = this.#reducer;
    for (const [k, part] of this.#parts.entries()) {
      const mask = this.#numbers[k];
      if (mask === undefined || combineNumbers === undefined) {
        this.#f.set(part, combine(part, load(k)));
      } else {
        this.#f.set(this.#value, load(k));
        this.#f.set(part, combineNumbers(part, this.#value));
        this.#f.set(mask, v128.and(mask, f32x4.eq(this.#value, this.#value)));
      }
    }
  }

  /** What came of an accumulator: NaN where one was among the numbers. */
  result(k: number): V128 {
    const [part, mask] = [this.#parts[k], this.#numbers[k]];
    if (part === undefined) throw new RangeError(`There is no accumulator ${k}.`);
    return mask === undefined ? part : v128.select(mask, part, f32x4.const(Number.NaN));
  }
}

/** Reduces `reduced` neighbours to one number. */
function reduceRow(f: FunctionBuilder, { input, output, reduced }: Locals, reducer: Reducer): void {
  const { identity, combine } = reducer;
  const [i, end] = [f.local('i32'), f.local('i32')];
  const at = f.local('i32', input);
  const total = f.local('v128', identity);
  const parts = new Accumulators(f, reducer, 4);
  const whole = f.local('i32', i32.and(reduced, i32.const(-16)));
  f.set(i, i32.const(0));
  f.while(i32.ltS(i, whole), () => {
    f.set(end, smaller(i32.add(i, i32.const(chunk)), whole));
    parts.clear();
    f.while(i32.ltS(i, end), () => {
      parts.take((k) => v128.load(at, 16 * k));
      f.increase(at, 64);
      f.increase(i, 16);
    });
    for (const k of [0, 1, 2, 3]) f.set(total, combine(total, parts.result(k)));
  });
  f.loop(i, { from: whole, below: i32.and(reduced, i32.const(-4)), step: 4 }, () => {
    f.set(total, combine(total, v128.load(at)));
    f.increase(at, 16);
  });
  f.set(total, combine(total, i8x16.shuffle32(total, total, [2, 3, 0, 1])));
  f.set(total, combine(total, i8x16.shuffle32(total, total, [1, 0, 3, 2])));
  f.loop(i, { from: i32.and(reduced, i32.const(-4)), below: reduced }, () => {
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
    combineRows(f, reducer, { from, to: scratch, count, inner, rowBytes });
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
      f.if(i32.eqz(isOneBlock), () =>
        combineRows(f, reducer, { from: scratch, to: output, count: 1, inner, rowBytes }),
      );
    });
    f.increase(input, i32.mul(reduced, rowBytes));
    f.increase(output, rowBytes);
  });
}

function fillRow(f: FunctionBuilder, address: I32, count: I32, { identity }: Reducer): void {
  const to = f.local('i32', address);
  forFours(f, count, (bytes, _, store) => {
    store(to, identity);
    f.increase(to, bytes);
  });
}

interface Rows {
  readonly from: I32;
  readonly to: I32;
  readonly count: 8 | 1;
  readonly inner: I32;
  readonly rowBytes: I32;
}

/** Combines so many rows with a row of results. */
function combineRows(f: FunctionBuilder, reducer: Reducer, { from, to, count, inner, rowBytes }: Rows): void {
  const [first, target, at] = [f.local('i32', from), f.local('i32', to), f.local('i32')];
  const parts = new Accumulators(f, reducer, 1);
  forFours(f, inner, (bytes, load, store) => {
    parts.clear();
    f.set(at, first);
    for (let k = 0; k < count; k++) {
      parts.take(() => load(at));
      if (k < count - 1) f.increase(at, rowBytes);
    }
    store(target, reducer.combine(load(target), parts.result(0)));
    f.increase(first, bytes);
    f.increase(target, bytes);
  });
}

function smaller(a: I32, b: I32): I32 {
  return i32.select(i32.ltS(a, b), a, b);
}
