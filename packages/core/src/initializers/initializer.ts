import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../random/random-stream.ts';

/** What an {@link Initializer} may know about the variable that it fills. */
export interface InitializerContext {
  /** Full name of the variable, such as `mlp/linear_0/w`. */
  readonly name: string;
  /** The variable's own random numbers: they depend on the graph's seed and the variable's name only. */
  readonly random: RandomStream;
  /** Given when the variable is one slice of a partitioned one. */
  readonly partition?: PartitionInfo;
}

/** Where a slice lies in a partitioned variable. */
export interface PartitionInfo {
  /** Shape of the whole variable. */
  readonly fullShape: number[];
  /** Index, in the whole variable, of the slice's first element. */
  readonly offset: number[];
}

/**
 * A function that makes the first value of a variable.
 *
 * Those of {@link initializers} carry their name and configuration, for listings; a function of your own need not.
 */
export interface Initializer {
  /**
   * @param shape Shape of the variable, or of the slice.
   * @param dtype Data type of the variable.
   * @returns A new tensor of this shape and data type.
   */
  (shape: number[], dtype: DataType, context: InitializerContext): Tensor;
  /** For example `'truncatedNormal'`. */
  readonly initializerName?: string;
  /** The options, defaults filled in. */
  readonly config?: Readonly<Record<string, unknown>>;
}
