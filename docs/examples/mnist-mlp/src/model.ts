import type { AbstractModule } from '@sonnetjs/core';
import { BatchFlatten, Linear, Sequential } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

/** A module that takes images [batch, 28, 28] and gives logits [batch, 10]. */
export type Classifier = AbstractModule<[images: tf.Tensor], tf.Tensor>;

/**
 * The network. It has no variables yet: its layers make them when they are connected for the first time, and share them
 * with every later connection.
 */
export function makeClassifier(): Classifier {
  return new Sequential([
    new BatchFlatten(),
    new Linear(128, { name: 'hidden_1' }),
    tf.relu,
    new Linear(128, { name: 'hidden_2' }),
    tf.relu,
    new Linear(10, { name: 'logits' }),
  ]);
}
