import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import { type Reducer, reducers } from './reducers.ts';

const parameters = { input: 'i32', output: 'i32', outer: 'i32', reduced: 'i32', inner: 'i32' } as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** So many numbers are reduced one after the other before the result joins the others: it keeps rounding errors small. */
const chunk = 1024;

/**
 * Adds a function for every reducer, `name(input, output, outer, reduced, inner)`: the middle axis of a dense
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

/** Adds `scale(address, count, factor)`, which multiplies numbers where they are. */
export function emitScale(module: ModuleBuilder): void {
  module.function('scale', { address: 'i32', count: 'i32', factor: 'f32' }, (f, { address, count, factor }) => {
    const times = f.local('v128', f32x4.splat(factor));
    forFours(f, count, (bytes, load, store) => {
      store(address, f32x4.mul(load(address), times));
      f.increase(address, bytes);
    });
  });
}

/** Reduces `reduced` neighbours to one number. */
function reduceRow(f: FunctionBuilder, { input, output, reduced }: Locals, { identity, combine }: Reducer): void {
  const [i, end] = [f.local('i32'), f.local('i32')];
  const at = f.local('i32', input);
  const total = f.local('v128', identity);
  const parts = [0, 1, 2, 3].map(() => f.local('v128'));
  const whole = f.local('i32', i32.and(reduced, i32.const(-16)));
  f.set(i, i32.const(0));
  f.while(i32.ltS(i, whole), () => {
    f.set(end, smaller(i32.add(i, i32.const(chunk)), whole));
    for (const part of parts) f.set(part, identity);
    f.while(i32.ltS(i, end), () => {
      for (const [k, part] of parts.entries()) f.set(part, combine(part, v128.load(at, 16 * k)));
      f.increase(at, 64);
      f.increase(i, 16);
    });
    for (const part of parts) f.set(total, combine(total, part));
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

/** Reduces rows of `inner` numbers to one row: sixteen columns at a time, then four, then one. */
function reduceColumns(f: FunctionBuilder, locals: Locals, reducer: Reducer): void {
  const { input, output, outer, reduced, inner } = locals;
  const [i, column] = [f.local('i32'), f.local('i32')];
  const rowBytes = f.local('i32', i32.shl(inner, i32.const(2)));
  const strip = (width: 16 | 4 | 1, from: I32, below: I32): void =>
    f.loop(column, { from, below, step: width }, () => reduceStrip(f, locals, reducer, width, rowBytes, column));
  f.loop(i, { below: outer }, () => {
    strip(16, i32.const(0), i32.and(inner, i32.const(-16)));
    strip(4, i32.and(inner, i32.const(-16)), i32.and(inner, i32.const(-4)));
    strip(1, i32.and(inner, i32.const(-4)), inner);
    f.increase(input, i32.mul(reduced, rowBytes));
    f.increase(output, rowBytes);
  });
}

function reduceStrip(
  f: FunctionBuilder,
  { input, output, reduced }: Locals,
  { identity, combine }: Reducer,
  width: 16 | 4 | 1,
  rowBytes: I32,
  column: I32,
): void {
  const vectors = width === 16 ? [0, 1, 2, 3] : [0];
  const [totals, parts] = [vectors.map(() => f.local('v128')), vectors.map(() => f.local('v128'))];
  const [row, end] = [f.local('i32'), f.local('i32')];
  const at = f.local('i32', i32.add(input, i32.shl(column, i32.const(2))));
  const load = (k: number): V128 => (width === 1 ? v128.load32Zero(at) : v128.load(at, 16 * k));
  for (const total of totals) f.set(total, identity);
  f.set(row, i32.const(0));
  f.while(i32.ltS(row, reduced), () => {
    f.set(end, smaller(i32.add(row, i32.const(chunk / 4)), reduced));
    for (const part of parts) f.set(part, identity);
    f.while(i32.ltS(row, end), () => {
      for (const [k, part] of parts.entries()) f.set(part, combine(part, load(k)));
      f.increase(at, rowBytes);
      f.increase(row, 1);
    });
    for (const [k, part] of parts.entries()) {
      const total = totals[k];
      if (total !== undefined) f.set(total, combine(total, part));
    }
  });
  const to = f.local('i32', i32.add(output, i32.shl(column, i32.const(2))));
  for (const [k, total] of totals.entries()) {
    f.do(width === 1 ? v128.store32Lane(0, to, total) : v128.store(to, total, 16 * k));
  }
}

function smaller(a: I32, b: I32): I32 {
  return i32.select(i32.ltS(a, b), a, b);
}
