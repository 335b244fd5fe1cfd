import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** What a vector quantizer gives. */
export interface VectorQuantizerOutput {
  /** The nearest embeddings: [..., embeddingDim], the shape of the inputs. Gradients go straight through to the inputs. */
  readonly quantize: tf.Tensor;
  /** What training minimizes: []. */
  readonly loss: tf.Tensor;
  /** How many embeddings are in use, from 1 to numEmbeddings: []. */
  readonly perplexity: tf.Tensor;
  /** One row of zeros and a single one for every vector: [number of vectors, numEmbeddings]. */
  readonly encodings: tf.Tensor;
  /** The index of the nearest embedding of every vector: int32 [...], the shape of the inputs without its last dimension. */
  readonly encodingIndices: tf.Tensor;
}

/** Options of a call of a vector quantizer. */
export interface VectorQuantizerCallOptions {
  /** Whether the inputs are training data. It has no default: saying nothing is an error. */
  readonly isTraining: boolean | tf.Tensor;
}

/** The vectors of a batch, and the embeddings that are nearest to them. */
export interface Assignment {
  /** [number of vectors, embeddingDim]. */
  readonly vectors: tf.Tensor;
  /** int32 [number of vectors]. */
  readonly indices: tf.Tensor;
  /** [number of vectors, numEmbeddings]. */
  readonly encodings: tf.Tensor;
}

/**
 * Finds the nearest embedding of every vector.
 *
 * @param inputs float32 [..., embeddingDim].
 * @param embeddings [embeddingDim, numEmbeddings].
 */
export function assign(inputs: tf.Tensor, embeddings: tf.Tensor): Assignment {
  const [embeddingDim = 0, numEmbeddings = 0] = embeddings.shape;
  const vectors = tf.reshape(inputs, [-1, embeddingDim]);
  // A choice has no gradient, so nothing of it needs to be recorded for one.
  const indices = tf.customGrad(() => ({ value: nearest(vectors, embeddings), gradFunc: () => [] }))();
  return { vectors, indices, encodings: oneHot(indices, numEmbeddings) };
}

function oneHot(indices: tf.Tensor, depth: number): tf.Tensor {
  // tfjs takes no depth of 1, and on wasm its oneHot fills float32 with the bits of integers.
  if (depth === 1) return tf.ones([indices.size, 1]);
  return tf.cast(tf.oneHot(indices, depth), 'float32');
}

function nearest(vectors: tf.Tensor, embeddings: tf.Tensor): tf.Tensor {
  const squaredNorms = tf.sum(tf.square(embeddings), 0, true);
  // Minus the squared distance, without the vector's own norm: that is the same for all embeddings.
  return tf.argMax(tf.sub(tf.mul(tf.matMul(vectors, embeddings), 2), squaredNorms), 1);
}

/**
 * The embeddings of some indices.
 *
 * @param embeddings [embeddingDim, numEmbeddings].
 * @param indices int32 of any shape.
 * @returns [...indices.shape, embeddingDim].
 */
export function lookUp(embeddings: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  return tf.gather(tf.transpose(embeddings), indices);
}

/** The exponential of the entropy with which the embeddings are used: []. */
export function perplexityOf(encodings: tf.Tensor): tf.Tensor {
  const frequencies = tf.mean(encodings, 0);
  return tf.exp(tf.neg(tf.sum(tf.mul(frequencies, tf.log(tf.add(frequencies, 1e-10))))));
}

/** The mean of squared differences: []. */
export function meanSquaredDifference(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.mean(tf.square(tf.sub(a, b)));
}

/** @throws ValueError when the inputs are not float32 [..., embeddingDim]. */
export function checkInputs(inputs: tf.Tensor, embeddingDim: number, where: string): void {
  const { shape, dtype } = inputs;
  if (dtype !== 'float32') throw new ValueError(`${where}: inputs must be float32; got ${dtype}.`);
  if (shape.at(-1) === embeddingDim) return;
  throw new ValueError(
    `${where}: the last dimension of inputs must be embeddingDim, ${embeddingDim}; got ${shape.at(-1)} ` +
      `(inputs [${shape.join(', ')}], expected [..., ${embeddingDim}]).`,
  );
}

/** @throws ValueError when a number is not finite. */
export function checkFinite(className: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value)) continue;
    throw new ValueError(`${className}: ${name} must be a finite number; got ${String(value)}.`);
  }
}
