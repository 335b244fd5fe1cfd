import { node } from '@sonnetjs/backend-node';
import { minimize, resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { MLP } from '@sonnetjs/nets';
import * as tf from '@tensorflow/tfjs-core';
import { filledValues } from '../measuring/values.ts';

/** What is held after some steps, when garbage has been collected. */
export interface NativeSoakSample {
  readonly step: number;
  readonly tensors: number;
  /** The tensors that TensorFlow itself holds. */
  readonly nativeTensors: number;
  readonly jsHeapBytes: number;
  readonly residentBytes: number;
}

/** What training for many steps came to. */
export interface NativeSoakResult {
  readonly steps: number;
  readonly tensorflow: string;
  readonly samples: readonly NativeSoakSample[];
  /** How much more memory the process holds than after the first sample, as a share of that. */
  readonly growth: number;
  readonly leaks: readonly string[];
}

/** By how much the process may have grown at the end since the first sample. */
const mostGrowth = 0.05;

/** How many steps lie between samples; the first sample is what the last is held against. */
const interval = 1000;

/** tfjs-node's backend, as far as it is looked at here. */
interface NativeBackend extends tf.KernelBackend {
  readonly binding: { readonly TF_Version: string };
  getNumOfTFTensors(): number;
}

/**
 * Trains a small network on native TensorFlow for many steps, and looks at what is held: after a garbage collection, since
 * the engine may let its heap grow in between as it likes. Needs node's `--expose-gc`, and is best run with a young
 * generation of fixed size (`--max-semi-space-size=1`), which otherwise grows in the first thousands of steps.
 *
 * @param from The folder from which tfjs-node is imported, with a slash at the end.
 */
export async function soakNative(
  from: string,
  steps: number,
  report: (sample: NativeSoakSample) => void = () => {},
): Promise<NativeSoakResult> {
  await useBackend(node({ from }));
  resetDefaultGraph();
  const network = new MLP([32, 1]);
  const optimizer = tf.train.adam(0.001);
  const inputs = tf.tensor(filledValues(64 * 16), [64, 16]);
  const targets = tf.sum(inputs, 1, true);
  const loss = (): tf.Tensor => tf.losses.meanSquaredError(targets, network(inputs));
  const samples: NativeSoakSample[] = [];
  for (let step = 1; step <= steps; step++) {
    minimize(optimizer, loss);
    // Gives way, so that what is only freed between tasks is freed.
    if (step % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (step % interval !== 0) continue;
    const sample = look(step);
    samples.push(sample);
    report(sample);
  }
  const { binding } = tf.backend() as NativeBackend;
  return { steps, tensorflow: binding.TF_Version, samples, ...findGrowth(samples) };
}

function look(step: number): NativeSoakSample {
  // Only there with --expose-gc, which `main.ts` asks for.
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    step,
    tensors: tf.memory().numTensors,
    nativeTensors: (tf.backend() as NativeBackend).getNumOfTFTensors(),
    jsHeapBytes: heapUsed,
    residentBytes: rss,
  };
}

/** How much the process grew from the first sample to the last, and what leaks: of tensors not one may be left over. */
export function findGrowth(samples: readonly NativeSoakSample[]): Pick<NativeSoakResult, 'growth' | 'leaks'> {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return { growth: 0, leaks: [] };
  const leaks = (['tensors', 'nativeTensors'] as const).flatMap((key) =>
    last[key] === first[key] ? [] : [`${key}: ${first[key]} became ${last[key]}`],
  );
  const growth = last.residentBytes / first.residentBytes - 1;
  if (growth > mostGrowth) leaks.push(`the process grew by ${(100 * growth).toFixed(1)} %`);
  return { growth, leaks };
}
