import { graphConstant } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Keeps a tensor of a module's latest connection, which the graph frees with itself. */
export class LatestTensor {
  #tensor: tf.Tensor | null = null;

  /** Keeps a tensor in the place of the one before. Call it inside a connection. */
  keep(key: string, tensor: tf.Tensor): void {
    this.#tensor?.dispose();
    this.#tensor = graphConstant(key, () => tf.clone(tensor));
  }

  /** The tensor; null when there is none, or the connection that it was of was taken back. */
  get(): tf.Tensor | null {
    return this.#tensor?.isDisposed === false ? this.#tensor : null;
  }
}
