/** How a benchmark is run. */
export interface MeasureOptions {
  /** How many times all variants run in turn. */
  readonly rounds: number;
  /** How many calls of a variant make one timing. */
  readonly calls: number;
  /** Rounds at the beginning that do not count, while the engine still compiles. Default: 5. */
  readonly warmUp?: number;
}

/** The timings of one variant, in microseconds a call. */
export interface Timing {
  readonly name: string;
  readonly median: number;
  /** The median over the rounds of (this variant − the first variant). */
  readonly extra: number;
  /** The median over the rounds of (this variant ÷ the first variant). */
  readonly ratio: number;
  /** The 95 % interval of that median, from the order of the rounds alone. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Times variants of the same work side by side: in every round each variant runs once, beginning with another one each
 * time, so that a slow moment of the machine hits all of them. The first variant is what the others are held against.
 */
export function measure(variants: Readonly<Record<string, () => void>>, options: MeasureOptions): Timing[] {
  const { rounds, calls, warmUp = 5 } = options;
  const entries = Object.entries(variants);
  const samples = entries.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (let k = 0; k < entries.length; k++) {
      const index = (k + round + warmUp) % entries.length;
      const time = timeOf(entries[index]?.[1] ?? (() => {}), calls);
      if (round >= 0) samples[index]?.push(time);
    }
  }
  const base = samples[0] ?? [];
  return entries.map(([name], i) => {
    const own = samples[i] ?? [];
    const ratios = own.map((time, round) => time / (base[round] ?? time));
    const extras = own.map((time, round) => time - (base[round] ?? time));
    return { name, median: median(own), extra: median(extras), ratio: median(ratios), interval: interval(ratios) };
  });
}

function timeOf(fn: () => void, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) fn();
  return ((performance.now() - start) * 1000) / calls;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The order statistics between which the median lies in 95 of 100 cases, whatever the distribution is. */
export function interval(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const rank = Math.max(0, Math.floor(n / 2 - 0.98 * Math.sqrt(n)));
  return [sorted[rank] ?? Number.NaN, sorted[n - 1 - rank] ?? Number.NaN];
}
