import { execFileSync } from 'node:child_process';
import { node } from '@sonnetjs/backend-node';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import { renderNative, renderNativeSoak } from '../rendering/native-tables.ts';
import { compareNative, type NativeResult } from './compare.ts';
import { type NativeSoakResult, soakNative } from './soak.ts';

/** What a command came to, under the name that it is kept by; undefined where it could not run, as it has said. */
export interface Outcome<T> {
  readonly name: string;
  readonly result: T;
  readonly table: string;
}

/** `pnpm bench native`. */
export async function runNative(rounds: number, onGpu: boolean): Promise<Outcome<NativeResult> | undefined> {
  const from = findPrepared(onGpu ? 'gpu' : 'cpu');
  if (from === undefined) return undefined;
  const availability = await node({ from, gpu: onGpu }).isAvailable();
  if (!availability.available) return nothing(availability.reason);
  const result = await compareNative({ from, rounds, ...(onGpu && { gpu: nameOfGpu() }) });
  return { name: onGpu ? 'native-gpu' : 'native', result, table: renderNative(result, null) };
}

/** `pnpm bench native-soak`. */
export async function runNativeSoak(steps: number): Promise<Outcome<NativeSoakResult> | undefined> {
  const from = findPrepared('cpu');
  if (from === undefined) return undefined;
  const result = await soakNative(from, steps, (sample) => console.log(JSON.stringify(sample)));
  if (result.leaks.length > 0) process.exitCode = 1;
  return { name: 'native-soak', result, table: renderNativeSoak(result) };
}

function findPrepared(flavor: 'cpu' | 'gpu'): string | undefined {
  return (
    preparedTensorFlow(flavor) ?? nothing(`TensorFlow is not prepared; \`pnpm native-tensorflow ${flavor}\` does that.`)
  );
}

/** Says why nothing is measured, and makes the process end with code 1. */
function nothing(reason: string): undefined {
  console.error(`Nothing was measured: ${reason}`);
  process.exitCode = 1;
}

function nameOfGpu(): string {
  try {
    const args = ['--query-gpu=name', '--format=csv,noheader'];
    return execFileSync('nvidia-smi', args, { encoding: 'utf8' }).split('\n')[0]?.trim() || 'an unknown GPU';
  } catch {
    return 'an unknown GPU';
  }
}
