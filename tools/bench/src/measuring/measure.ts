import { bootstrapInterval, median } from './median.ts';

/** How a benchmark is run. */
export interface MeasureOptions {
  /** How many times all variants run in turn. */
  readonly rounds: number;
  /** How many calls of a variant make one timing. Default: as many as take `sampleMs`, found for each variant. */
  readonly calls?: number;
  /** How long one timing takes at least, in milliseconds. Default: 2. */
  readonly sampleMs?: number;
  /** Rounds at the beginning that do not count, while the engine still compiles. Default: 5. */
  readonly warmUp?: number;
  /** How long each variant runs before anything is timed, in milliseconds: until the engine has optimized it. Default: 0. */
  readonly warmUpMs?: number;
}

/** How a benchmark is run whose variants may have to be waited for. */
export interface AsyncMeasureOptions extends MeasureOptions {
  /** Runs before a variant does, and does not count: what the variant needs to be as it is, such as its backend. */
  readonly before?: (variant: string) => Promise<void>;
}

/** The timings of one variant, in microseconds a call. */
export interface Timing {
  readonly name: string;
  readonly median: number;
  readonly fastest: number;
  /** The median over the rounds of (this variant − the first variant). */
  readonly extra: number;
  /** The median over the rounds of (this variant ÷ the first variant). */
  readonly ratio: number;
  /** The 95 % interval of that median, by bootstrap over the rounds. */
  readonly interval: readonly [low: number, high: number];
}

/** Variants of the same work, by name. */
export type Variants = Readonly<Record<string, () => void>>;

/** Variants of the same work of which some have to be waited for. */
export type AsyncVariants = Readonly<Record<string, () => void | Promise<void>>>;

/** The timings of variants, in microseconds a call: of each variant one for every round. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/**
 * Times variants of the same work side by side: in every round each variant runs once, beginning with another one each
 * time, so that a slow moment of the machine hits all of them.
 */
export function sample(variants: Variants, options: MeasureOptions): Samples {
  const names = Object.keys(variants);
  const counts = names.map((name) => {
    const run = variants[name] as () => void;
    runFor(run, options.warmUpMs ?? 0);
    return options.calls ?? callsFor((calls) => timeOf(run, calls), options.sampleMs ?? 2);
  });
  const samples = names.map((): number[] => []);
  for (const { round, index } of turns(names.length, options)) {
    const time = timeOf(variants[names[index] as string] as () => void, counts[index] as number);
    if (round >= 0) samples[index]?.push(time);
  }
  return Object.fromEntries(names.map((name, i) => [name, samples[i] ?? []]));
}

/** The rounds of several passes as those of one. */
export function joinSamples(passes: readonly Samples[]): Samples {
  const names = Object.keys(passes[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, passes.flatMap((pass) => pass[name] ?? [])]));
}

/** Times variants side by side, as {@link sample} does. The first variant is what the others are held against. */
export function measure(variants: Variants, options: MeasureOptions): Timing[] {
  return summarize(sample(variants, options));
}

/**
 * Times several groups of variants, each as {@link measure} does, but in passes through all of them: slow seconds of the machine
 * hit some rounds of each group instead of all rounds of one.
 */
export function measureInPasses(groups: readonly Variants[], passes: number, options: MeasureOptions): Timing[][] {
  const samples = groups.map((): Samples[] => []);
  for (const rounds of shares(options.rounds, passes)) {
    for (const [i, variants] of groups.entries()) samples[i]?.push(sample(variants, { ...options, rounds }));
  }
  return samples.map((all) => summarize(joinSamples(all)));
}

/** A number of rounds in so many parts. */
export function shares(rounds: number, passes: number): number[] {
  const upTo = (pass: number): number => Math.round((rounds * pass) / passes);
  return Array.from({ length: passes }, (_, pass) => upTo(pass + 1) - upTo(pass)).filter((share) => share > 0);
}

/** As {@link measure}, for variants that give promises: each call is waited for before the next begins. */
export async function measureAsync(variants: AsyncVariants, options: AsyncMeasureOptions): Promise<Timing[]> {
  const names = Object.keys(variants);
  const counts: number[] = [];
  for (const name of names) {
    await options.before?.(name);
    const run = variants[name] as () => Promise<void>;
    await runForAsync(run, options.warmUpMs ?? 0);
    counts.push(options.calls ?? (await callsForAsync(run, options.sampleMs ?? 2)));
  }
  const samples = names.map((): number[] => []);
  for (const { round, index } of turns(names.length, options)) {
    const name = names[index] as string;
    await options.before?.(name);
    const time = await timeOfAsync(variants[name] as () => Promise<void>, counts[index] as number);
    if (round >= 0) samples[index]?.push(time);
  }
  return summarize(Object.fromEntries(names.map((name, i) => [name, samples[i] ?? []])));
}

/** Which variant runs when; the rounds of the warm-up have negative numbers. */
function* turns(variants: number, { rounds, warmUp = 5 }: MeasureOptions): Generator<{ round: number; index: number }> {
  for (let round = -warmUp; round < rounds; round++) {
    for (let k = 0; k < variants; k++) yield { round, index: (k + round + warmUp) % variants };
  }
}

/** What the samples say of each variant; the first is what the others are held against. */
export function summarize(samples: Samples): Timing[] {
  const [base = []] = Object.values(samples);
  return Object.entries(samples).map(([name, own]) => {
    const ratios = own.map((time, round) => time / (base[round] ?? time));
    const extras = own.map((time, round) => time - (base[round] ?? time));
    return {
      name,
      median: median(own),
      fastest: Math.min(...own),
      extra: median(extras),
      ratio: median(ratios),
      interval: bootstrapInterval(ratios),
    };
  });
}

const mostCalls = 1 << 20;

function callsFor(time: (calls: number) => number, sampleMs: number): number {
  time(1);
  for (let calls = 1; ; calls *= 2) {
    const each = time(calls);
    if (each * calls >= sampleMs * 500 || calls >= mostCalls) return enough(each, sampleMs);
  }
}

async function callsForAsync(run: () => Promise<void>, sampleMs: number): Promise<number> {
  await run();
  for (let calls = 1; ; calls *= 2) {
    const each = await timeOfAsync(run, calls);
    if (each * calls >= sampleMs * 500 || calls >= mostCalls) return enough(each, sampleMs);
  }
}

function enough(microseconds: number, sampleMs: number): number {
  return Math.min(mostCalls, Math.max(1, Math.ceil((sampleMs * 1000) / Math.max(microseconds, 1e-3))));
}

function runFor(fn: () => void, milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) fn();
}

async function runForAsync(fn: () => void | Promise<void>, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) await fn();
}

function timeOf(fn: () => void, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) fn();
  return ((performance.now() - start) * 1000) / calls;
}

async function timeOfAsync(fn: () => Promise<void>, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await fn();
  return ((performance.now() - start) * 1000) / calls;
}
