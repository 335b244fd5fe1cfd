import { AbstractModule } from '@sonnetjs/core';
import { ACTCore, VanillaRNN } from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';

/** How large a {@link Ponderer} is, and how long it may ponder. */
export interface PondererOptions {
  readonly hidden: number;
  /** The most steps: with 1 it does not ponder at all. */
  readonly maxSteps: number;
}

/** What a {@link Ponderer} says; each is float32 [batch, 1]. */
export interface Thought {
  readonly logits: tf.Tensor;
  /** How many steps it took. */
  readonly steps: tf.Tensor;
  /** The steps, and what was left of the probability of halting in the last one. A gradient comes from the latter only. */
  readonly ponderCost: tf.Tensor;
}

/** The probability of having halted at which pondering ends, as in the paper. */
const THRESHOLD = 0.99;

/**
 * Answers questions with yes or no, and decides itself how many steps of a simple recurrent core it takes for each of them.
 * Graves, "Adaptive Computation Time for Recurrent Neural Networks" (2016).
 */
export class Ponderer extends AbstractModule<[vectors: tf.Tensor], Thought> {
  static override readonly moduleName: string = 'ponderer';

  readonly #options: PondererOptions;

  constructor(options: PondererOptions) {
    super();
    this.#options = options;
  }

  /** @param vectors float32 [batch, size]. */
  protected override build(vectors: tf.Tensor): Thought {
    const { hidden, maxSteps } = this.#options;
    const core = new ACTCore(new VanillaRNN(hidden), 1, THRESHOLD, (state) => state, { maxSteps });
    const [[logits, [steps, remainder]]] = core(vectors, core.initialState(vectors.shape[0] as number));
    return { logits, steps, ponderCost: tf.add(steps, remainder) };
  }
}

/**
 * What training makes small: the cross entropy, and what pondering costs.
 *
 * @param answers float32 [batch, 1]: ones and zeros.
 * @param weight What one step costs.
 */
export function lossOf({ logits, ponderCost }: Thought, answers: tf.Tensor, weight: number): tf.Tensor {
  // log(1 + exp(x)), computed so that exp cannot overflow, less x where the answer is yes.
  const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
  const crossEntropy = tf.mean(tf.sub(softplus, tf.mul(logits, answers)));
  return tf.add(crossEntropy, tf.mul(weight, tf.mean(ponderCost)));
}
