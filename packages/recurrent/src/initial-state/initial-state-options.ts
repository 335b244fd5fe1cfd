import type * as tf from '@tensorflow/tfjs-core';
import type { StateInitializers, StateRegularizers } from './trainable-initial-state.ts';

/** Options of {@link RNNCore.initialState}. */
export interface InitialStateOptions {
  /** The dtype of the state: `float32` (the default) or `int32`. */
  readonly dtype?: tf.DataType;
  /** Whether the state is learned: made of trainable variables, the same for every row of the batch. Default: false. */
  readonly trainable?: boolean;
  /**
   * Initializers for the variables of a trainable state: one, or as many as the state has tensors in its structure.
   * Default: zeros.
   */
  readonly trainableInitializers?: StateInitializers | null;
  /** Regularizers for the variables of a trainable state, in the structure of the state. Default: none. */
  readonly trainableRegularizers?: StateRegularizers | null;
  /** What the names of the variables begin with. Default: the scope of the core and `_initial_state`. */
  readonly name?: string | null;
}
