import { AbstractModule } from '@sonnetjs/core';
import { ConvNet2D, VectorQuantizerEMA } from '@sonnetjs/nets';
import * as tf from '@tensorflow/tfjs-core';

/** How many vectors the codebook has. */
export const CODEBOOK_SIZE: number = 64;

const VECTOR_SIZE = 16;

/** Options of a call of {@link VqVae}. */
export interface VqVaeCallOptions {
  /** Whether this is training: the codebook then follows what the encoder makes of the images. */
  readonly isTraining: boolean;
}

/** What {@link VqVae} makes of images. */
export interface VqVaeOutput {
  /** float32 [batch, 28, 28]. */
  readonly reconstructions: tf.Tensor;
  /** What keeps the encoder's vectors near those of the codebook: a scalar. */
  readonly commitmentLoss: tf.Tensor;
  /** How many vectors of the codebook are in use: a scalar. */
  readonly perplexity: tf.Tensor;
}

/**
 * Describes an image by few vectors of a codebook, and draws it again after this description. Van den Oord et al., "Neural
 * Discrete Representation Learning" (2017).
 */
export class VqVae extends AbstractModule<[images: tf.Tensor, options: VqVaeCallOptions], VqVaeOutput> {
  static override readonly moduleName: string = 'vq_vae';

  /** @param images float32 [batch, 28, 28]. */
  protected override build(images: tf.Tensor, { isTraining }: VqVaeCallOptions): VqVaeOutput {
    const encoder = new ConvNet2D([16, 32, VECTOR_SIZE], [4, 4, 1], [2, 2, 1], ['SAME'], { name: 'encoder' });
    const quantizer = new VectorQuantizerEMA(VECTOR_SIZE, CODEBOOK_SIZE, 0.25, 0.95, { name: 'quantizer' });
    const decoder = encoder.transpose({ name: 'decoder' });
    const quantized = quantizer(encoder(tf.expandDims(images, -1)), { isTraining });
    return {
      reconstructions: tf.squeeze(decoder(quantized.quantize), [-1]),
      commitmentLoss: quantized.loss,
      perplexity: quantized.perplexity,
    };
  }
}
