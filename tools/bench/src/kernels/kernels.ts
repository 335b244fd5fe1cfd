import * as tf from '@tensorflow/tfjs-core';
import { type Copy, copyOf } from '../limits/copy.ts';
import { type ArithmeticRates, arithmeticRates } from '../limits/peak.ts';
import { type MeasureOptions, measure } from '../measuring/measure.ts';
import { loadStock, type Tfjs } from '../stock/stock-tfjs.ts';
import { kernelCases } from './cases.ts';
import { Inputs, type KernelCase, type Limit, sizes } from './kernel-case.ts';

/** A kernel at one size: our time ÷ stock's, and how far it is from what the machine can do. */
export interface KernelResult {
  readonly kernel: string;
  readonly variant?: string;
  readonly size: number;
  readonly oursMicroseconds: number;
  readonly stockMicroseconds: number;
  readonly ratio: number;
  readonly interval: readonly [low: number, high: number];
  /** The time that a copy takes to read and write as many bytes. */
  readonly copyMicroseconds?: number;
  /** The time that the arithmetic alone takes at the peak. */
  readonly arithmeticMicroseconds?: number;
  /** Our time ÷ the larger of 1.5 times the copy's and 2 times the arithmetic's: at most 1 meets the bar. */
  readonly ofLimit?: number;
}

/** Which kernels to time, and how. */
export interface KernelOptions extends MeasureOptions {
  /** Only kernels of these names. Default: all. */
  readonly only?: readonly string[];
  /** Only these sizes. Default: all. */
  readonly sizes?: readonly number[];
  /** Told of each result. */
  readonly report?: (result: KernelResult) => void;
}

/** Below this many elements what a call costs hides what an element costs. */
const smallestWithLimit = 262144;

/** Times every kernel on stock and on ours, at each size. */
export async function kernels(options: KernelOptions): Promise<KernelResult[]> {
  const stock = await loadStock('node');
  const rates = arithmeticRates();
  const results: KernelResult[] = [];
  const chosen = kernelCases.filter(({ kernel }) => options.only?.includes(kernel) ?? true);
  for (const kernelCase of chosen) warmUp(kernelCase, stock);
  for (const size of options.sizes ?? sizes) {
    const copy = copyOf(size);
    for (const kernelCase of chosen) {
      const result = timeKernel({ kernelCase, size, stock, copy, rates }, options);
      options.report?.(result);
      results.push(result);
    }
  }
  return results;
}

/** Has the engine optimize what all calls go through, so that the first kernels that are timed do not pay for it. */
function warmUp({ make }: KernelCase, stock: Tfjs): void {
  for (const library of [stock, tf]) {
    const inputs = new Inputs(library, sizes[0] as number);
    const run = make(inputs);
    for (let i = 0; i < 100; i++) library.dispose(run());
    inputs.dispose();
  }
}

interface Setting {
  readonly kernelCase: KernelCase;
  readonly size: number;
  readonly stock: Tfjs;
  readonly copy: Copy;
  readonly rates: ArithmeticRates;
}

function timeKernel({ kernelCase, size, stock, copy, rates }: Setting, options: MeasureOptions): KernelResult {
  const { kernel, variant, limit, make } = kernelCase;
  const [theirs, own] = [new Inputs(stock, size), new Inputs(tf, size)];
  const [runTheirs, runOwn] = [make(theirs), make(own)];
  checkSameShapes(`${kernel} ${variant ?? ''}`, runTheirs(), runOwn());
  const hasLimit = limit !== undefined && size >= smallestWithLimit;
  const variants = {
    stock: () => stock.dispose(runTheirs()),
    ours: () => tf.dispose(runOwn()),
    ...(hasLimit ? { copy: copy.run } : {}),
  };
  const [stockTiming, timing, copyTiming] = measure(variants, { sampleMs: 1, warmUp: 3, warmUpMs: 25, ...options });
  theirs.dispose();
  own.dispose();
  if (stockTiming === undefined || timing === undefined) throw new Error('A variant was not timed.');
  return {
    kernel,
    ...(variant === undefined ? {} : { variant }),
    size,
    oursMicroseconds: timing.median,
    stockMicroseconds: stockTiming.median,
    ratio: timing.ratio,
    interval: timing.interval,
    ...(hasLimit && copyTiming !== undefined
      ? againstLimit(limit, { size, microseconds: timing.median, bytesRate: copy.bytes / copyTiming.median, rates })
      : {}),
  };
}

interface Measured {
  readonly size: number;
  readonly microseconds: number;
  /** Bytes a microsecond of the copy. */
  readonly bytesRate: number;
  readonly rates: ArithmeticRates;
}

/** The two limits of a kernel at a size, and where it stands. */
export function againstLimit(
  { reads, writes, flops = 0, divisions = 0, roots = 0 }: Limit,
  { size, microseconds, bytesRate, rates }: Measured,
): Required<Pick<KernelResult, 'copyMicroseconds' | 'arithmeticMicroseconds' | 'ofLimit'>> {
  const copyMicroseconds = ((reads + writes) * 4 * size) / bytesRate;
  const arithmeticMicroseconds = size * (flops / rates.flops + divisions / rates.divisions + roots / rates.roots);
  const allowed = Math.max(1.5 * copyMicroseconds, 2 * arithmeticMicroseconds);
  return { copyMicroseconds, arithmeticMicroseconds, ofLimit: microseconds / allowed };
}

type Results = tf.Tensor | tf.Tensor[];

/** Frees the results. */
function checkSameShapes(what: string, theirs: Results, own: Results): void {
  const [expected, actual] = [theirs, own].map((results) =>
    [results].flat().map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`),
  );
  for (const result of [theirs, own].flat()) result.dispose();
  if (String(expected) !== String(actual)) throw new Error(`${what} gives ${actual}; that of stock gives ${expected}.`);
}

/** A kernel at one size in several runs. */
export interface KernelVerdict extends KernelResult {
  /** The ratios of all runs. */
  readonly ratios: readonly number[];
  /** Whether the 95 % interval of the ratio lay above 1.10 in every run. */
  readonly slower: boolean;
  /** Our time ÷ what the limits allow, of all runs; none where there is no limit. */
  readonly ofLimits: readonly number[];
  /** Whether it took longer than the limits allow in every run. */
  readonly beyondLimit: boolean;
}

const tolerated = 1.1;

/**
 * Joins runs of the same kernels: one counts as slower, or as beyond its limit, when it was so in every run. Its figures are of the
 * run in which it was the slowest against stock.
 */
export function joinRuns(runs: readonly (readonly KernelResult[])[]): KernelVerdict[] {
  const [first = [], ...others] = runs;
  return first.map((result) => {
    const same = others.map((run) => run.find((other) => keyOf(other) === keyOf(result)));
    const all = [result, ...same.filter((other) => other !== undefined)];
    const ofLimits = all.flatMap(({ ofLimit }) => ofLimit ?? []);
    const worst = all.reduce((a, b) => (b.ratio > a.ratio ? b : a));
    return {
      ...worst,
      ratios: all.map(({ ratio }) => ratio),
      slower: all.length === runs.length && all.every(({ interval }) => interval[0] > tolerated),
      ofLimits,
      beyondLimit: ofLimits.length === runs.length && ofLimits.every((ofLimit) => ofLimit > 1),
    };
  });
}

function keyOf({ kernel, variant, size }: KernelResult): string {
  return `${kernel}|${variant}|${size}`;
}
