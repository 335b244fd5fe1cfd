import type { ProductResult } from '../gemm.ts';
import type { KernelVerdict } from '../kernels/kernels.ts';
import type { Timing } from '../measuring/measure.ts';
import { median } from '../measuring/median.ts';
import type { Comparison } from '../overhead.ts';
import type { SoakResult } from '../soak.ts';
import type { StepResult } from '../steps.ts';

type Interval = readonly [low: number, high: number];

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Microseconds with a unit that suits. */
export function time(microseconds: number): string {
  return microseconds < 1000 ? `${short(microseconds)} µs` : `${short(microseconds / 1000)} ms`;
}

/** Three digits. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A ratio with its interval. */
export function ratio(value: number, [low, high]: Interval): string {
  return `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** Modules against raw ops. */
export function renderOverhead(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ title, modules, timings }) =>
    timings.map(({ name, median: middle, ratio: value, interval, extra }, i) => {
      const more = i === 0 ? '' : (extra / modules).toFixed(2);
      return [title, name, middle.toFixed(2), ratio(value, interval), more];
    }),
  );
  return table(['what', 'variant', 'µs a call', 'ratio (95 % interval)', 'µs a module more'], rows);
}

/** Training steps, and whether the bars are met. */
export function renderSteps(results: readonly StepResult[]): string {
  const rows = results.map(({ title, bar, timings }) => {
    const [stock, raw, modules] = timings as [Timing, Timing, Timing];
    const bars = `≤ 1/${Math.round(1 / bar)}: ${raw.ratio <= bar ? 'met' : 'missed'}`;
    const ratios = [raw, modules].map((timing) => ratio(timing.ratio, timing.interval));
    return [title, time(stock.median), time(raw.median), time(modules.median), ...ratios, bars];
  });
  const head = ['step', 'stock tfjs', 'ours, raw ops', 'ours, modules', 'raw ops ÷ stock', 'modules ÷ stock', 'bar'];
  return table(head, rows);
}

const neededShare = 0.8;

/** Matrix products or convolutions. */
export function renderProducts(results: readonly ProductResult[]): string {
  const rows = results.map((result) => {
    const { title, oursMicroseconds, oursGflops, stockGflops, peakGflops, share, shareInterval } = result;
    const [low, high] = shareInterval;
    const range = `${percent(share)} (${percent(low)}–${percent(high)})`;
    const met = share >= neededShare ? 'met' : 'missed';
    return [
      title,
      time(oursMicroseconds),
      short(oursGflops),
      stockGflops === null ? '–' : short(stockGflops),
      short(peakGflops),
      range,
      met,
    ];
  });
  return table(['what', 'ours', 'GFLOP/s', 'stock GFLOP/s', 'peak', 'of the peak', '≥ 80 %'], rows);
}

/** All kernels: first what misses a bar, then everything. */
export function renderKernels(results: readonly KernelVerdict[]): string {
  const slower = results.filter((result) => result.slower);
  const far = results.filter(({ beyondLimit }) => beyondLimit);
  const withLimit = results.filter(({ ofLimits }) => ofLimits.length > 0);
  const names = (list: readonly KernelVerdict[]): string =>
    list.length === 0
      ? ''
      : `: ${list.map(({ kernel, variant, size }) => `${nameOf(kernel, variant)} at ${size}`).join('; ')}`;
  const summary = [
    `- Slower than stock: ${slower.length} of ${results.length}${names(slower)}.`,
    `- Beyond 1.5 times a copy and 2 times the arithmetic: ${far.length} of ${withLimit.length}${names(far)}.`,
    `- The median of all ratios is ${median(results.map((result) => result.ratio)).toFixed(2)}.`,
  ];
  const rows = results.map((result) => {
    const { kernel, variant, size, oursMicroseconds, stockMicroseconds, interval, ratios } = result;
    const limits = [result.copyMicroseconds, result.arithmeticMicroseconds].map((limit) =>
      limit === undefined ? '' : time(limit),
    );
    const ofLimits = result.ofLimits.map((value) => value.toFixed(2)).join(', ');
    const runs = ratios.map((value) => value.toFixed(2)).join(', ');
    const cells = [nameOf(kernel, variant), String(size), time(oursMicroseconds), time(stockMicroseconds)];
    return [...cells, ratio(result.ratio, interval), runs, result.slower ? '**slower**' : '', ...limits, ofLimits];
  });
  const head = ['kernel', 'elements', 'ours', 'stock', 'ours ÷ stock (95 % interval)', 'ratio of each run', ''];
  return `${summary.join('\n')}\n\n${table([...head, 'a copy', 'arithmetic', 'of the bar'], rows)}`;
}

function nameOf(kernel: string, variant: string | undefined): string {
  return variant === undefined ? kernel : `${kernel}, ${variant}`;
}

/** A soak: what was held at the start, in between and at the end. */
export function renderSoak({ minutes, rounds, samples, leaks }: SoakResult): string {
  const shown = samples.filter((_, i) => i % 6 === 0 || i === samples.length - 1);
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const rows = shown.map(({ seconds, rounds: done, tensors, heapBytes, jsHeapBytes, residentBytes }) => [
    ...[(seconds / 60).toFixed(1), String(done), String(tensors)],
    ...[megabytes(heapBytes), megabytes(jsHeapBytes), megabytes(residentBytes)],
  ]);
  const head = ['minutes', 'rounds', 'tensors', 'WebAssembly memory, MB', 'JavaScript heap, MB', 'resident, MB'];
  const verdict = leaks.length === 0 ? 'Nothing leaks.' : `It leaks: ${leaks.join('; ')}.`;
  return `${rounds} rounds of all training steps in ${minutes} minutes. ${verdict}\n\n${table(head, rows)}`;
}
