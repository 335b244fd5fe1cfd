import type { Comparison } from './overhead.ts';

/** The comparisons as a Markdown table. */
export function render(comparisons: readonly Comparison[]): string {
  const lines = ['| what | variant | µs a call | ratio (95 % interval) | µs a module more |', '|---|---|---|---|---|'];
  for (const { title, modules, timings } of comparisons) {
    for (const { name, median, ratio, interval, extra } of timings) {
      const range = `${interval[0].toFixed(3)}–${interval[1].toFixed(3)}`;
      const more = name === timings[0]?.name ? '' : (extra / modules).toFixed(2);
      lines.push(`| ${title} | ${name} | ${median.toFixed(2)} | ${ratio.toFixed(3)} (${range}) | ${more} |`);
    }
  }
  return lines.join('\n');
}
