import { type FunctionBuilder, f32x4, i32, type Local, type V128 } from '../../../emitter/index.ts';

/** Filters of so many columns have functions of their own. */
export const slidingTaps = [3, 5] as const;
export type SlidingTaps = (typeof slidingTaps)[number];

/** How many windows are worked on at a time: a row of windows must have as many. */
export const groupWindows = 4;

/**
 * Rows of windows on images of one channel, each window one position behind the one before it. A pixel has the many channels of
 * the results. All distances are in bytes.
 */
export const lineParameters = {
  origin: 'i32',
  images: 'i32',
  imageBytes: 'i32',
  lines: 'i32',
  lineBytes: 'i32',
  windows: 'i32',
  tapRows: 'i32',
  tapRowBytes: 'i32',
  pixelBytes: 'i32',
} as const;
export type Lines = { readonly [K in keyof typeof lineParameters]: Local<'i32'> };

/** Runs code for every row of windows: gets the address of its first window. */
export function forLines(
  f: FunctionBuilder,
  { origin, images, imageBytes, lines, lineBytes }: Lines,
  body: (line: Local<'i32'>) => void,
): void {
  const [image, line, at] = integers(f, 3);
  f.loop(image, { below: images }, () => {
    f.set(at, origin);
    f.loop(line, { below: lines }, () => {
      body(at);
      f.increase(at, lineBytes);
    });
    f.increase(origin, imageBytes);
  });
}

/** Runs code for the first window of each group; the last group overlaps the one before it where they do not come out even. */
export function forGroups(f: FunctionBuilder, windows: Local<'i32'>, body: (first: Local<'i32'>) => void): void {
  const [window, first, last] = integers(f, 3);
  f.set(last, i32.sub(windows, i32.const(groupWindows)));
  f.loop(window, { below: windows, step: groupWindows }, () => {
    f.set(first, i32.select(i32.ltS(last, window), last, window));
    body(first);
  });
}

/** What each sum is increased by: the window's values times the weights. It is added up first, which keeps what is waited for short. */
export function addWindows(
  f: FunctionBuilder,
  sums: readonly Local<'v128'>[],
  values: readonly V128[],
  weights: readonly V128[],
): void {
  for (const [i, sum] of sums.entries()) {
    const [first, ...others] = weights.map((weight, tap) => [values[i + tap] as V128, weight] as const);
    if (first === undefined) continue;
    const products = others.reduce<V128>((product, [a, b]) => f.multiplyAdd(a, b, product), f32x4.mul(...first));
    f.set(sum, f32x4.add(sum, products));
  }
}

type Integers<Count extends number, T extends Local<'i32'>[] = []> = number extends Count
  ? Local<'i32'>[]
  : T['length'] extends Count
    ? T
    : Integers<Count, [...T, Local<'i32'>]>;

/** Variables for addresses and counts. */
export function integers<Count extends number>(f: FunctionBuilder, count: Count): Integers<Count> {
  return Array.from({ length: count }, () => f.local('i32')) as Integers<Count>;
}

/** Variables for vectors. */
export function vectors(f: FunctionBuilder, count: number): readonly Local<'v128'>[] {
  return Array.from({ length: count }, () => f.local('v128'));
}
