import * as tf from '@tensorflow/tfjs-core';
import { variableName } from '../variables/variable-name.ts';
import { GraphKeys } from './graph-keys.ts';
import type { GraphState } from './graph-state.ts';

/** Restricts what is read from a collection. */
export interface CollectionQuery {
  /** Only variables (or losses) inside the variable scope of this name. */
  readonly scope?: string;
}

/** What the standard collections hold when they are read. */
export interface CollectionTypes {
  variables: tf.Variable;
  trainable_variables: tf.Variable;
  local_variables: tf.Variable;
  moving_average_variables: tf.Variable;
  regularization_losses: tf.Tensor;
}

/** What a collection of a name holds when it is read; `unknown` for collections of one's own. */
export type CollectionEntry<Name extends string> = Name extends keyof CollectionTypes ? CollectionTypes[Name] : unknown;

/** A regularization loss that waits to be evaluated. */
export interface RegularizationLoss {
  /** The name of the loss, such as `linear/w/Regularizer/l2_regularizer`. */
  readonly name: string;
  /** Evaluates the loss now: a new scalar, differentiable by the variable. */
  readonly loss: () => tf.Tensor;
}

/** What a collection holds, optionally only what lies in one variable scope. */
export function readCollection(state: GraphState, name: string, query: CollectionQuery): unknown[] {
  let entries = state.collections.get(name) ?? [];
  if (query.scope !== undefined && query.scope !== '') {
    const prefix = `${query.scope}/`;
    entries = entries.filter((entry) => nameOf(entry)?.startsWith(prefix));
  }
  if (name !== GraphKeys.REGULARIZATION_LOSSES) return [...entries];
  return entries.map((entry) => (isRegularizationLoss(entry) ? entry.loss() : entry));
}

function nameOf(entry: unknown): string | null {
  if (entry instanceof tf.Variable) return variableName(entry);
  if (typeof entry === 'object' && entry !== null && 'name' in entry) return String(entry.name);
  return null;
}

export function isRegularizationLoss(entry: unknown): entry is RegularizationLoss {
  return typeof entry === 'object' && entry !== null && 'loss' in entry && typeof entry.loss === 'function';
}
