import { availableParallelism } from 'node:os';
import type { Availability, Backend, Capabilities } from '@sonnetjs/core';
import { findUsable, type Search } from './installation/find-usable.ts';
import { inOneLine } from './installation/problem.ts';
import { runningBackend, startTensorFlow } from './loading/load.ts';
import type { TensorFlowBackend } from './loading/tensorflow-backend.ts';
import { missingKernels } from './missing-kernels.ts';
import { tryOut } from './probe.ts';

/** Options of {@link node}. */
export interface NodeOptions {
  /** Whether to compute on a GPU, and not to run where there is none. Default: false, on the CPU. */
  readonly gpu?: boolean;
  /**
   * The file, or the folder with a slash at the end, from which `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu` are
   * imported: an absolute path or a `file:` address such as `import.meta.url`. Default: this package, then the current
   * folder.
   */
  readonly from?: string | URL;
}

/**
 * The backend on native TensorFlow, in node: on the CPU, or with `gpu: true` on an NVIDIA GPU.
 *
 * TensorFlow comes with `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu`, which are to be installed beside this
 * package. Nothing is loaded before the backend is initialized, except that a GPU is tried in a process of its own. A
 * process can load TensorFlow only once, for the CPU or for GPUs.
 *
 * @returns An adapter for core's `useBackend`, with the name `node` or `node-gpu`. Where TensorFlow cannot run it says what
 *   is missing and what to do.
 *
 * @example
 * ```ts
 * import { useBackend } from '@sonnetjs/core';
 * import { cpu } from '@sonnetjs/backend-cpu';
 * import { node } from '@sonnetjs/backend-node';
 *
 * const { backend, passedOver } = await useBackend([node({ gpu: true }), node(), cpu()]);
 * for (const { name, reason } of passedOver) console.warn(`${name} cannot run here: ${reason}`);
 * ```
 */
export function node({ gpu = false, from }: NodeOptions = {}): Backend {
  let capabilities: Capabilities = { simd: false, threads: 1, gpu: false, missingKernels: [] };
  const search: Search = { gpu, from };
  return {
    name: gpu ? 'node-gpu' : 'node',
    isAvailable: () => isAvailable(search),
    async initialize() {
      capabilities = capabilitiesOf(await startTensorFlow(findUsable(search).installation, gpu), gpu);
    },
    get capabilities() {
      return capabilities;
    },
  };
}

async function isAvailable(search: Search): Promise<Availability> {
  const running = runningBackend();
  if (running !== null) return fits(running, search.gpu);
  const { installation, problem } = findUsable(search);
  if (problem !== undefined) return { available: false, reason: inOneLine(problem) };
  if (!search.gpu) return { available: true };
  const trial = await tryOut(installation, true);
  return trial.works ? { available: true } : { available: false, reason: inOneLine(trial.problem) };
}

function fits({ isUsingGpuDevice }: TensorFlowBackend, gpu: boolean): Availability {
  if (!gpu || isUsingGpuDevice) return { available: true };
  const reason =
    'this process runs TensorFlow on the CPU already, and it cannot be loaded twice: ask for node({ gpu: true }) first';
  return { available: false, reason };
}

function capabilitiesOf({ isUsingGpuDevice }: TensorFlowBackend, gpu: boolean): Capabilities {
  return {
    simd: true,
    threads: availableParallelism(),
    gpu: isUsingGpuDevice,
    missingKernels: missingKernels(),
    ...(isUsingGpuDevice && !gpu && { limitations: ['this process had loaded TensorFlow for GPUs before'] }),
  };
}
