import { nest } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { AnyCore } from '../rnn-core-like.ts';

/**
 * What becomes of a state between two steps.
 *
 * @param step The number of the step.
 * @param previous The state before it.
 * @param next The state after it, of the same structure.
 * @param path Where this state stands in that of the core which the sequence came to first: a core around others takes
 *   each of them through the sequence with its own part.
 */
export type Carry = (step: number, previous: unknown, next: unknown, path: readonly (string | number)[]) => unknown;

/** Work on the inputs of many steps at once, before a core goes through them one by one. */
export interface Projection<Values> {
  /** Gets the inputs of some steps, [steps, batch, …], and gives what the core gets in their place, [steps, batch, …]. */
  apply(values: Values): unknown;
  /** How many elements that is for one step: what decides over how many steps are worked on at once. */
  readonly elementsPerStep: number;
}

interface Way {
  readonly reversed?: boolean;
  readonly carry?: Carry | null;
  readonly withStates?: boolean;
  readonly outputsAsGone?: boolean;
}

/**
 * A sequence on its way through a core, which gets it in the place of the inputs of one step.
 *
 * A core that takes sequences goes through all steps in one connection. It can so do at once what does not depend on the
 * state; a core around another one can hand the sequence on.
 */
export class Sequence<Values = unknown> {
  /** The inputs of all steps: tensors [steps, batch, …] in the structure of the inputs of one step. */
  readonly values: Values;
  readonly steps: number;
  readonly batchSize: number;
  /** Whether the last step is gone through first. */
  readonly reversed: boolean;
  /** What becomes of the state between two steps; null where nothing does. */
  readonly carry: Carry | null;
  /** Whether the outputs are `[outputs, states]`, with the states after all steps. */
  readonly withStates: boolean;
  /** Whether outputs are in the order in which the steps were gone through, instead of that of the inputs. */
  readonly outputsAsGone: boolean;

  constructor(values: Values, way: Way = {}) {
    const [first] = nest.flatten(values) as tf.Tensor[];
    this.values = values;
    [this.steps, this.batchSize] = [first?.shape[0] ?? 0, first?.shape[1] ?? 0];
    this.reversed = way.reversed ?? false;
    this.carry = way.carry ?? null;
    this.withStates = way.withStates ?? false;
    this.outputsAsGone = way.outputsAsGone ?? false;
  }

  /** The same with other inputs, of as many steps. */
  withValues<Other>(values: Other): Sequence<Other> {
    return new Sequence(values, this);
  }

  /** Other inputs of as many steps, for something without a state. */
  alone<Other>(values: Other): Sequence<Other> {
    return new Sequence(values, { reversed: this.reversed });
  }

  /** The sequence for a core that has a part of the state. */
  forPart(key: string | number): Sequence<Values> {
    const { carry } = this;
    if (carry === null) return this;
    return this.withCarry((step, previous, next, path) => carry(step, previous, next, [key, ...path]));
  }

  /** The same with something else that becomes of the state. */
  withCarry(carry: Carry): Sequence<Values> {
    return new Sequence(this.values, { ...this, carry });
  }
}

/** The sequence that a core got in the place of the inputs of one step; null when it got just these. */
export function sequenceIn<Values>(inputs: Values): Sequence<Values> | null {
  return inputs instanceof Sequence ? (inputs as unknown as Sequence<Values>) : null;
}

const builds = new WeakSet<object>();
const buildsWithStates = new WeakSet<object>();

/**
 * Declares that the `build` of a class of cores takes sequences. A subclass with another `build` does not.
 *
 * @param options `withStates`: whether also those that are to give the states after all steps.
 */
export function takeSequences(
  type: { readonly prototype: object },
  options: { readonly withStates?: boolean } = {},
): void {
  const build = Reflect.get(type.prototype, 'build') as object;
  builds.add(build);
  if (options.withStates === true) buildsWithStates.add(build);
}

/** Whether a core takes a sequence. One whose call was transformed with `defun` does not. */
export function takesSequence(core: AnyCore, { withStates }: Sequence): boolean {
  const known = withStates ? buildsWithStates : builds;
  return !core.defunWrapped && known.has(Reflect.get(core, 'build') as object);
}
