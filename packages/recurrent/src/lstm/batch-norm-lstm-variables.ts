import { getVariable, type Initializer, initializers } from '@sonnetjs/core';
import { createLinearInitializer } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormLSTMOptions, isUsed, type PerBatchNormLSTMVariable } from './batch-norm-lstm-options.ts';
import { addForgetBias } from './lstm.ts';

type Key = keyof PerBatchNormLSTMVariable<unknown>;

/** The variables that the gates of a connection are computed with. */
export interface GateVariables {
  /** [inputSize, 4 * hiddenSize]. */
  readonly wInputs: tf.Tensor;
  /** [hiddenSize, 4 * hiddenSize]. */
  readonly wHidden: tf.Tensor;
  /** With the forget bias added where it belongs. */
  readonly bias: tf.Tensor;
}

/** Scales and offsets of what is normalized. */
export interface Scales {
  /** The scale of what comes from the hidden state. */
  readonly gammaH: tf.Tensor | null;
  /** The scale of what comes from the inputs. */
  readonly gammaX: tf.Tensor | null;
  /** The scale of the cell. */
  readonly gammaC: tf.Tensor | null;
  /** The offset of the cell. */
  readonly betaC: tf.Tensor | null;
}

/** The peepholes. */
export interface Peepholes {
  /** That of the forget gate. */
  readonly f: tf.Tensor;
  /** That of the input gate. */
  readonly i: tf.Tensor;
  /** That of the output gate. */
  readonly o: tf.Tensor;
}

/** Asks for the variables of a BatchNormLSTM, in the order in which Sonnet makes them. */
export class BatchNormLSTMVariables {
  readonly #hiddenSize: number;
  readonly #options: BatchNormLSTMOptions;

  constructor(hiddenSize: number, options: BatchNormLSTMOptions) {
    this.#hiddenSize = hiddenSize;
    this.#options = options;
  }

  gates(inputSize: number, scopeName: string): GateVariables {
    const size = this.#hiddenSize;
    const initializer = createLinearInitializer(inputSize + size);
    const width = 4 * size;
    const weights = this.#isSplit
      ? {
          wHidden: this.#get('w_gates', [size, width], initializer, 'w_gates_H'),
          wInputs: this.#get('w_gates', [inputSize, width], initializer, 'w_gates_X'),
        }
      : divided(this.#get('w_gates', [inputSize + size, width], initializer), inputSize);
    const bias = this.#get('b_gates', [width], initializer);
    return { ...weights, bias: addForgetBias(scopeName, bias, this.#options.forgetBias ?? 1) };
  }

  scales(): Scales {
    const small = initializers.constant(0.1);
    const [size, width] = [this.#hiddenSize, 4 * this.#hiddenSize];
    const { useBatchNormC: c = false, useBatchNormX: x = false, useBatchNormH: h = true } = this.#options;
    return {
      gammaH: h ? this.#get('gamma_h', [width], small) : null,
      gammaX: x ? this.#get('gamma_x', [width], small) : null,
      gammaC: c ? this.#get('gamma_c', [size], small) : null,
      betaC: c ? this.#get('beta_c', [size], null) : null,
    };
  }

  peepholes(): Peepholes | null {
    if (this.#options.usePeepholes !== true) return null;
    const shape = [this.#hiddenSize];
    return {
      f: this.#get('w_f_diag', shape, null),
      i: this.#get('w_i_diag', shape, null),
      o: this.#get('w_o_diag', shape, null),
    };
  }

  /** Whether there are weights of inputs and hidden state apart from each other. */
  get #isSplit(): boolean {
    return isUsed(this.#options, 'useBatchNormH') || isUsed(this.#options, 'useBatchNormX');
  }

  #get(key: Key, shape: readonly number[], initializer: Initializer | null, name: string = key): tf.Tensor {
    const { initializers: given, partitioners, regularizers } = this.#options;
    return getVariable(name, {
      shape,
      initializer: given?.[key] ?? initializer,
      partitioner: partitioners?.[key] ?? null,
      regularizer: regularizers?.[key] ?? null,
    });
  }
}

function divided(weights: tf.Tensor, inputSize: number): Omit<GateVariables, 'bias'> {
  return { wInputs: tf.slice(weights, [0, 0], [inputSize, -1]), wHidden: tf.slice(weights, [inputSize, 0], [-1, -1]) };
}
