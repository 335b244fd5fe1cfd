import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpu } from '@sonnetjs/backend-cpu';
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import { convolution } from './convolution.ts';
import { gemm } from './gemm.ts';
import { joinRuns, type KernelResult, kernels } from './kernels/kernels.ts';
import type { Outcome } from './native/commands.ts';
import { overhead } from './overhead.ts';
import { renderOthers } from './rendering/side-by-side.ts';
import { renderKernels, renderOverhead, renderProducts, renderSoak, renderSteps } from './rendering/tables.ts';
import { readResult, resultsFolder, writePages, writeResult } from './results.ts';
import { soak } from './soak.ts';
import { steps } from './steps.ts';

const usage = `pnpm bench COMMAND [options]

  overhead   what a module costs over the raw ops
  steps      training steps: ours against stock tfjs
  gemm       matrix products, against stock tfjs and the peak of the machine
  conv       convolutions and their gradients, likewise
  kernels    every kernel at five sizes, against stock tfjs and a copy's bandwidth
  others     jax-js and onnxruntime-web beside ours
  soak       trains for an hour and looks for leaks
  native     training steps on native TensorFlow against wasm and stock tfjs; --gpu: on a GPU
  native-soak  trains on it for 50,000 steps and looks at the memory of the process
  render     writes the pages from the results

  --rounds N     rounds in which all variants take turns (default 31; kernels 15)
  --out FOLDER   where the results go (default docs/benchmarks/results)
  --only A,B     kernels: only those; --sizes 16,1024: only at these sizes
  --runs N       kernels: how many processes measure (default 2)
  --minutes N    soak: how long (default 60)
  --steps N      native-soak: how many (default 50000)
  --backend B    overhead: wasm (default) or cpu`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    calls: { type: 'string', default: '4000' },
    backend: { type: 'string', default: 'wasm' },
    minutes: { type: 'string', default: '60' },
    steps: { type: 'string', default: '50000' },
    gpu: { type: 'boolean', default: false },
    only: { type: 'string' },
    sizes: { type: 'string' },
    runs: { type: 'string', default: '2' },
    'one-run': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

const out = values.out ?? resultsFolder;
const rounds = Number(values.rounds ?? 31);

const commands: Readonly<Record<string, () => Promise<void> | void>> = {
  async overhead() {
    await useBackend(values.backend === 'cpu' ? cpu() : wasm());
    const name = values.backend === 'cpu' ? 'overhead-cpu' : 'overhead';
    const results = overhead({ rounds, calls: Number(values.calls) });
    finish(name, results, renderOverhead(results));
  },
  async steps() {
    await useBackend(wasm());
    const results = await steps({ rounds });
    finish('steps', results, renderSteps(results));
  },
  async gemm() {
    await useBackend(wasm());
    const results = await gemm({ rounds });
    finish('gemm', results, renderProducts(results));
  },
  async conv() {
    await useBackend(wasm());
    const results = await convolution({ rounds });
    finish('conv', results, renderProducts(results));
  },
  async kernels() {
    if (values['one-run']) return oneRunOfKernels();
    const results = joinRuns(runsOfKernels(Number(values.runs)));
    // A part of the kernels is no result to keep.
    if (values.only === undefined && values.sizes === undefined) writeResult(out, 'kernels', results);
    console.log(renderKernels(results));
  },
  async others() {
    await useBackend(wasm());
    // Loaded here: it is much, and nobody else needs it.
    const { compareOthers } = await import('./others/others.ts');
    const results = await compareOthers({ rounds: Number(values.rounds ?? 15) });
    finish('others', results, renderOthers(results, null));
  },
  async soak() {
    if (globalThis.gc === undefined) return again(['--expose-gc'], process.argv.slice(2));
    await useBackend(wasm());
    const result = await soak(Number(values.minutes), (sample) => console.log(JSON.stringify(sample)));
    finish('soak', result, renderSoak(result));
    if (result.leaks.length > 0) process.exitCode = 1;
  },
  async native() {
    const { runNative } = await import('./native/commands.ts');
    finishIfMeasured(await runNative(rounds, values.gpu));
  },
  async 'native-soak'() {
    const flags = ['--expose-gc', '--max-semi-space-size=1'];
    if (globalThis.gc === undefined) return again(flags, process.argv.slice(2));
    const { runNativeSoak } = await import('./native/commands.ts');
    finishIfMeasured(await runNativeSoak(Number(values.steps)));
  },
  render() {
    for (const file of writePages(out, (name) => readResult(out, name))) console.log(file);
  },
};

function finish(name: string, result: object, table: string): void {
  writeResult(out, name, result);
  console.log(table);
}

function finishIfMeasured(outcome: Outcome<object> | undefined): void {
  if (outcome !== undefined) finish(outcome.name, outcome.result, outcome.table);
}

/** Each run is a process of its own, so that it does not inherit what the engine made of the run before. */
function runsOfKernels(runs: number): KernelResult[][] {
  return Array.from({ length: runs }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-bench-'));
    try {
      const args = [...process.argv.slice(2), '--one-run', '--out', folder];
      again([], args);
      if (process.exitCode !== 0 && process.exitCode !== undefined) throw new Error('A run of the kernels failed.');
      return JSON.parse(readFileSync(join(folder, 'kernels.json'), 'utf8')).results as KernelResult[];
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

async function oneRunOfKernels(): Promise<void> {
  await useBackend(wasm());
  const results = await kernels({
    rounds: Number(values.rounds ?? 15),
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
    ...(values.sizes === undefined ? {} : { sizes: values.sizes.split(',').map(Number) }),
    report: (title) => console.error(title),
  });
  writeResult(out, 'kernels', results);
}

/** Runs this program again in a process of its own. */
function again(nodeOptions: readonly string[], args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [...nodeOptions, fileURLToPath(import.meta.url), ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

const command = commands[positionals[0] ?? ''];
if (command === undefined) {
  console.error(usage);
  process.exitCode = 1;
} else {
  await command();
}
