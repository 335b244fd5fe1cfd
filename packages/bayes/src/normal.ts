import { NotImplementedError, type RandomStream, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Distribution } from './distribution.ts';

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/**
 * Normal distributions, each element independent of the others.
 *
 * It holds on to its parameters and owns none: every method computes new tensors from them, differentiable by both.
 *
 * Sonnet uses `tfp.distributions.Normal`.
 *
 * @example
 * ```ts
 * import { Normal } from '@sonnetjs/bayes';
 * import { RandomStream } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const wide = new Normal(tf.zeros([3]), 2);
 * assert.deepEqual(wide.sample(RandomStream.fromSeed(1)).shape, [3]);
 * assert.deepEqual([...wide.klDivergence(new Normal(0, 2)).dataSync()], [0, 0, 0]);
 * ```
 */
export class Normal implements Distribution {
  readonly isReparameterized: boolean = true;
  /** The means. */
  readonly loc: tf.Tensor | number;
  /** The standard deviations. */
  readonly scale: tf.Tensor | number;
  /** The shape of a sample: that of `loc` and `scale`, broadcast. */
  readonly shape: readonly number[];

  /**
   * @param loc The means: a number, or float32 of any shape.
   * @param scale The standard deviations, above 0: a number, or float32 of a shape that fits.
   * @throws TypeError when a parameter is neither a number nor a float32 tensor.
   * @throws ValueError when a number is not finite or `scale` is not above 0, or the shapes do not fit.
   */
  constructor(loc: tf.Tensor | number, scale: tf.Tensor | number) {
    const [locShape, scaleShape] = [shapeOf(loc, 'loc'), shapeOf(scale, 'scale')];
    if (typeof scale === 'number' && scale <= 0) throw new ValueError(`Normal: scale must be above 0; got ${scale}.`);
    this.loc = loc;
    this.scale = scale;
    this.shape = broadcast(locShape, scaleShape);
  }

  /**
   * A sample, made of standard normal numbers: `loc + scale * noise`.
   *
   * @param random The numbers: one for each element.
   */
  sample(random: RandomStream): tf.Tensor {
    return tf.tidy(() => tf.add(tf.mul(random.normal(this.shape), this.scale), this.loc));
  }

  /** The means, in the shape of a sample. Where `loc` has this shape, that is `loc` itself. */
  mean(): tf.Tensor {
    const { loc, shape } = this;
    if (loc instanceof tf.Tensor && loc.rank === shape.length && loc.size === tf.util.sizeFromShape([...shape]))
      return loc;
    return tf.tidy(() => tf.add(tf.zeros([...shape]), loc));
  }

  /**
   * The logarithm of the density.
   *
   * @param value float32 of the shape of a sample, or one that fits.
   */
  logProb(value: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const distance = tf.square(tf.div(tf.sub(value, this.loc), this.scale));
      return tf.sub(tf.mul(distance, -0.5), tf.add(tf.log(this.scale), HALF_LOG_2_PI));
    });
  }

  /**
   * The Kullback-Leibler divergence to another normal distribution.
   *
   * @throws NotImplementedError when the other one is not normal.
   */
  klDivergence(other: Distribution): tf.Tensor {
    if (!(other instanceof Normal)) {
      throw new NotImplementedError(
        `Normal: the KL divergence to ${other.constructor.name} is not known; use stochasticKlBuilder, which samples it.`,
      );
    }
    return tf.tidy(() => {
      const logRatio = tf.sub(tf.log(this.scale), tf.log(other.scale));
      const distance = tf.square(tf.div(tf.sub(this.loc, other.loc), other.scale));
      return tf.sub(tf.mul(tf.add(distance, tf.expm1(tf.mul(logRatio, 2))), 0.5), logRatio);
    });
  }
}

function shapeOf(parameter: unknown, name: string): number[] {
  if (parameter instanceof tf.Tensor) {
    if (parameter.dtype === 'float32') return parameter.shape;
    throw new TypeError(`Normal: ${name} must be float32; got ${parameter.dtype} [${parameter.shape.join(', ')}].`);
  }
  if (typeof parameter !== 'number') {
    throw new TypeError(
      `Normal: ${name} must be a number or a tensor; got ${String(parameter)} (${typeof parameter}).`,
    );
  }
  if (Number.isFinite(parameter)) return [];
  throw new ValueError(`Normal: ${name} must be finite; got ${parameter}.`);
}

function broadcast(loc: number[], scale: number[]): number[] {
  try {
    return tf.broadcast_util.assertAndGetBroadcastShape(loc, scale);
  } catch {
    throw new ValueError(
      `Normal: the shapes of loc [${loc.join(', ')}] and of scale [${scale.join(', ')}] do not fit together.`,
    );
  }
}
