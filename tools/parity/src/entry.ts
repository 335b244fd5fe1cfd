import type * as tf from '@tensorflow/tfjs-core';
import type fc from 'fast-check';
import type { Expected } from './expected.ts';
import type { NdArray } from './nd-array.ts';
import type { InputSpec } from './values.ts';

/** The families of ops, in the order in which they are listed and reported. */
export const families = ['elementwise', 'contractions', 'reductions', 'shape', 'convolution', 'pooling'] as const;

export type Family = (typeof families)[number];

/** One call of an op. */
export interface OpCase<Attrs> {
  readonly inputs: readonly InputSpec[];
  readonly attrs: Attrs;
  /** Decides on the values of the inputs. */
  readonly seed: number;
  /** Whether to check the gradient too, where the op has one. Default true. */
  readonly gradient?: boolean;
}

/** An op, how to call it in many ways, and what has to come out. */
export interface Entry<Attrs = unknown> {
  /** The op's name, unique in the table. */
  readonly op: string;
  readonly family: Family;
  /** All calls that are allowed, mostly small ones at the edges. */
  readonly cases: fc.Arbitrary<OpCase<Attrs>>;
  /** Calls that are always tried, before the random ones. */
  readonly examples?: readonly OpCase<Attrs>[];
  run(inputs: tf.Tensor[], attrs: Attrs): tf.Tensor | tf.Tensor[];
  /** The results in float64. */
  reference(inputs: readonly NdArray[], attrs: Attrs): Expected[];
  /**
   * What the gradients of the results make of the gradients of the inputs, in float64; null for an input that is not
   * differentiated. Undefined for ops without gradient.
   */
  readonly adjoint?: (inputs: readonly NdArray[], attrs: Attrs, dys: readonly NdArray[]) => (Expected | null)[];
}

/** Puts an entry into the table, which does not know the types of attributes. */
export function entry<Attrs>(definition: Entry<Attrs>): Entry {
  return definition as unknown as Entry;
}
