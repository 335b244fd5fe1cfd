import {
  getDefaultGraph,
  getNameScope,
  nextRandomStream,
  type RandomKey,
  RandomStream,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Distribution } from './distribution.ts';
import type { EstimatorMode } from './estimator-modes.ts';
import { noiseEpoch } from './renew-shared-noise.ts';

/** When an estimate draws new random numbers. */
export interface NoisePolicy {
  readonly freshNoisePerConnection: boolean;
  readonly keepControlDependencies: boolean;
}

/** The part of a program in which random numbers were drawn. */
interface DrawnIn {
  /** The name scope of the outermost loop, or null outside of any. */
  readonly loop: string | null;
  /** The gradient that was being computed, if any is left of it. */
  readonly gradient: WeakRef<object> | null;
  readonly epoch: object;
}

/**
 * How the value of one variable is taken from its posterior: by which mode, and of a sample with which random numbers.
 *
 * The numbers themselves are not kept: their key gives them again, as often as the value is needed.
 */
export class Estimate {
  readonly #name: string;
  readonly #policy: NoisePolicy;
  #mode: EstimatorMode | null = null;
  #key: RandomKey | null = null;
  #drawnIn: DrawnIn | null = null;

  constructor(name: string, policy: NoisePolicy) {
    this.#name = name;
    this.#policy = policy;
  }

  /** Whether the value was taken before. */
  get exists(): boolean {
    return this.#mode !== null;
  }

  /**
   * The value for a new connection.
   *
   * @throws ValueError when the mode is `last` and nothing was sampled yet.
   */
  take(posterior: Distribution, mode: EstimatorMode): tf.Tensor {
    if (mode === 'sample') this.#draw();
    this.#mode = mode;
    return this.again(posterior);
  }

  /** The value of the latest connection, from the distribution as it is now. */
  again(posterior: Distribution): tf.Tensor {
    if (this.#mode === 'mean') return posterior.mean();
    if (this.#mode === 'last' && posterior.lastSample !== undefined) return posterior.lastSample();
    if (this.#key !== null) return posterior.sample(new RandomStream(this.#key));
    throw new ValueError(
      `Bayes by Backprop "${this.#name}": invalid posterior estimate mode: "last", since nothing was sampled yet. Connect ` +
        'in mode "sample" first.',
    );
  }

  #draw(): void {
    const here = whereNow();
    if (this.#key !== null && this.#drawnIn !== null && this.#isStillGood(this.#drawnIn, here)) return;
    this.#key = nextRandomStream().split(this.#name).key;
    this.#drawnIn = here;
  }

  #isStillGood(drawnIn: DrawnIn, here: DrawnIn): boolean {
    const { freshNoisePerConnection, keepControlDependencies } = this.#policy;
    const gradient = here.gradient?.deref();
    const isSameGradient = gradient === drawnIn.gradient?.deref();
    if (freshNoisePerConnection) {
      return !keepControlDependencies && here.loop !== null && here.loop === drawnIn.loop && isSameGradient;
    }
    return here.epoch === drawnIn.epoch && (gradient === undefined || isSameGradient);
  }
}

function whereNow(): DrawnIn {
  const { gradientDepth, activeTape } = tf.engine().state;
  return {
    loop: outermostLoop(getNameScope()),
    gradient: gradientDepth > 0 && activeTape ? new WeakRef(activeTape) : null,
    epoch: noiseEpoch(getDefaultGraph()),
  };
}

/** Unrolling a recurrent core opens a name scope called `while`, as TensorFlow's loop does. */
function outermostLoop(nameScope: string): string | null {
  return /^(?:.*?\/)??while(?:_\d+)?(?=\/|$)/.exec(nameScope)?.[0] ?? null;
}
