import { cpu } from '@sonnetjs/backend-cpu';
import { node } from '@sonnetjs/backend-node';
import { wasm } from '@sonnetjs/backend-wasm';
import { type Backend, useBackend } from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';

/** The backends that the suite knows, by their names. */
export const backends: Readonly<Record<string, () => Backend>> = {
  cpu,
  node: () => node({ from: preparedTensorFlow('cpu') }),
  wasm,
};

/** Those on which the tests run here: native TensorFlow is there where it was prepared. */
export const testedBackends: readonly string[] = Object.keys(backends).filter(
  (name) => name !== 'node' || preparedTensorFlow('cpu') !== undefined,
);

/**
 * Makes a backend the current one and registers the gradients.
 *
 * @throws Error when there is no backend of that name.
 */
export async function startBackend(name: string): Promise<void> {
  const make = backends[name];
  if (make === undefined)
    throw new Error(`There is no backend ${name}; there are ${Object.keys(backends).join(', ')}.`);
  await useBackend(make());
}

/** Whether an error says that a backend's memory is damaged, so that it cannot go on. */
export function saysDamage(error: unknown): boolean {
  return error instanceof Error && /out of bounds|Aborted|unreachable/.test(error.message);
}

/** Replaces a damaged backend by a new one, so that the ops after the one that damaged it can be tried. */
export async function restartBackend(name: string): Promise<void> {
  const factory = tf.findBackendFactory(name);
  if (factory === null) return startBackend(name);
  // Its memory is beyond orderly disposal.
  tf.backend().dispose = () => {};
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
  await startBackend(name);
}
