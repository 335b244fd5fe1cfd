import * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  f32x4,
  i8x16,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

/** What counts as the place of an extremum. */
interface Extremum {
  /** Whether a number takes the place of the best so far; a NaN neither does so nor is replaced. */
  readonly isBetter: (value: V128, best: V128) => V128;
  /** The number, or the best so far if it is not better. */
  readonly better: (best: V128, value: V128) => V128;
  readonly isNumber: (value: V128) => V128;
  /** The number that all others are at least as good as. */
  readonly worst: V128;
}

const extrema: Readonly<Record<string, Extremum>> = {
  'ArgMax/float32': {
    isBetter: f32x4.gt,
    better: f32x4.pmax,
    isNumber: (x) => f32x4.eq(x, x),
    worst: f32x4.const(Number.NEGATIVE_INFINITY),
  },
  'ArgMin/float32': {
    isBetter: f32x4.lt,
    better: f32x4.pmin,
    isNumber: (x) => f32x4.eq(x, x),
    worst: f32x4.const(Number.POSITIVE_INFINITY),
  },
  'ArgMax/int32': {
    isBetter: i32x4.gtS,
    better: i32x4.maxS,
    isNumber: (x) => i32x4.eq(x, x),
    worst: i32x4.const(-(2 ** 31)),
  },
  'ArgMin/int32': {
    isBetter: i32x4.ltS,
    better: i32x4.minS,
    isNumber: (x) => i32x4.eq(x, x),
    worst: i32x4.const(2 ** 31 - 1),
  },
};

/** Where the largest and smallest elements along an axis are: the first of them. */
export const argExtremumFamily: KernelFamily = {
  emit(module) {
    for (const [name, extremum] of Object.entries(extrema)) emitArgExtremum(module, name, extremum);
  },
  kernels: (runtime) => ({
    ArgMax: argExtremumKernel(runtime, 'ArgMax'),
    ArgMin: argExtremumKernel(runtime, 'ArgMin'),
  }),
};

const parameters = { input: 'i32', output: 'i32', outer: 'i32', reduced: 'i32', inner: 'i32' } as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** Adds `name(input, output, outer, reduced, inner)` for the middle axis, not empty, of a dense [outer, reduced, inner]. */
function emitArgExtremum(module: ModuleBuilder, name: string, extremum: Extremum): void {
  module.function(name, parameters, (f, locals) => {
    const { input, output, outer, reduced, inner } = locals;
    const [i, column] = [f.local('i32'), f.local('i32')];
    f.loop(i, { below: outer }, () => {
      f.if(
        i32.eq(inner, i32.const(1)),
        () => searchRow(f, locals, extremum),
        () => {
          f.set(column, i32.const(0));
          for (const width of [16, 4, 1] as const) {
            const below = i32.and(inner, i32.const(-width));
            f.loop(column, { from: column, below, step: width }, () => searchStrip(f, locals, column, width, extremum));
          }
        },
      );
      f.increase(input, i32.shl(i32.mul(reduced, inner), i32.const(2)));
      f.increase(output, i32.shl(inner, i32.const(2)));
    });
  });
}

/** Searches so many neighbouring columns at once, from the first row down. */
function searchStrip(
  f: FunctionBuilder,
  { input, output, reduced, inner }: Locals,
  column: Local<'i32'>,
  width: 16 | 4 | 1,
  { isBetter, better }: Extremum,
): void {
  const columnBytes = f.local('i32', i32.shl(column, i32.const(2)));
  const [at, to] = [f.local('i32', i32.add(input, columnBytes)), f.local('i32', i32.add(output, columnBytes))];
  const [row, value, place] = [f.local('i32'), f.local('v128'), f.local('v128')];
  const load = (k: number): V128 => (width === 1 ? v128.load32Zero(at) : v128.load(at, 16 * k));
  const vectors = Array.from({ length: Math.ceil(width / 4) }, (_, k) => ({
    best: f.local('v128', load(k)),
    where: f.local('v128', i32x4.const(0)),
  }));
  f.loop(row, { from: 1, below: reduced }, () => {
    f.increase(at, i32.shl(inner, i32.const(2)));
    f.set(place, i32x4.splat(row));
    for (const [k, { best, where }] of vectors.entries()) {
      f.set(value, load(k));
      // Places grow, so that the largest of them is the last.
      f.set(where, i32x4.maxS(where, v128.and(isBetter(value, best), place)));
      f.set(best, better(best, value));
    }
  });
  for (const [k, { where }] of vectors.entries()) {
    f.do(width === 1 ? v128.store32Lane(0, to, where) : v128.store(to, where, 16 * k));
  }
}

const nowhere = -1;

/** The best so far in four lanes, and where each is. */
interface Found {
  readonly best: Local<'v128'>;
  readonly where: Local<'v128'>;
}

/** Searches neighbours, sixteen at once, each lane for itself; then the lanes are held against each other. */
function searchRow(
  f: FunctionBuilder,
  { input, output, reduced }: Locals,
  { isBetter, better, isNumber, worst }: Extremum,
): void {
  const at = f.local('i32', input);
  const vectors: readonly Found[] = [0, 1, 2, 3].map(() => ({
    best: f.local('v128', worst),
    where: f.local('v128', i32x4.const(0)),
  }));
  const [first] = vectors as [Found];
  // Counted from 1: 0 is nowhere.
  const places = f.local('v128', i32x4.lanes(1, 2, 3, 4));
  const [value, k] = [f.local('v128'), f.local('i32')];
  const whole = f.local('i32', i32.and(reduced, i32.const(-4)));
  const take = (loaded: V128, { best, where }: Found): void => {
    f.set(value, loaded);
    // Places grow, so that the largest of them is the last.
    f.set(where, i32x4.maxS(where, v128.and(isBetter(value, best), places)));
    f.set(best, better(best, value));
  };
  const takeFour = (vector: Found): void => {
    take(v128.load(at), vector);
    f.set(places, i32x4.add(places, f.constant(i32x4.const(4))));
    f.increase(at, 16);
  };
  f.loop(k, { below: i32.and(reduced, i32.const(-16)), step: 16 }, () => vectors.forEach(takeFour));
  f.loop(k, { from: k, below: whole, step: 4 }, () => takeFour(first));
  const join = (other: V128, otherPlace: V128): void => {
    const { best, where } = first;
    const isWorse = f.local('v128', isBetter(best, other));
    const isSame = v128.not(v128.or(isBetter(other, best), isWorse));
    // Of equals the first counts; as unsigned numbers all places are before nowhere.
    const earlier = f.local('v128', v128.select(isSame, i32x4.minU(where, otherPlace), otherPlace));
    f.set(where, v128.select(isWorse, where, earlier));
    f.set(best, better(best, other));
  };
  for (const { where } of vectors) f.set(where, i32x4.sub(where, i32x4.const(1)));
  for (const { best, where } of vectors.slice(1)) join(best, where);
  const shuffled = (x: V128, lanes: readonly [number, number, number, number]): V128 =>
    f.local('v128', i8x16.shuffle32(x, x, lanes));
  for (const lanes of [[2, 3, 0, 1] as const, [1, 0, 3, 2] as const]) {
    join(shuffled(first.best, lanes), shuffled(first.where, lanes));
  }
  f.loop(k, { from: whole, below: reduced }, () => {
    const place = i32x4.splat(k);
    f.set(value, v128.load32Splat(at));
    f.set(first.where, v128.select(isBetter(value, first.best), place, first.where));
    f.set(first.best, better(first.best, value));
    f.increase(at, 4);
  });
  // All as bad as can be: the first. So is a NaN that is the first.
  f.set(value, v128.load32Splat(input));
  const never = v128.or(i32x4.eq(first.where, i32x4.const(nowhere)), v128.not(isNumber(value)));
  f.do(v128.store32Lane(0, output, v128.andNot(first.where, never)));
}

function argExtremumKernel({ heap, generated, stock }: Runtime, name: 'ArgMax' | 'ArgMin'): tf.KernelFunc {
  const run = { float32: generated(`${name}/float32`), int32: generated(`${name}/int32`) };
  const clear = generated('clear');
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return stock(name)(params);
    const { axis } = params.attrs as unknown as tf.ArgMaxAttrs;
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const output = heap.allocate(
      x.shape.filter((_, i) => i !== along),
      'int32',
    );
    const reduced = x.shape[along] ?? 1;
    const [outer, inner] = [sizeOf(x.shape.slice(0, along)), sizeOf(x.shape.slice(along + 1))];
    if (reduced === 0) clear(heap.address(output), 4 * outer * inner);
    else run[x.dtype](heap.address(x), heap.address(output), outer, reduced, inner);
    return output;
  };
}
