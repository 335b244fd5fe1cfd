import { type BuildParameters, nest, nextRandomStream, required } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { readBatchSize } from '../batch-size.ts';
import { noState } from '../check-tensors.ts';
import type { InitialStateOptions } from '../initial-state/initial-state-options.ts';
import { RNNCore } from '../rnn-core.ts';
import { checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import { flattenSizes, mapSizes, type StateSize } from '../state-size.ts';
import { sequenceIn, takeSequences } from '../unroll/sequence.ts';
import { connectCore } from '../unroll/unroll-core.ts';
import { checkKeepProbs, type KeepProbs, partAt } from './keep-probs.ts';

/**
 * Sets elements of a core's state to zero after each step, always the same ones of a sequence, and scales the others up.
 *
 * Which ones is drawn by `initialState`, and is part of the state: `[state of the core, masks]`, with a mask for each tensor
 * that has a probability. {@link lstmWithRecurrentDropout} makes one with an LSTM.
 *
 * Sonnet: `snt.python.modules.gated_rnn.RecurrentDropoutWrapper`. Gal and Ghahramani, "A Theoretically Grounded Application
 * of Dropout in Recurrent Neural Networks" (2015).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { GRU, RecurrentDropoutWrapper } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph({ seed: 1 });
 * const core = new RecurrentDropoutWrapper(new GRU(8), 0.5);
 * const [output, [state, masks]] = core(tf.ones([4, 3]), core.initialState(4));
 * assert.deepEqual([output.shape, state.shape], [[4, 8], [4, 8]]);
 * assert.deepEqual(new Set(masks[0]?.dataSync()), new Set([0, 2]));
 * ```
 */
export class RecurrentDropoutWrapper<Inputs, State, Output, PrevState> extends RNNCore<
  Inputs,
  [state: State, masks: tf.Tensor[]],
  Output,
  readonly [state: PrevState, masks: readonly tf.Tensor[]]
> {
  static override readonly moduleName: string = 'recurrent_dropout_wrapper';
  static override readonly buildParameters: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(RecurrentDropoutWrapper);
  }

  readonly #core: RNNCoreLike<Inputs, State, Output, PrevState>;
  /** For each tensor of the state, in the order of `nest.flatten`. */
  readonly #keepProbs: readonly (number | null)[];

  /**
   * @param core The core, whose name with `_recdropout` at its end is the name of this module.
   * @param keepProbs The probability that an element is kept, for each tensor of the state in its structure; null where
   *   nothing is dropped.
   * @throws ValueError when `core` is not a recurrent core, or the probabilities are not in the structure of its state, or
   *   one is not above 0 and at most 1.
   */
  constructor(core: RNNCoreLike<Inputs, State, Output, PrevState>, keepProbs: KeepProbs) {
    checkCore(core, 'RecurrentDropoutWrapper');
    const checked = checkKeepProbs(keepProbs, core.stateSize, 'RecurrentDropoutWrapper');
    super({ name: `${core.moduleName}_recdropout` });
    this.#core = core;
    this.#keepProbs = nest.flatten(checked) as (number | null)[];
  }

  /**
   * @param inputs What the core takes.
   * @param prevState `[state, masks]`: the state of the core, and a mask for each of its tensors that has a probability.
   * @returns `[output, nextState]`, where the output is that of the core.
   * @throws ValueError when the state is missing, or has another structure.
   */
  protected override build(
    inputs: Inputs,
    prevState: readonly [state: PrevState, masks: readonly tf.Tensor[]],
  ): [output: Output, nextState: [state: State, masks: tf.Tensor[]]] {
    const [state, masks] = this.#checkedState(prevState);
    const structured = this.#structured(masks);
    const sequence = sequenceIn(inputs);
    if (sequence === null) {
      const [output, next] = this.#core(inputs, state);
      return [output, [dropped(next, structured) as State, copies(masks)]];
    }
    const { carry } = sequence;
    const dropping = sequence.withCarry((step, previous, next, path) => {
      const kept = dropped(next, partAt(structured, path));
      return carry?.(step, previous, kept, [0, ...path]) ?? kept;
    });
    const [outputs, last] = connectCore(this.#core, dropping as Inputs, state);
    return [outputs, [last, copies(masks)]];
  }

  /**
   * The state of the core to begin with, and masks.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   */
  override initialState(
    batchSize: number | tf.Tensor,
    options: InitialStateOptions = {},
  ): [state: State, masks: tf.Tensor[]] {
    const rows = readBatchSize(batchSize, String(this));
    const stream = nextRandomStream();
    const masks = this.#masked.map(({ keepProb, shape }) =>
      tf.tidy(() => tf.div(stream.bernoulli([rows, ...shape], keepProb), keepProb)),
    );
    return [this.#core.initialState(rows, options), masks];
  }

  override get stateSize(): StateSize {
    return [this.#core.stateSize, this.#masked.map(({ shape }) => shape)];
  }

  override get outputSize(): StateSize {
    return this.#core.outputSize;
  }

  /** What has a mask: a probability and a shape. */
  get #masked(): { readonly keepProb: number; readonly shape: number[] }[] {
    const shapes = flattenSizes(this.#core.stateSize);
    return shapes.flatMap((shape, i) => {
      const keepProb = this.#keepProbs[i] ?? null;
      return keepProb === null ? [] : [{ keepProb, shape }];
    });
  }

  /** The masks in the structure of the core's state, with null where there is none. */
  #structured(masks: readonly tf.Tensor[]): unknown {
    let [leaf, mask] = [0, 0];
    return mapSizes(this.#core.stateSize, () => ((this.#keepProbs[leaf++] ?? null) === null ? null : masks[mask++]));
  }

  #checkedState(prevState: readonly [state: PrevState, masks: readonly tf.Tensor[]]): [PrevState, tf.Tensor[]] {
    const count = this.#masked.length;
    if (Array.isArray(prevState) && prevState.length === 2) {
      const [state, masks] = prevState;
      if (Array.isArray(masks) && masks.length === count) return [state, [...masks]];
    }
    throw noState(
      this,
      `the previous state must be [state, masks]: a state of ${String(this.#core)}, and an array of ${count} masks`,
      prevState,
    );
  }
}

/** The masks in tensors of their own, so that a state can be freed once the next one is there. */
function copies(masks: readonly tf.Tensor[]): tf.Tensor[] {
  return masks.map((mask) => tf.clone(mask));
}

/** A state times the masks that stand in a structure like its own. */
function dropped(state: unknown, masks: unknown): unknown {
  const drop = (tensor: unknown, mask: unknown): unknown =>
    mask === null ? tensor : tf.mul(tensor as tf.Tensor, mask as tf.Tensor);
  return nest.map(drop, state, masks);
}
