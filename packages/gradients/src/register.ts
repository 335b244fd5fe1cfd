import * as tf from '@tensorflow/tfjs-core';
import { allGradients } from './all-gradients.ts';
import { noteSoundKernels } from './kernel-choice.ts';

/** What `registerGradients` may be told about the backends in use. */
export interface RegisterGradientsOptions {
  /**
   * Gradient kernels, by the name of their backend, that are right and fast although those of stock tfjs are not: an
   * adapter names the ones that it has replaced. Remembered by later calls. Default: none.
   */
  readonly soundKernels?: Readonly<Record<string, readonly string[]>>;
}

const sentinel = allGradients.find(({ kernelName }) => kernelName === tf.Identity);

/**
 * Registers the gradients of all differentiable kernels with TensorFlow.js, in place of any that are registered already.
 *
 * In plain Node the main entry of `@tensorflow/tfjs-core` has no gradients at all; elsewhere some of its own are missing or
 * wrong. Calling it again does no harm. Loading `@tensorflow/tfjs` later overwrites most of the gradients: call it again
 * when `gradientsAreOurs` says so.
 *
 * @param options Which kernels of the backends to rely on.
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { registerGradients } from '@sonnetjs/gradients';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * registerGradients();
 * const slope = tf.grad((x) => tf.square(x))(tf.scalar(3));
 * assert.strictEqual(slope.dataSync()[0], 6);
 * ```
 */
export function registerGradients({ soundKernels = {} }: RegisterGradientsOptions = {}): void {
  for (const [backendName, kernelNames] of Object.entries(soundKernels)) noteSoundKernels(backendName, kernelNames);
  for (const config of allGradients) {
    if (tf.getGradient(config.kernelName) !== config) tf.registerGradient(config);
  }
}

/**
 * Whether the gradients in use are those of this package: one look-up, cheap enough for every training step.
 *
 * @returns false before `registerGradients`, and after something else has registered gradients over them.
 * @example
 * ```ts
 * import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
 *
 * if (!gradientsAreOurs()) registerGradients();
 * ```
 */
export function gradientsAreOurs(): boolean {
  return tf.getGradient(tf.Identity) === sentinel;
}
