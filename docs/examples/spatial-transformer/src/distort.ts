import { RandomStream } from '@sonnetjs/core';
import { type Digits, IMAGE_SIZE, toTensors } from '@sonnetjs/example-kit';
import { AffineGridWarper, resampler } from '@sonnetjs/spatial';
import * as tf from '@tensorflow/tfjs-core';

/** How far digits are turned at most, in radians: 60 degrees to either side. */
const TURN = Math.PI / 3;

/** The smallest and the largest share of their size that is left of them. */
const SIZE = [0.4, 0.9] as const;

/** Draws images, float32 [batch, 28, 28], turned, smaller and in another place, as the numbers of a stream say. */
export type Distort = (images: tf.Tensor, random: RandomStream) => tf.Tensor;

/** Makes what distorts, in the default graph. */
export function makeDistort(): Distort {
  const frame = [IMAGE_SIZE, IMAGE_SIZE];
  const warper = new AffineGridWarper(frame, frame, { name: 'distort' });
  return (images, random) =>
    tf.tidy(() => {
      const transformations = drawTransformations(images.shape[0] as number, random);
      return tf.squeeze(resampler(tf.expandDims(images, -1), warper(transformations)), [-1]);
    });
}

/**
 * Digits that are distorted once and for all.
 *
 * @param seed The same seed distorts them the same way.
 */
export async function distortDigits(digits: Digits, seed: number): Promise<Digits> {
  const distort = makeDistort();
  const distorted = tf.tidy(() => distort(toTensors(digits).images, RandomStream.fromSeed(seed, 'distort once')));
  const pixels = await distorted.data<'float32'>();
  distorted.dispose();
  return { ...digits, pixels };
}

/**
 * Matrices of transformations, [count, 6]: each leads from a place in the distorted image to the place in the original that
 * is to be seen there. So it undoes what is done to the digit, which is made smaller, turned, then moved; the smaller it
 * is, the more room it has.
 */
function drawTransformations(count: number, random: RandomStream): tf.Tensor {
  const draw = (min: number, max: number) => random.uniform([count], { min, max });
  const angle = draw(-TURN, TURN);
  const size = draw(...SIZE);
  const room = tf.sub(1, size);
  const right = tf.mul(draw(-1, 1), room);
  const down = tf.mul(draw(-1, 1), room);
  const cos = tf.div(tf.cos(angle), size);
  const sin = tf.div(tf.sin(angle), size);
  const fromX = tf.neg(tf.add(tf.mul(cos, right), tf.mul(sin, down)));
  const fromY = tf.sub(tf.mul(sin, right), tf.mul(cos, down));
  return tf.stack([cos, sin, fromX, tf.neg(sin), cos, fromY], 1);
}
