import { getVariable, initializers, offTape, updateVariable, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of the normalization of {@link wrapWithSpectralNorm}. */
export interface SpectralNormOptions {
  /** How many steps of power iteration each connection makes: at least 1. Default: 1. */
  readonly numIters?: number;
  /** What is added to squared norms, so that they are never zero. Default: 1e-4. */
  readonly eps?: number;
}

/** What becomes of the better estimate of the singular vector: it is stored now, in a collection, or not at all. */
export type EstimateUpdate = { readonly collection: string | null } | null;

/** @throws ValueError when an option cannot be used. */
export function checkSpectralNormOptions({
  numIters = 1,
  eps = 1e-4,
}: SpectralNormOptions): Required<SpectralNormOptions> {
  if (!Number.isSafeInteger(numIters) || numIters < 1) {
    throw new ValueError(`wrapWithSpectralNorm: numIters must be a positive integer; got ${String(numIters)}.`);
  }
  if (!(eps > 0)) throw new ValueError(`wrapWithSpectralNorm: eps must be a number above 0; got ${String(eps)}.`);
  return { numIters, eps };
}

/**
 * Divides weights by an estimate of their largest singular value, where all but the last dimension count as one.
 *
 * The estimate comes from power iteration, which goes on from connection to connection: its state is the variable `u0`
 * [1, outputs] in the current scope. The singular vectors count as constants for gradients.
 */
export function spectralNorm(
  weights: tf.Tensor,
  { numIters, eps }: Required<SpectralNormOptions>,
  update: EstimateUpdate,
): tf.Tensor {
  const outputs = weights.shape.at(-1) ?? 1;
  const matrix = tf.reshape(weights, [-1, outputs]) as tf.Tensor2D;
  const u0 = getVariable('u0', { shape: [1, outputs], initializer: initializers.truncatedNormal(), trainable: false });
  const left = (u: tf.Tensor): tf.Tensor => unit(tf.matMul(u, matrix, false, true), eps);
  const right = (v: tf.Tensor): tf.Tensor => unit(tf.matMul(v, matrix), eps);
  const v = offTape(() => {
    let estimate = left(u0);
    for (let i = 1; i < numIters; i++) estimate = left(right(estimate));
    return estimate;
  });
  const u = offTape(() => right(v));
  if (update !== null) updateVariable(u0, [u], (_, next) => next as tf.Tensor, update);
  const sigma = tf.matMul(tf.matMul(v, matrix), u, false, true);
  return tf.reshape(tf.div(matrix, sigma), weights.shape);
}

function unit(vector: tf.Tensor, eps: number): tf.Tensor {
  return tf.mul(vector, tf.rsqrt(tf.add(tf.sum(tf.square(vector)), eps)));
}
