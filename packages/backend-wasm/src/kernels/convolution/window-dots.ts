import {
  type FunctionBuilder,
  f32x4,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { combineLanes } from '../combine.ts';

/** The name of the function that {@link emitWindowDots} adds. */
export const windowDots = 'image/window dots';

/** The stretches of elements in a window must be multiples of so many. */
export const dotElements = 8;

const parameters = {
  pixels: 'i32',
  windows: 'i32',
  origin: 'i32',
  runs: 'i32',
  runCount: 'i32',
  runBytes: 'i32',
  filter: 'i32',
  output: 'i32',
  start: 'i32',
  startRow: 'i32',
} as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/**
 * Adds a function that multiplies windows with a filter of one column: a number for each window, which begins with the one at
 * `start`, `startRow` bytes (0 or 4) from window to window. `pixels` and `runs` are the tables of `WindowLeft`.
 */
export function emitWindowDots(module: ModuleBuilder): void {
  module.function(windowDots, parameters, (f, locals) => {
    const { windows, pixels, output, start, startRow } = locals;
    const window = f.local('i32', i32.const(0));
    for (const count of [4, 1] as const) {
      f.loop(window, { from: window, below: i32.and(windows, i32.const(-count)), step: count }, () => {
        const sums = dots(f, locals, count);
        if (count === 4) storeFour(f, sums, locals);
        else storeOne(f, sums, locals);
        f.increase(pixels, 4 * count);
        f.increase(output, 4 * count);
        f.increase(start, i32.mul(startRow, i32.const(count)));
      });
    }
  });
}

/** The products of so many windows with the filter, each summed up to four numbers: a vector of the filter is read once for all. */
function dots(
  f: FunctionBuilder,
  { pixels, origin, runs, runCount, runBytes, filter }: Locals,
  count: 4 | 1,
): readonly Local<'v128'>[] {
  const [run, offset, end, weights] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('v128')];
  const weightsAt = f.local('i32', filter);
  // Two sums for each window: an addition need not wait for the one before it.
  const windows = Array.from({ length: count }, () => ({
    at: f.local('i32'),
    sums: [f.local('v128'), f.local('v128')] as Pair,
  }));
  for (const { sums } of windows) for (const sum of sums) f.set(sum, f32x4.const(0));
  f.loop(run, { below: runCount }, () => {
    f.set(offset, i32.add(origin, i32.load(i32.add(runs, i32.shl(run, i32.const(2))))));
    for (const [i, { at }] of windows.entries()) f.set(at, i32.add(offset, i32.load(pixels, 4 * i)));
    f.set(end, i32.add(weightsAt, runBytes));
    f.while(i32.ltU(weightsAt, end), () => {
      for (const half of [0, 1] as const) {
        f.set(weights, v128.load(weightsAt, 16 * half));
        for (const { at, sums } of windows) {
          const sum = sums[half];
          f.set(sum, f.multiplyAdd(v128.load(at, 16 * half), weights, sum));
        }
      }
      for (const { at } of windows) f.increase(at, 32);
      f.increase(weightsAt, 32);
    });
  });
  for (const { sums } of windows) f.set(sums[0], f32x4.add(...sums));
  return windows.map(({ sums }) => sums[0]);
}

function storeFour(f: FunctionBuilder, sums: readonly Local<'v128'>[], { output, start, startRow }: Locals): void {
  const result = f.local('v128', totalsOfFour(f, sums));
  f.if(
    startRow,
    () => f.set(result, f32x4.add(result, v128.load(start))),
    () => f.set(result, f32x4.add(result, v128.load32Splat(start))),
  );
  f.do(v128.store(output, result));
}

type Pair = [Local<'v128'>, Local<'v128'>];

/** The sum of the lanes of each of four vectors. */
export function totalsOfFour(f: FunctionBuilder, sums: readonly V128[]): V128 {
  const [a, b, c, d] = sums as readonly [V128, V128, V128, V128];
  const [ab, cd] = [f.local('v128', sumOfTwo(a, b)), f.local('v128', sumOfTwo(c, d))];
  return f32x4.add(i8x16.shuffle32(ab, cd, [0, 1, 4, 5]), i8x16.shuffle32(ab, cd, [2, 3, 6, 7]));
}

/** The lanes of two vectors, summed by pairs: the first pairs of both, then the second ones. */
function sumOfTwo(a: V128, b: V128): V128 {
  return f32x4.add(i8x16.shuffle32(a, b, [0, 4, 1, 5]), i8x16.shuffle32(a, b, [2, 6, 3, 7]));
}

function storeOne(f: FunctionBuilder, [sum]: readonly Local<'v128'>[], { output, start }: Locals): void {
  if (sum === undefined) throw new RangeError('There is no sum to store.');
  const total = combineLanes(f, sum, f32x4.add);
  f.do(v128.store32Lane(0, output, f32x4.add(total, v128.load32Zero(start))));
}
