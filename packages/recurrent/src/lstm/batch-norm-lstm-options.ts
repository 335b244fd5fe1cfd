import type { Initializer, ModuleOptions, Partitioner, Regularizer } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';

/** What may be given for each variable of a BatchNormLSTM. */
export interface PerBatchNormLSTMVariable<T> {
  /** For the weights of the gates: both `w_gates_H` and `w_gates_X` where there are these. */
  readonly w_gates?: T;
  /** For the bias of the gates. */
  readonly b_gates?: T;
  /** For the peephole from the cell to the forget gate, where there is one. */
  readonly w_f_diag?: T;
  /** For the peephole from the cell to the input gate, where there is one. */
  readonly w_i_diag?: T;
  /** For the peephole from the cell to the output gate, where there is one. */
  readonly w_o_diag?: T;
  /** For the scale of what comes from the hidden state, where it is normalized. */
  readonly gamma_h?: T;
  /** For the scale of what comes from the inputs, where it is normalized. */
  readonly gamma_x?: T;
  /** For the scale of the cell, where it is normalized. */
  readonly gamma_c?: T;
  /** For the offset of the cell, where it is normalized. */
  readonly beta_c?: T;
}

/** Where a BatchNormLSTM normalizes. */
export interface BatchNormPlaces {
  /** What the gates get from the hidden state. Default: true. */
  readonly useBatchNormH?: boolean;
  /** What the gates get from the inputs. Default: false. */
  readonly useBatchNormX?: boolean;
  /** The cell, for the output. Default: false. */
  readonly useBatchNormC?: boolean;
}

/** Options of BatchNormLSTM. */
export interface BatchNormLSTMOptions extends ModuleOptions, BatchNormPlaces {
  /** Added to the bias of the forget gate. Default: 1. */
  readonly forgetBias?: number;
  /**
   * Initializers for the variables. By default weights and bias of the gates are drawn from a truncated normal distribution
   * of standard deviation `1 / sqrt(inputSize + hiddenSize)`, scales are 0.1, and the others are drawn as
   * `initializers.glorotUniform` does.
   */
  readonly initializers?: PerBatchNormLSTMVariable<Initializer> | null;
  /** Partitioners for the variables. Default: none. */
  readonly partitioners?: PerBatchNormLSTMVariable<Partitioner> | null;
  /** Regularizers for the variables. Default: none. */
  readonly regularizers?: PerBatchNormLSTMVariable<Regularizer> | null;
  /** Whether the gates also see the cell, each unit its own. Default: false. */
  readonly usePeepholes?: boolean;
  /** For how many of the first steps there are moving averages of their own; all later steps share the last. Default: 1. */
  readonly maxUniqueStats?: number;
  /** The hidden state that the core gets is clipped to this value and its negative. Default: not clipped. */
  readonly hiddenClipValue?: number | null;
  /** The cell that the core gets is clipped to this value and its negative. Default: not clipped. */
  readonly cellClipValue?: number | null;
  /**
   * The collection in which the updates of the moving averages wait for `runUpdates(collection)`. By default, and with null,
   * they take place during the call.
   */
  readonly updateOpsCollection?: string | null;
}

/** Options of a call of a BatchNormLSTM. */
export interface BatchNormLSTMCallOptions {
  /** Whether this is training; may be a bool scalar tensor. It is required. */
  readonly isTraining: boolean | tf.Tensor;
  /** Whether to normalize by the statistics of the batch also when it is not training. Default: true. */
  readonly testLocalStats?: boolean | tf.Tensor;
}

/** The option that says whether something is normalized. */
export const PLACES = { h: 'useBatchNormH', x: 'useBatchNormX', c: 'useBatchNormC' } as const;

/** Whether something is normalized. */
export function isUsed(options: BatchNormPlaces, place: keyof BatchNormPlaces): boolean {
  return options[place] ?? place === 'useBatchNormH';
}
