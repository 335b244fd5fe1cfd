import * as tf from '@tensorflow/tfjs-core';
import { backendName } from './loading/tensorflow-backend.ts';

/** The kernels behind tfjs's ops that neither tfjs-node nor this package has: drawing is for browsers. */
const lacking: readonly string[] = ['Draw'];

/** Those of them that nobody has registered in the meantime. */
export function missingKernels(): readonly string[] {
  return lacking.filter((name) => tf.getKernel(name, backendName) === undefined);
}
