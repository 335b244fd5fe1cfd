import type * as tf from '@tensorflow/tfjs-core';
import type { GraphState } from '../graph/graph-state.ts';
import { variableName } from '../variables/variable-name.ts';
import { assignNext, keepValue, type NextValue } from './assign-next.ts';
import { currentStep, isSameStep, type StepId } from './training-step.ts';

let operandCount = 0;

/**
 * A change of a variable that waits in a collection until {@link runUpdates} makes it.
 *
 * It owns what the new value is computed from. The graph frees that with itself, should nobody run the update.
 */
export class DeferredUpdate {
  /** The name of the variable. */
  readonly name: string;
  /** The variable that will change. */
  readonly variable: tf.Variable;
  readonly #state: GraphState;
  readonly #step: StepId;
  readonly #operands: ReadonlyMap<string, tf.Tensor>;
  readonly #next: NextValue;

  /** @internal */
  constructor(state: GraphState, variable: tf.Variable, operands: readonly tf.Tensor[], next: NextValue) {
    this.name = variableName(variable);
    this.variable = variable;
    this.#state = state;
    this.#step = currentStep(state);
    this.#operands = new Map(operands.map((operand) => [`deferred update ${operandCount++}`, keepValue(operand)]));
    this.#next = next;
    for (const [key, operand] of this.#operands) state.constants.set(key, operand);
  }

  /** @internal Whether this update is of the same variable as another one, and was left over by an earlier step. */
  isReplacedBy(other: DeferredUpdate): boolean {
    return this.variable === other.variable && !isSameStep(this.#step, other.#step);
  }

  /** @internal */
  run(): void {
    assignNext(this.#state, this.variable, [...this.#operands.values()], this.#next);
  }

  /** @internal */
  free(): void {
    for (const [key, operand] of this.#operands) {
      this.#state.constants.delete(key);
      operand.dispose();
    }
  }
}

/** Puts an update into its collection, in the place of those of the same variable that an earlier step has left over. */
export function defer(state: GraphState, collection: string, update: DeferredUpdate): void {
  state.undoLog.recordAction(() => update.free());
  const replaced = deferredUpdates(state, collection).filter((earlier) => earlier.isReplacedBy(update));
  if (replaced.length > 0) removeUpdates(state, collection, replaced);
  state.addToCollection(collection, update);
}

/** The updates that wait in a collection. */
export function deferredUpdates(state: GraphState, collection: string): DeferredUpdate[] {
  const entries = state.collections.get(collection) ?? [];
  return entries.filter((entry) => entry instanceof DeferredUpdate);
}

/** Takes updates out of a collection, and frees them once this cannot be taken back any more. */
export function removeUpdates(state: GraphState, collection: string, updates: readonly DeferredUpdate[]): void {
  const entries = state.collections.get(collection) ?? [];
  const before = [...entries];
  const removed = new Set<unknown>(updates);
  const put = (values: readonly unknown[]): void => {
    entries.splice(0, entries.length, ...values);
    if (entries.length > 0) state.collections.set(collection, entries);
    else state.collections.delete(collection);
  };
  put(before.filter((entry) => !removed.has(entry)));
  state.undoLog.recordAction(
    () => put(before),
    () => {
      for (const update of updates) update.free();
    },
  );
}
