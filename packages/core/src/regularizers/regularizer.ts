import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * A function that makes a scalar loss from the value of a variable, or null for none.
 *
 * Those of {@link regularizers} carry a name, from which the loss in `REGULARIZATION_LOSSES` gets its own.
 */
export interface Regularizer {
  /**
   * @param weights Value of the variable, any shape.
   * @returns The loss, a scalar; or null.
   */
  (weights: Tensor): Tensor | null;
  /** For example `'l2_regularizer'`. */
  readonly regularizerName?: string;
}
