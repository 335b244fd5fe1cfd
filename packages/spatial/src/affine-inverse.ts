import { graphConstant } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { AffineWarpConstraints } from './affine-warp-constraints.ts';

/**
 * All entries of the matrices of affine transformations, those that are fixed included.
 *
 * @param parameters [batchSize, numFreeParams].
 * @returns [batchSize, N * (N + 1)].
 */
export function completeMatrix(
  parameters: tf.Tensor,
  { constraints, numFreeParams }: AffineWarpConstraints,
): tf.Tensor {
  const entries = constraints.flat();
  if (numFreeParams === entries.length) return parameters;
  const key = `affine_matrix/${JSON.stringify(constraints)}`;
  const places = graphConstant(`${key}/places`, () => {
    const free = entries.flatMap((entry, place) => (entry === null ? [place] : []));
    return tf.tensor2d(free.map((place) => entries.map((_, i) => (i === place ? 1 : 0))));
  });
  const fixed = graphConstant(`${key}/fixed`, () => tf.tensor1d(entries.map((entry) => entry ?? 0)));
  return tf.add(tf.matMul(parameters, places), fixed);
}

/**
 * The matrices of the inverse transformations of the plane.
 *
 * @param matrices [batchSize, 6]: a, b, tx and c, d, ty.
 * @returns [batchSize, 6].
 */
export function invertPlaneTransformation(matrices: tf.Tensor): tf.Tensor {
  const [a, b, tx, c, d, ty] = tf.split(matrices, 6, 1) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const minor = (p: tf.Tensor, q: tf.Tensor, r: tf.Tensor, s: tf.Tensor): tf.Tensor =>
    tf.sub(tf.mul(p, q), tf.mul(r, s));
  const adjugate = tf.concat([d, tf.neg(b), minor(b, ty, d, tx), tf.neg(c), a, minor(c, tx, a, ty)], 1);
  return tf.div(adjugate, minor(a, d, b, c));
}
