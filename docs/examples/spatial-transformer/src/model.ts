import { AbstractModule, initializers } from '@sonnetjs/core';
import { IMAGE_SIZE } from '@sonnetjs/example-kit';
import { BatchFlatten, Linear } from '@sonnetjs/layers';
import { ConvNet2D } from '@sonnetjs/nets';
import { AffineGridWarper, resampler } from '@sonnetjs/spatial';
import * as tf from '@tensorflow/tfjs-core';

/** The matrix that leaves everything as it is, row by row. */
const IDENTITY = [1, 0, 0, 0, 1, 0];

/**
 * Looks at each image and draws it anew, seen from elsewhere: from [batch, 28, 28] to [batch, 28, 28].
 *
 * Nobody tells it how an image was distorted. It learns to undo that by the gradients of the network that reads what it
 * draws. They lead through the resampler to the points of the grid, and through the warper to the transformation.
 */
export class Straightener extends AbstractModule<[images: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'straightener';

  protected override build(images: tf.Tensor): tf.Tensor {
    const look = new ConvNet2D([16, 32], [5, 3], [2], ['SAME'], { activateFinal: true, name: 'look' });
    const think = new Linear(32, { name: 'think' });
    // Whatever it sees, it changes nothing at first: digits that are out of the frame cannot be found again.
    const decide = new Linear(IDENTITY.length, {
      initializers: { w: initializers.zeros(), b: initializers.constant(IDENTITY) },
      name: 'decide',
    });
    const frame = [IMAGE_SIZE, IMAGE_SIZE];
    const warper = new AffineGridWarper(frame, frame);
    const flatten = new BatchFlatten();

    const pictures = tf.expandDims(images, -1);
    const transformations = decide(tf.relu(think(flatten(look(pictures)))));
    return tf.squeeze(resampler(pictures, warper(transformations)), [-1]);
  }
}

/** Reads images of digits: from [batch, 28, 28] to logits [batch, 10]. */
export class Reader extends AbstractModule<[images: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'reader';

  protected override build(images: tf.Tensor): tf.Tensor {
    const features = new ConvNet2D([16, 32], [5, 3], [2], ['SAME'], { activateFinal: true, name: 'features' });
    const hidden = new Linear(64, { name: 'hidden' });
    const logits = new Linear(10, { name: 'logits' });
    const flatten = new BatchFlatten();
    return logits(tf.relu(hidden(flatten(features(tf.expandDims(images, -1))))));
  }
}
