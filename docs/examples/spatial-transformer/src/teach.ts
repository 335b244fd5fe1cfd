import { RandomStream, resetDefaultGraph } from '@sonnetjs/core';
import {
  accuracy,
  answersTo,
  crossEntropy,
  type Digits,
  type Split,
  type TrainOptions,
  toTensors,
  trainWithProgress,
} from '@sonnetjs/example-kit';
import * as tf from '@tensorflow/tfjs-core';
import { makeDistort } from './distort.ts';
import { Reader, Straightener } from './model.ts';

/** How well a reader does, and what it read. */
export interface Lesson {
  /** The loss of each step of training. */
  readonly losses: readonly number[];
  /** The share of the test digits that it read right. */
  readonly accuracy: number;
  readonly variables: readonly tf.Variable[];
  /** The test digits as it saw them: straightened where it has a straightener. */
  readonly seen: Digits;
}

/**
 * Teaches a new reader, in a new default graph, with or without a straightener before it. All else is the same: the
 * weights at the beginning, the digits and how they are distorted.
 *
 * @param digits The digits to learn from as they are, since they are distorted anew each time that they are shown; those
 *   for the test distorted already.
 */
export async function teach(withStraightener: boolean, digits: Split, options: TrainOptions): Promise<Lesson> {
  const { seed } = options;
  resetDefaultGraph({ seed });
  const distort = makeDistort();
  const reader = new Reader();
  const straightener = withStraightener ? new Straightener() : null;
  const straighten = straightener ?? ((images: tf.Tensor) => images);
  const random = RandomStream.fromSeed(seed, 'distort');

  const losses = await trainWithProgress(digits.train, options, ({ images, labels }) =>
    crossEntropy(reader(straighten(distort(images, random))), labels),
  );

  const answers = await answersTo(digits.test, (images) => reader(straighten(images)));
  return {
    losses,
    accuracy: accuracy(digits.test.labels, answers),
    variables: [...(straightener?.variables ?? []), ...reader.variables],
    seen: await see(digits.test, straighten),
  };
}

async function see(digits: Digits, straighten: (images: tf.Tensor) => tf.Tensor): Promise<Digits> {
  const images = tf.tidy(() => straighten(toTensors(digits).images));
  const pixels = await images.data<'float32'>();
  images.dispose();
  return { ...digits, pixels };
}
