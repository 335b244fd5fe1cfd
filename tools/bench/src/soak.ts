import { resetDefaultGraph } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { median } from './measuring/median.ts';
import { benchModels } from './steps.ts';
import { heapOf } from './stock/stock-tfjs.ts';

/** What is held at one moment, after whole rounds of training steps. */
export interface SoakSample {
  readonly seconds: number;
  readonly rounds: number;
  readonly tensors: number;
  readonly tensorBytes: number;
  /** The size of the WebAssembly memory, which never shrinks. */
  readonly heapBytes: number;
  readonly jsHeapBytes: number;
  readonly residentBytes: number;
}

/** What a soak came to. */
export interface SoakResult {
  readonly minutes: number;
  /** Rounds of one training step of every model, of raw ops and of modules. */
  readonly rounds: number;
  readonly samples: readonly SoakSample[];
  readonly leaks: readonly string[];
}

/** Trains all models for some minutes, and looks at what is held. */
export async function soak(minutes: number, report: (sample: SoakSample) => void = () => {}): Promise<SoakResult> {
  resetDefaultGraph();
  const models = benchModels.flatMap(({ raw, modules }) => [raw(tf), modules()]);
  const samples: SoakSample[] = [];
  const start = performance.now();
  const end = minutes * 60_000;
  const interval = end / 60;
  let rounds = 0;
  for (let elapsed = 0; elapsed < end; elapsed = performance.now() - start) {
    for (const model of models) model.step();
    rounds++;
    // Gives way, so that what is only freed between tasks is freed.
    await new Promise((resolve) => setImmediate(resolve));
    if (elapsed >= samples.length * interval) {
      const sample = look(elapsed / 1000, rounds);
      samples.push(sample);
      report(sample);
    }
  }
  samples.push(look((performance.now() - start) / 1000, rounds));
  return { minutes, rounds, samples, leaks: findLeaks(samples) };
}

function look(seconds: number, rounds: number): SoakSample {
  // Only there with --expose-gc, which `main.ts` asks for.
  globalThis.gc?.();
  const { numTensors, numBytes } = tf.memory();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    seconds: Math.round(seconds),
    rounds,
    tensors: numTensors,
    tensorBytes: numBytes,
    heapBytes: heapOf(tf).buffer.byteLength,
    jsHeapBytes: heapUsed,
    residentBytes: rss,
  };
}

/** How much a process may grow by from the second to the last quarter, in bytes: it moves by more than this at random. */
const tolerated = 16 * 2 ** 20;

/** What grew: tensors and the WebAssembly memory may not at all once a sixth of the time is over. */
export function findLeaks(samples: readonly SoakSample[]): string[] {
  const settled = samples.slice(Math.floor(samples.length / 6));
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined) return [];
  const leaks: string[] = [];
  for (const key of ['tensors', 'tensorBytes', 'heapBytes'] as const) {
    if (last[key] !== first[key]) leaks.push(`${key}: ${first[key]} became ${last[key]}`);
  }
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  for (const key of ['jsHeapBytes', 'residentBytes'] as const) {
    const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)].map((part) =>
      median(part.map((sample) => sample[key])),
    ) as [number, number];
    if (late - early > tolerated) leaks.push(`${key}: grew by ${Math.round((late - early) / 2 ** 20)} MB`);
  }
  return leaks;
}
