import { type Initializer, initializers, scaleGradient, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { TrainableVariable } from '../trainable-variable.ts';
import { constrainToRange } from './constrain-to-range.ts';

/** The least and the greatest value of a Lagrange multiplier. */
export type ValidRange = readonly [min: number, max: number];

/** What a Lagrange multiplier is in the beginning: a positive number, nested arrays of them, or an initializer. */
export type MultiplierInitializer = Initializer | Parameters<typeof initializers.constant>[0];

/** Options of {@link getLagrangeMultiplier}. */
export interface LagrangeMultiplierOptions {
  /** The shape of the constraints that it is for. Default: []. */
  readonly shape?: readonly number[];
  /**
   * The factor of its gradients, and so of its learning rate. Optimizers that normalize gradients, such as Adam, undo it.
   * Default: 1.
   */
  readonly rate?: number;
  /** What it is in the beginning. Default: 1. */
  readonly initializer?: MultiplierInitializer | null;
  /** Whether minimizing the loss maximizes it by the multiplier; the multiplier is negated otherwise. Default: true. */
  readonly maximize?: boolean;
  /** The range that it is clipped to. Default: none; it is positive in any case. */
  readonly validRange?: ValidRange | null;
  /** The name of the module that has its variable. Default: `lagrange_multiplier`. */
  readonly name?: string;
}

/**
 * A Lagrange multiplier: a positive number that is learned, in such a way that minimizing a loss
 * `f(x) + multiplier * constraint(x)` by one optimizer minimizes it by `x` and maximizes it by the multiplier.
 *
 * The multiplier is the square of the softplus of its variable. Called in the `build` of a module, this gives the same
 * multiplier at every connection; elsewhere it makes a new one each time.
 *
 * Variable: `lagrange_multiplier/w`.
 *
 * @param options See {@link LagrangeMultiplierOptions}.
 * @returns float32 of the given shape.
 * @throws ValueError when `validRange` is not a range of two numbers, or `initializer` is a number that is not positive.
 *
 * Sonnet: `snt.get_lagrange_multiplier`. Rezende and Viola, "Taming VAEs" (2018).
 *
 * @example
 * ```ts
 * import { minimize, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import { getLagrangeMultiplier } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const penalty = new Module((error: tf.Tensor) => tf.mul(getLagrangeMultiplier(), error), { name: 'penalty' });
 * const before = penalty(tf.scalar(1)).dataSync()[0];
 * minimize(tf.train.sgd(0.1), () => penalty(tf.scalar(0.5)) as tf.Scalar);
 * const after = penalty(tf.scalar(1)).dataSync()[0];
 * assert(Number(after) > Number(before)); // the constraint does not hold, so its weight grows
 * ```
 */
export function getLagrangeMultiplier(options: LagrangeMultiplierOptions = {}): tf.Tensor {
  return new LagrangeMultiplier(options).value();
}

/** A variable and how the multiplier is computed from it. */
export class LagrangeMultiplier {
  readonly #variable: TrainableVariable;
  readonly #rate: number;
  readonly #maximize: boolean;
  readonly #validRange: ValidRange | null;

  /** Makes the variable. */
  constructor(options: LagrangeMultiplierOptions) {
    const { shape = [], rate = 1, initializer = null, maximize = true, validRange = null } = options;
    if (typeof rate !== 'number' || Number.isNaN(rate)) {
      throw new ValueError(`getLagrangeMultiplier: rate must be a number; got ${String(rate)}.`);
    }
    checkRange(validRange);
    const w = throughInverse(checkedInitializer(initializer ?? 1));
    this.#rate = rate;
    this.#maximize = maximize;
    this.#validRange = validRange;
    this.#variable = new TrainableVariable(shape, {
      initializers: { w },
      name: options.name ?? 'lagrange_multiplier',
    });
    this.#variable();
  }

  /** The multiplier now: a new tensor. */
  value(): tf.Tensor {
    return tf.tidy(() => {
      const positive = tf.square(tf.softplus(this.#variable.w));
      const reversed = scaleGradient(positive, -this.#rate);
      const clipped = this.#validRange === null ? reversed : constrainToRange(reversed, ...this.#validRange);
      return this.#maximize ? clipped : tf.neg(clipped);
    });
  }
}

function checkRange(range: ValidRange | null): void {
  if (range === null) return;
  const isRange = Array.isArray(range) && range.length === 2 && Number(range[0]) <= Number(range[1]);
  if (!isRange) {
    throw new ValueError(`getLagrangeMultiplier: validRange must be [min, max], min <= max; got ${String(range)}.`);
  }
}

function checkedInitializer(initializer: MultiplierInitializer): Initializer {
  if (typeof initializer === 'function') return initializer;
  if (isPositive(initializer)) return initializers.constant(initializer);
  throw new ValueError(
    `getLagrangeMultiplier: a multiplier is positive, so its initializer must be; got ${String(initializer)}.`,
  );
}

function isPositive(value: unknown): boolean {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return isList ? Array.from(value as Iterable<unknown> & ArrayLike<unknown>).every(isPositive) : Number(value) > 0;
}

/** Initializes the variable so that the multiplier gets the initial value. */
function throughInverse(initializer: Initializer): Initializer {
  return (shape, dtype, context) =>
    tf.tidy(() => {
      const root = tf.sqrt(initializer(shape, dtype, context));
      // The inverse of softplus, log(exp(x) - 1), in a form that does not overflow.
      return tf.add(root, tf.log(tf.sub(1, tf.exp(tf.neg(root)))));
    });
}
