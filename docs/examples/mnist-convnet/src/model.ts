import { AbstractModule } from '@sonnetjs/core';
import { BatchFlatten, BatchNormV2, Linear } from '@sonnetjs/layers';
import { ConvNet2D } from '@sonnetjs/nets';
import * as tf from '@tensorflow/tfjs-core';

/** Options of a call of {@link Classifier}. */
export interface ClassifierCallOptions {
  /** Whether this is training: batch normalization then uses the statistics of the batch, and remembers them. */
  readonly isTraining: boolean;
}

/** Reads images of digits: from [batch, 28, 28] to logits [batch, 10]. */
export class Classifier extends AbstractModule<[images: tf.Tensor, options: ClassifierCallOptions], tf.Tensor> {
  static override readonly moduleName: string = 'classifier';

  protected override build(images: tf.Tensor, { isTraining }: ClassifierCallOptions): tf.Tensor {
    const features = new ConvNet2D([16, 32, 64], [5, 3, 3], [2], ['SAME'], {
      activateFinal: true,
      normalizationCtor: BatchNormV2,
      // The default remembers a thousand batches, more than there are in the first epochs.
      normalizationKwargs: { decayRate: 0.95, scale: true },
      // What batch normalization subtracts would take a bias with it.
      useBias: false,
      name: 'features',
    });
    const flatten = new BatchFlatten();
    const logits = new Linear(10, { name: 'logits' });
    return logits(flatten(features(tf.expandDims(images, -1), { isTraining })));
  }
}
