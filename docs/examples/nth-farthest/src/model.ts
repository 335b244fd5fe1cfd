import { AbstractModule } from '@sonnetjs/core';
import { MLP } from '@sonnetjs/nets';
import { dynamicRnn, LSTM, RelationalMemory } from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';

/** A relational memory: so many slots, each as large as all heads together. */
export interface MemorySize {
  readonly slots: number;
  readonly heads: number;
  readonly headSize: number;
}

/** An LSTM of so many units. */
export interface LstmSize {
  readonly hidden: number;
}

/** How many units the layer has that is between what a core remembers and the answer. */
const READOUT = 128;

/** Reads one object after the other, and then answers: a recurrent core, and an MLP on its last output. */
export class Reader extends AbstractModule<[sequences: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'reader';

  readonly #size: MemorySize | LstmSize;
  readonly #objects: number;

  /** @param objects How many answers there are. */
  constructor(size: MemorySize | LstmSize, objects: number) {
    super();
    this.#size = size;
    this.#objects = objects;
  }

  /**
   * @param sequences float32 [steps, batch, size].
   * @returns Logits [batch, objects].
   */
  protected override build(sequences: tf.Tensor): tf.Tensor {
    const outputs = this.#read(sequences);
    const [steps = 0, batch = 0, size = 0] = outputs.shape;
    const last = tf.reshape(tf.slice(outputs, [steps - 1, 0, 0], [1, batch, size]), [batch, size]);
    return new MLP([READOUT, this.#objects])(last);
  }

  /** The outputs of all steps: [steps, batch, size]. */
  #read(sequences: tf.Tensor): tf.Tensor {
    const size = this.#size;
    if ('hidden' in size) return dynamicRnn(new LSTM(size.hidden), sequences, { timeMajor: true })[0];
    const memory = new RelationalMemory(size.slots, size.headSize, { numHeads: size.heads });
    return dynamicRnn(memory, sequences, { timeMajor: true })[0];
  }
}
