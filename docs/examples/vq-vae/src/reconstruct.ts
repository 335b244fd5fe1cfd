import { type Digits, toTensors } from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import { meanSquaredError, varianceOf } from './error.ts';
import type { VqVae } from './model.ts';

/** Digits after encoder, codebook and decoder, and how well that went. */
export interface Reconstruction {
  readonly digits: Digits;
  /** The mean squared error as a share of the variance of the pixels. */
  readonly error: number;
  /** How many vectors of the codebook are in use. */
  readonly perplexity: number;
}

export async function reconstruct(vqVae: VqVae, digits: Digits): Promise<Reconstruction> {
  const results = tf.tidy(() => {
    const { images } = toTensors(digits);
    const { reconstructions, perplexity } = vqVae(images, { isTraining: false });
    return [reconstructions, meanSquaredError(reconstructions, images), perplexity] as const;
  });
  const [pixels, [error = Number.NaN], [perplexity = Number.NaN]] = await Promise.all([
    results[0].data<'float32'>(),
    results[1].data(),
    results[2].data(),
  ]);
  tf.dispose([...results]);
  return { digits: { ...digits, pixels }, error: error / varianceOf(digits.pixels), perplexity };
}
