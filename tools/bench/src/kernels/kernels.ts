import * as tf from '@tensorflow/tfjs-core';
import { type Copy, copyOf } from '../limits/copy.ts';
import { type ArithmeticLoops, arithmeticLoops } from '../limits/peak.ts';
import { joinSamples, type MeasureOptions, type Samples, sample, shares, summarize } from '../measuring/measure.ts';
import { median } from '../measuring/median.ts';
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
  /**
   * The median over the rounds of our time ÷ the larger of 1.5 times the copy's and 2 times the arithmetic's: at most 1 meets the
   * bar.
   */
  readonly ofLimit?: number;
}

/** Which kernels to time, and how. */
export interface KernelOptions extends MeasureOptions {
  /** Only kernels of these names. Default: all. */
  readonly only?: readonly string[];
  /** Only these sizes. Default: all. */
  readonly sizes?: readonly number[];
  /** Told of what is timed. */
  readonly report?: (title: string) => void;
}

/** Below this many elements what a call costs hides what an element costs. */
const smallestWithLimit = 262144;

/** All kernels are timed so often, each time in a part of the rounds: a slow minute of the machine hits one part of each. */
const passes = 3;

/** Times every kernel on stock and on ours, at each size. */
export async function kernels(options: KernelOptions): Promise<KernelResult[]> {
  const stock = await loadStock('node');
  const loops = arithmeticLoops();
  const chosen = kernelCases.filter(({ kernel }) => options.only?.includes(kernel) ?? true);
  for (const kernelCase of chosen) warmUp(kernelCase, stock);
  const settings = (options.sizes ?? sizes).flatMap((size) => {
    const copy = copyOf(size);
    return chosen.map((kernelCase): Setting => ({ kernelCase, size, stock, copy, loops }));
  });
  const samples = settings.map((): Samples[] => []);
  for (const rounds of shares(options.rounds, passes)) {
    for (const [i, setting] of settings.entries()) {
      const { kernelCase, size } = setting;
      options.report?.(`${kernelCase.kernel} ${kernelCase.variant ?? ''} ${size}`);
      samples[i]?.push(sampleKernel(setting, { ...options, rounds }));
    }
  }
  return settings.map((setting, i) => resultOf(setting, joinSamples(samples[i] ?? [])));
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
  readonly loops: ArithmeticLoops;
}

/** Times a kernel beside stock and, where it has a limit, beside what bounds it. */
function sampleKernel(setting: Setting, options: MeasureOptions): Samples {
  const { kernelCase, size, stock } = setting;
  const { kernel, variant, make } = kernelCase;
  const [theirs, own] = [new Inputs(stock, size), new Inputs(tf, size)];
  const [runTheirs, runOwn] = [make(theirs), make(own)];
  checkSameShapes(`${kernel} ${variant ?? ''}`, runTheirs(), runOwn());
  const variants = {
    stock: () => stock.dispose(runTheirs()),
    ours: () => tf.dispose(runOwn()),
    ...boundsOf(setting),
  };
  const samples = sample(variants, { sampleMs: 1, warmUp: 2, warmUpMs: 15, ...options });
  theirs.dispose();
  own.dispose();
  return samples;
}

/** What a kernel with a limit is timed beside. */
function boundsOf({ kernelCase, size, copy, loops }: Setting): Readonly<Record<string, () => void>> {
  const limit = limitOf(kernelCase, size);
  if (limit === undefined) return {};
  const kinds = operations.filter((kind) => limit[kind] !== undefined);
  return { copy: copy.run, ...Object.fromEntries(kinds.map((kind) => [kind, loops[kind].run])) };
}

function limitOf({ limit }: KernelCase, size: number): Limit | undefined {
  return size < smallestWithLimit ? undefined : limit;
}

function resultOf({ kernelCase, size, copy, loops }: Setting, samples: Samples): KernelResult {
  const { kernel, variant } = kernelCase;
  const [stockTiming, timing] = summarize(samples);
  if (stockTiming === undefined || timing === undefined) throw new Error('A variant was not timed.');
  const limit = limitOf(kernelCase, size);
  return {
    kernel,
    ...(variant === undefined ? {} : { variant }),
    size,
    oursMicroseconds: timing.median,
    stockMicroseconds: stockTiming.median,
    ratio: timing.ratio,
    interval: timing.interval,
    ...(limit === undefined ? {} : againstLimit(limit, samples, { size, copy, loops })),
  };
}

const operations = ['flops', 'divisions', 'roots'] as const;

/** What the runs of the bounds do. */
interface Bounds {
  readonly size: number;
  readonly copy: Pick<Copy, 'bytes'>;
  readonly loops: Readonly<Record<(typeof operations)[number], { readonly operations: number }>>;
}

/** The two limits of a kernel at a size, and where it stands. */
export function againstLimit(
  limit: Limit,
  samples: Samples,
  { size, copy, loops }: Bounds,
): Required<Pick<KernelResult, 'copyMicroseconds' | 'arithmeticMicroseconds' | 'ofLimit'>> {
  const bytes = (limit.reads + limit.writes) * 4 * size;
  const copies = (samples.copy ?? []).map((time) => (time / copy.bytes) * bytes);
  const arithmetics = copies.map((_, round) =>
    operations.reduce((sum, kind) => {
      const time = samples[kind]?.[round] ?? 0;
      return sum + (time / loops[kind].operations) * size * (limit[kind] ?? 0);
    }, 0),
  );
  const ofLimits = (samples.ours ?? []).map(
    (time, round) => time / Math.max(1.5 * (copies[round] ?? 0), 2 * (arithmetics[round] ?? 0)),
  );
  return {
    copyMicroseconds: median(copies),
    arithmeticMicroseconds: median(arithmetics),
    ofLimit: median(ofLimits),
  };
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
