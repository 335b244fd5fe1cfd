import { graphConstant, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

const MAX_TIMESCALE = 10000;

/**
 * Sines and cosines of the distances from the end of a sequence: row i of the result stands for distance length - 1 - i.
 *
 * Vaswani et al., "Attention Is All You Need" (2017); Dai et al., "Transformer-XL" (2019).
 *
 * @param length The number of positions, at least 1.
 * @param size The number of features, which must be even.
 * @param clamp Distances beyond this one count as this one; 0 for no limit.
 * @returns [1, length, size].
 */
export function positionEncodings(length: number, size: number, clamp: number): tf.Tensor {
  // Encodings of a shorter sequence are the last rows of a longer one's, so a few lengths serve all.
  const capacity = 2 ** Math.ceil(Math.log2(length));
  const all = graphConstant(`transformer/position_encodings/${capacity}/${size}/${clamp}`, () =>
    tf.tensor(encode(capacity, size, clamp), [1, capacity, size]),
  );
  return capacity === length ? all : tf.slice(all, [0, capacity - length, 0]);
}

function encode(length: number, size: number, clamp: number): Float32Array {
  const values = new Float32Array(length * size);
  for (let row = 0; row < length; row++) {
    const distance = length - 1 - row;
    const position = clamp > 0 ? Math.min(distance, clamp) : distance;
    for (let i = 0; i < size / 2; i++) {
      const angle = position * MAX_TIMESCALE ** ((-2 * i) / size);
      values[row * size + i] = Math.sin(angle);
      values[row * size + size / 2 + i] = Math.cos(angle);
    }
  }
  return values;
}

/** @throws ValueError when position encodings of this size cannot be made. */
export function checkEncodingSize(size: number, where: string): void {
  if (size % 2 === 0) return;
  throw new ValueError(
    `${where}: numHeads * valueSize must be even, since position encodings are pairs of a sine and a cosine; got ` +
      `${size}, for which they would have size ${size + 1}.`,
  );
}

/**
 * Turns logits by distance into logits by position: column j of row i becomes what row i has for the position that
 * column j stands for.
 *
 * What comes to stand right of the diagonal is of no use; a causal mask hides it.
 *
 * @param logits [B, H, L, M], where column j is for distance M - 1 - j.
 * @returns [B, H, L, M], where column M - L + i is for distance 0 in row i.
 */
export function relativeShift(logits: tf.Tensor): tf.Tensor {
  const [batch = 0, heads = 0, rows = 0, columns = 0] = logits.shape;
  // With one column more, reading the rows as if they were one shorter moves each by one step against the one before it.
  const padded = tf.pad(logits, [
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 0],
  ]);
  const skewed = tf.slice(tf.reshape(padded, [batch, heads, columns + 1, rows]), [0, 0, 1, 0]);
  return tf.reshape(skewed, [batch, heads, rows, columns]);
}
