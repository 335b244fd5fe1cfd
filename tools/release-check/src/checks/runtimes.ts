import type { Check } from '../check.ts';
import { runCommand } from '../run-command.ts';
import { installRuntimes, type Runtime, runtimes, versionOf, whyMissing } from '../runtimes.ts';
import {
  copyPrograms,
  onCpu,
  onOwnKernels,
  onStockKernels,
  reportIn,
  type TrainingReport,
} from '../training-report.ts';
import { runTrials } from '../trials.ts';
import { type ConsumerSlot, installed } from './installation.ts';

/** A network trains on the kernels of ours in every runtime outside of browsers that can be installed here. */
export function trainsInRuntimes(slot: ConsumerSlot): Check {
  return {
    name: 'a network trains on wasm in Node, Bun and Deno',
    async run() {
      copyPrograms(installed(slot));
      const printed = await installRuntimes();
      const trials = runtimes.map((runtime) => ({
        name: runtime.name,
        async run() {
          const version = await versionOf(runtime);
          if (version === undefined) return `skipped, not installed: ${whyMissing(runtime, printed)}`;
          return `${version}, ${onOwnKernels(await train(slot, runtime.command))}`;
        },
      }));
      return runTrials(trials);
    },
  };
}

/** Where own kernels cannot run, others do, and what is said is why. */
export function trainsOnLesserEngines(slot: ConsumerSlot): Check {
  const node = process.execPath;
  return {
    name: 'a network trains where the engine has no SIMD, or no WebAssembly',
    async run() {
      copyPrograms(installed(slot));
      return runTrials([
        {
          name: 'without SIMD',
          async run() {
            // V8 takes SIMD from SSE 4.1, which it can be told not to use; elsewhere it always has it.
            if (process.arch !== 'x64') return `skipped: it cannot be switched off on ${process.arch}`;
            return onStockKernels(await train(slot, [node, '--no-enable-sse4-1']), /no SIMD/);
          },
        },
        {
          name: 'without WebAssembly',
          run: async () => onCpu(await train(slot, [node, '--jitless']), /no WebAssembly/),
        },
      ]);
    },
  };
}

async function train(slot: ConsumerSlot, [file, ...args]: Runtime['command']): Promise<TrainingReport> {
  return reportIn(await runCommand(file, [...args, 'console.js'], { cwd: installed(slot).folder }));
}
