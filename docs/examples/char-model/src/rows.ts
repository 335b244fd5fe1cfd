import * as tf from '@tensorflow/tfjs-core';

/** Some characters of each row, and those that follow them. */
export interface Piece {
  /** int32 [steps, rows]. */
  readonly inputs: tf.Tensor2D;
  /** int32 [steps * rows]: for each input the character behind it. */
  readonly targets: tf.Tensor1D;
}

/** A text divided into rows of the same length, which are read side by side. What is left over at the end is not read. */
export class Rows {
  readonly #ids: Int32Array;
  readonly count: number;
  /** How many characters of each row are followed by one to predict. */
  readonly length: number;

  constructor(ids: Int32Array, count: number) {
    this.#ids = ids;
    this.count = count;
    this.length = Math.floor((ids.length - 1) / count);
  }

  /** Tensors of up to `steps` characters of each row, fewer at the end. */
  piece(position: number, steps: number): Piece {
    const length = Math.min(steps, this.length - position);
    const at = (offset: number): Int32Array =>
      Int32Array.from({ length: length * this.count }, (_, i) => {
        const [step, row] = [Math.floor(i / this.count), i % this.count];
        return this.#ids[row * this.length + position + step + offset] as number;
      });
    return {
      inputs: tf.tensor2d(at(0), [length, this.count], 'int32'),
      targets: tf.tensor1d(at(1), 'int32'),
    };
  }
}
