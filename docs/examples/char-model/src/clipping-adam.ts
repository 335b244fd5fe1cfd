import * as tf from '@tensorflow/tfjs-core';

/** Gradients as optimizers get them; null where a variable has none. */
type Gradients = Parameters<tf.AdamOptimizer['applyGradients']>[0];

/** Adam with gradients that are clipped, and a rate that may change from step to step. */
export class ClippingAdam extends tf.AdamOptimizer {
  readonly #maxNorm: number;

  /** @param maxNorm Gradients that are longer together are shortened to this length. */
  constructor(maxNorm: number) {
    super(0, 0.9, 0.999);
    this.#maxNorm = maxNorm;
  }

  set rate(rate: number) {
    this.learningRate = rate;
  }

  override applyGradients(gradients: Gradients): void {
    const entries = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const clipped = clipByGlobalNorm(
      entries.map(({ tensor }) => tensor as tf.Tensor | null),
      this.#maxNorm,
    );
    super.applyGradients(entries.map(({ name }, i) => ({ name, tensor: clipped[i] })) as Gradients);
    tf.dispose(clipped.filter((tensor) => tensor !== null));
  }
}

/**
 * Shortens gradients together, so that the root of the sum of all their squares is not above a number. They keep their
 * direction.
 *
 * @returns New tensors; null where there was none.
 */
export function clipByGlobalNorm(gradients: readonly (tf.Tensor | null)[], maxNorm: number): (tf.Tensor | null)[] {
  return tf.tidy(() => {
    const squares = gradients.flatMap((gradient) => (gradient === null ? [] : [tf.sum(tf.square(gradient))]));
    const norm = tf.sqrt(tf.addN(squares));
    const factor = tf.div(maxNorm, tf.maximum(norm, maxNorm));
    return gradients.map((gradient) => (gradient === null ? null : tf.mul(gradient, factor))) as tf.Tensor[];
  });
}
