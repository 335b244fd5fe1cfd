import { createRequire } from 'node:module';
import { BackendNotAvailableError } from '@sonnetjs/core';
import { registerGradients } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { explainLoadFailure } from '../installation/explain.ts';
import type { Installation } from '../installation/installation.ts';
import { gpuPackage } from '../installation/package-names.ts';
import { inOneLine } from '../installation/problem.ts';
import { installKernels } from '../kernels/index.ts';
import { loadNativeModule } from './native-module.ts';
import { restoreUtil } from './removed-from-util.ts';
import { backendName, type TensorFlowBackend } from './tensorflow-backend.ts';

/** The backend of TensorFlow that this process runs, whoever loaded it, or null. */
export function runningBackend(): TensorFlowBackend | null {
  // Looking for a backend that is registered starts it.
  return tf.findBackendFactory(backendName) === null ? null : (tf.findBackend(backendName) as TensorFlowBackend);
}

/**
 * Makes TensorFlow tfjs's current backend, with our kernels, and loads it where this process has not.
 *
 * @param installation What to load.
 * @param gpu Whether it may use GPUs.
 */
export async function startTensorFlow(
  installation: Installation | undefined,
  gpu: boolean,
): Promise<TensorFlowBackend> {
  restoreUtil();
  if (runningBackend() === null && installation !== undefined) load(installation, gpu);
  if (!(await tf.setBackend(backendName))) {
    throw new BackendNotAvailableError('tfjs could not start its tensorflow backend');
  }
  const backend = tf.backend() as TensorFlowBackend;
  registerGradients({ soundKernels: { [backendName]: installKernels(backend) } });
  return backend;
}

/** @throws BackendNotAvailableError when the system cannot load the native module. */
function load({ packageName, folder, binding }: Installation, gpu: boolean): void {
  // TensorFlow reads these once: it would print what it finds, and take every GPU.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (!gpu && packageName === gpuPackage) process.env.CUDA_VISIBLE_DEVICES = '-1';
  const require = createRequire(import.meta.url);
  try {
    // First alone: where it fails, nothing else is loaded.
    loadNativeModule(binding);
    require(folder);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BackendNotAvailableError(inOneLine(explainLoadFailure(packageName, message)));
  }
}
