import type { NativeResult, NativeTimings } from '../native/compare.ts';
import type { NativeSoakResult } from '../native/soak.ts';
import { ratio, table, time } from './tables.ts';

/**
 * The training steps of one run on TensorFlow.
 *
 * @param beside A run on the CPU of the same machine, to put beside one on a GPU.
 */
export function renderNative({ facts, models }: NativeResult, beside: NativeResult | null): string {
  const rows = models.flatMap(({ name, title, timings }) => [
    ...timings.map(({ name: column, median, ratio: value, interval }, i) => {
      return [i === 0 ? title : '', column, time(median), ratio(value, interval)];
    }),
    ...besideRow(
      timings,
      beside?.models.find((other) => other.name === name),
    ),
  ]);
  const place = facts.gpu === undefined ? `the CPU, ${facts.threads} threads` : `a GPU, ${facts.gpu}`;
  const head = ['step', 'on', 'time', '÷ node, raw ops (95 % interval)'];
  return `${facts.packageName} on TensorFlow ${facts.tensorflow}, on ${place}.\n\n${table(head, rows)}`;
}

function besideRow([own]: NativeTimings['timings'], other: NativeTimings | undefined): string[][] {
  const [cpu] = other?.timings ?? [];
  if (own === undefined || cpu === undefined) return [];
  const quotient = `${(cpu.median / own.median).toFixed(3)}, of another run`;
  return [['', 'node on the CPU, raw ops', time(cpu.median), quotient]];
}

const shownSteps = 5000;

/** Many steps: what was held at the first sample, in between and at the end. */
export function renderNativeSoak({ steps, tensorflow, samples, growth, leaks }: NativeSoakResult): string {
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const shown = samples.filter(({ step }, i) => i === 0 || step % shownSteps === 0 || i === samples.length - 1);
  const rows = shown.map(({ step, tensors, nativeTensors, jsHeapBytes, residentBytes }) => [
    ...[step, tensors, nativeTensors].map(String),
    ...[megabytes(jsHeapBytes), megabytes(residentBytes)],
  ]);
  const verdict = leaks.length === 0 ? 'Nothing leaks' : `It leaks (${leaks.join('; ')})`;
  const first = samples[0]?.step ?? 0;
  const change = `since step ${first} the process has changed by ${(100 * growth).toFixed(1)} %`;
  const head = ['step', 'tensors', 'in TensorFlow', 'JavaScript heap, MB', 'resident, MB'];
  return `${steps} steps on TensorFlow ${tensorflow}. ${verdict}: ${change}.\n\n${table(head, rows)}`;
}
