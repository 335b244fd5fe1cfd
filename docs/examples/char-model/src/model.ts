import { AbstractModule, mergeLeadingDims } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { DeepRNN, dynamicRnn, LSTM, type LSTMState, type LSTMStateLike } from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';

/** What the network remembers of the text so far: a state of each LSTM. */
export type Memory = LSTMState[];

/** Ways to write a {@link Memory}. */
export type MemoryLike = readonly LSTMStateLike[];

/** How large a {@link CharModel} is. */
export interface CharModelSize {
  readonly symbols: number;
  readonly hidden: number;
  readonly layers: number;
}

/**
 * Predicts each character of a text from those before it.
 *
 * Each LSTM sees the characters, and what the one below it makes of them; the last layer sees all of them.
 */
export class CharModel extends AbstractModule<
  [characters: tf.Tensor, memory: MemoryLike],
  [logits: tf.Tensor, memory: Memory]
> {
  static override readonly moduleName: string = 'char_model';

  readonly #symbols: number;
  readonly #core: DeepRNN<readonly LSTM[]>;
  readonly #logits: Linear;

  constructor({ symbols, hidden, layers }: CharModelSize) {
    super({ name: CharModel.moduleName });
    this.#symbols = symbols;
    // In the scope of this module, so that their variables are among its own.
    [this.#core, this.#logits] = this.enterVariableScope(() => {
      const lstms = Array.from({ length: layers }, (_, i) => new LSTM(hidden, { name: `lstm_${i + 1}` }));
      return [new DeepRNN(lstms), new Linear(symbols, { name: 'logits' })] as const;
    });
  }

  /** The memory before the first character. */
  emptyMemory(rows: number): Memory {
    return this.#core.initialState(rows) as Memory;
  }

  /**
   * @param characters int32 [steps, rows].
   * @returns The logits of the character behind each, float32 [steps * rows, symbols], and the memory after the last step.
   */
  protected override build(characters: tf.Tensor, memory: MemoryLike): [logits: tf.Tensor, memory: Memory] {
    const oneHot = tf.cast(tf.oneHot(characters as tf.Tensor2D, this.#symbols), 'float32');
    const [outputs, next] = dynamicRnn(this.#core, oneHot, { initialState: memory, timeMajor: true });
    return [this.#logits(mergeLeadingDims(outputs)), next as Memory];
  }
}
