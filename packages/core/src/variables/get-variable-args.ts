import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers/index.ts';
import type { Partitioner } from '../partitioners/index.ts';
import type { Regularizer } from '../regularizers/index.ts';

/** What a request for a variable says besides its name. `undefined` and `null` both mean: the scope's default. */
export interface GetVariableArgs {
  /** The shape of the whole variable; needed when it is created, and checked against it when it exists. */
  readonly shape?: readonly number[] | null;
  /** `float32` (the default), `int32` or `bool`. */
  readonly dtype?: DataType | null;
  /** Gives the first value; the default is the scope's, else `glorotUniform` for floats and `zeros` for the others. */
  readonly initializer?: Initializer | null;
  /** Gives a loss that goes to the collection of regularization losses when the variable is created. */
  readonly regularizer?: Regularizer | null;
  /** Whether optimizers change the variable. Default: true. */
  readonly trainable?: boolean | null;
  /** The collections of the variable; the default is `[GraphKeys.GLOBAL_VARIABLES]`. Trainable ones are also in theirs. */
  readonly collections?: readonly string[] | null;
  /** Stores the variable in slices. */
  readonly partitioner?: Partitioner | null;
  /** Whether the variable must exist (true), must not (false), or either ('auto'). Default: as the scope says. */
  readonly reuse?: boolean | 'auto' | null;
}

/** Gets a variable by its full name: what a {@link CustomGetter} calls to have the value that it works on. */
export type VariableGetter = (name: string, args: GetVariableArgs) => Tensor;

/**
 * Stands between {@link getVariable} and the graph: it may change the request, the result, or both.
 *
 * @param getter The getter that it wraps.
 * @param name The full name of the variable, such as `mlp/linear_0/w`.
 * @param args The request.
 * @returns The variable, or a tensor made from it.
 */
export type CustomGetter = (getter: VariableGetter, name: string, args: GetVariableArgs) => Tensor;
