import * as tf from '@tensorflow/tfjs-core';
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
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';

/** What counts as the place of an extremum. */
interface Extremum {
  /** Whether a number takes the place of the best so far; a NaN neither does so nor is replaced. */
  readonly isBetter: (value: V128, best: V128) => V128;
  /** The number, or the best so far if it is not better. */
  readonly better: (best: V128, value: V128) => V128;
  /** False where one is NaN, even of NaN and itself. */
  readonly isSame: (a: V128, b: V128) => V128;
  /** The number that all others are at least as good as. */
  readonly worst: V128;
}

const extrema: Readonly<Record<string, Extremum>> = {
  'ArgMax/float32': {
    isBetter: f32x4.gt,
    better: f32x4.pmax,
    isSame: f32x4.eq,
    worst: f32x4.const(Number.NEGATIVE_INFINITY),
  },
  'ArgMin/float32': {
    isBetter: f32x4.lt,
    better: f32x4.pmin,
    isSame: f32x4.eq,
    worst: f32x4.const(Number.POSITIVE_INFINITY),
  },
  'ArgMax/int32': {
    isBetter: i32x4.gtS,
    better: i32x4.maxS,
    isSame: i32x4.eq,
    worst: i32x4.const(-(2 ** 31)),
  },
  'ArgMin/int32': {
    isBetter: i32x4.ltS,
    better: i32x4.minS,
    isSame: i32x4.eq,
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
          for (const width of [32, 4, 1] as const) {
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

/** So many rows are searched for the best number first, and for its place only at the end. */
const rowsInBlock = 8;
/** The same for the numbers of one row. */
const blockBytes = 4 * 64;

/** The best so far in four lanes, and where the block begins in which each is. */
interface Found {
  readonly best: Local<'v128'>;
  readonly where: Local<'v128'>;
}

/** Searches so many neighbouring columns at once, from the first row down. */
function searchStrip(
  f: FunctionBuilder,
  { input, output, reduced, inner }: Locals,
  column: Local<'i32'>,
  width: 32 | 4 | 1,
  extremum: Extremum,
): void {
  const columnBytes = f.local('i32', i32.shl(column, i32.const(2)));
  const rowBytes = f.local('i32', i32.shl(inner, i32.const(2)));
  const [top, to] = [f.local('i32', i32.add(input, columnBytes)), f.local('i32', i32.add(output, columnBytes))];
  const [at, row, rowOfBlock] = [f.local('i32', top), f.local('i32'), f.local('i32')];
  const value = f.local('v128');
  const load = (k: number): V128 => (width === 1 ? v128.load32Zero(at) : v128.load(at, 16 * k));
  const vectors = Array.from({ length: Math.ceil(width / 4) }, (_, k) => ({
    best: f.local('v128', load(k)),
    where: f.local('v128', i32x4.const(0)),
    inBlock: f.local('v128'),
  }));
  const blocksOf = (rows: 8 | 1): void => {
    const below = f.local('i32', i32.and(reduced, i32.const(-rows)));
    f.loop(row, { from: row, below, step: rows }, () => {
      for (const { inBlock } of vectors) f.set(inBlock, extremum.worst);
      f.loop(rowOfBlock, { below: rows }, () => {
        for (const [k, { inBlock }] of vectors.entries()) f.set(inBlock, extremum.better(inBlock, load(k)));
        f.increase(at, rowBytes);
      });
      f.set(value, i32x4.splat(row));
      for (const vector of vectors) takeBlock(f, vector, vector.inBlock, value, extremum);
    });
  };
  f.set(row, i32.const(0));
  blocksOf(rowsInBlock);
  blocksOf(1);
  const lane = f.local('i32');
  for (const { best, where } of vectors) {
    f.loop(lane, { below: Math.min(width, 4) }, () => {
      f.set(value, i8x16.shuffle32(best, best, [0, 0, 0, 0]));
      f.set(row, i32x4.lane(0, where));
      f.set(at, i32.add(top, i32.mul(row, rowBytes)));
      f.while(isElsewhere(at, value, extremum), () => {
        f.increase(row, 1);
        f.increase(at, rowBytes);
      });
      f.do(i32.store(to, row));
      f.increase(top, 4);
      f.increase(to, 4);
      f.set(best, i8x16.shuffle32(best, best, [1, 2, 3, 0]));
      f.set(where, i8x16.shuffle32(where, where, [1, 2, 3, 0]));
    });
  }
}

/** Takes the best of a block, which starts at a place after those before it. */
function takeBlock(
  f: FunctionBuilder,
  { best, where }: Found,
  inBlock: V128,
  place: V128,
  { isBetter, better }: Extremum,
): void {
  // Places grow, so that the largest of them is the last.
  f.set(where, i32x4.maxS(where, v128.and(isBetter(inBlock, best), place)));
  f.set(best, better(best, inBlock));
}

/** Whether the number at an address is not the best one, which is the same in all lanes; no number is where the best is NaN. */
function isElsewhere(at: I32, best: V128, { isSame }: Extremum): I32 {
  return v128.anyTrue(v128.andNot(isSame(best, best), isSame(v128.load32Splat(at), best)));
}

/** Searches neighbours in blocks, each lane for itself; holds the lanes against each other; searches the best block. */
function searchRow(f: FunctionBuilder, { input, output, reduced }: Locals, extremum: Extremum): void {
  const { isSame, better, worst } = extremum;
  const [at, end] = [f.local('i32', input), f.local('i32', i32.add(input, i32.shl(reduced, i32.const(2))))];
  const place = f.local('v128');
  const found: Found = { best: f.local('v128', v128.load32Splat(at)), where: f.local('v128', i32x4.const(0)) };
  const inBlock = [0, 1, 2, 3].map(() => f.local('v128', worst)) as [Local<'v128'>, ...Local<'v128'>[]];
  const [first, ...others] = inBlock;
  const take = (part: Local<'v128'>, value: V128): void => f.set(part, better(part, value));
  const rest = (bytes: number): I32 => i32.leU(i32.add(at, i32.const(bytes)), end);
  f.while(rest(blockBytes), () => {
    for (const part of inBlock) f.set(part, worst);
    for (let k = 0; k < blockBytes / 64; k++) {
      for (const [i, part] of inBlock.entries()) take(part, v128.load(at, 64 * k + 16 * i));
    }
    for (const part of others) take(first, part);
    takeBlock(f, found, first, i32x4.splat(i32.sub(at, input)), extremum);
    f.increase(at, blockBytes);
  });
  f.set(place, i32x4.splat(i32.sub(at, input)));
  f.set(first, worst);
  for (const [bytes, load] of [[16, v128.load] as const, [4, v128.load32Splat] as const]) {
    f.while(rest(bytes), () => {
      take(first, load(at));
      f.increase(at, bytes);
    });
  }
  takeBlock(f, found, first, place, extremum);
  joinLanes(f, found, extremum);
  f.set(at, i32.add(input, i32x4.lane(0, found.where)));
  const isNumber = v128.anyTrue(isSame(found.best, found.best));
  const goesOn = f.local('i32', i32.and(isNumber, rest(16)));
  f.while(goesOn, () => {
    f.if(
      v128.anyTrue(isSame(v128.load(at), found.best)),
      () => f.set(goesOn, i32.const(0)),
      () => {
        f.increase(at, 16);
        f.set(goesOn, rest(16));
      },
    );
  });
  f.while(isElsewhere(at, found.best, extremum), () => f.increase(at, 4));
  f.set(place, i32x4.splat(i32.shrU(i32.sub(at, input), i32.const(2))));
  f.do(v128.store32Lane(0, output, place));
}

/** Makes all lanes the best of them and, of equals, the first place. */
function joinLanes(f: FunctionBuilder, { best, where }: Found, { isBetter, better, isSame }: Extremum): void {
  const [other, otherPlace] = [f.local('v128'), f.local('v128')];
  for (const lanes of [[2, 3, 0, 1] as const, [1, 0, 3, 2] as const]) {
    f.set(other, i8x16.shuffle32(best, best, lanes));
    f.set(otherPlace, i8x16.shuffle32(where, where, lanes));
    const earlier = f.local('v128', v128.select(isSame(best, other), i32x4.minU(where, otherPlace), where));
    f.set(where, v128.select(isBetter(other, best), otherPlace, earlier));
    f.set(best, better(best, other));
  }
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
