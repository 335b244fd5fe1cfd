import { NotSupportedError, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** One of the running averages that an optimizer keeps for a variable. */
export interface OptimizerSlot {
  /** The name of the variable's, then `/` and the slot's. */
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** The state of an optimizer, as its class in TensorFlow.js keeps it. */
interface Layout {
  /** The members that are lists of running averages, one for each variable, by the end of their names in TensorFlow.js. */
  readonly slots: Readonly<Record<string, string>>;
  /** The members that are scalar variables. */
  readonly scalars?: readonly string[];
}

/**
 * `getWeights` and `setWeights` of TensorFlow.js are not enough: Adamax has none, and Adam computes the powers of its betas
 * anew, which gives other numbers than the products that it had.
 */
const layouts: Readonly<Record<string, Layout>> = {
  SGD: { slots: {} },
  Momentum: { slots: { momentum: 'accumulations' } },
  Adagrad: { slots: { accumulator: 'accumulatedGrads' } },
  Adadelta: { slots: { accum_grad: 'accumulatedGrads', accum_var: 'accumulatedUpdates' } },
  RMSProp: { slots: { rms: 'accumulatedMeanSquares', momentum: 'accumulatedMoments', mg: 'accumulatedMeanGrads' } },
  Adam: { slots: { m: 'accumulatedFirstMoment', v: 'accumulatedSecondMoment' }, scalars: ['accBeta1', 'accBeta2'] },
  Adamax: {
    slots: { m: 'accumulatedFirstMoment', v: 'accumulatedWeightedInfNorm' },
    scalars: ['accBeta1', 'iteration'],
  },
};

/** Reads and writes the state of an optimizer of TensorFlow.js. */
export class OptimizerMembers {
  readonly className: string;
  /** The ends of the slots' names. */
  readonly slotNames: readonly string[];
  readonly scalarNames: readonly string[];
  readonly #layout: Layout;
  readonly #members: Record<string, unknown>;

  /** @throws NotSupportedError when it is not an optimizer of TensorFlow.js, or of a class derived from one. */
  constructor(optimizer: tf.Optimizer) {
    this.className = knownClassName(optimizer);
    this.#layout = layouts[this.className] as Layout;
    this.#members = optimizer as unknown as Record<string, unknown>;
    const centered = this.#members.centered !== false;
    this.slotNames = Object.keys(this.#layout.slots).filter((name) => name !== 'mg' || centered);
    this.scalarNames = this.#layout.scalars ?? [];
    for (const name of this.scalarNames) {
      if (this.scalar(name).isDisposed) throw new ValueError(`The optimizer ${this.className} was disposed.`);
    }
  }

  get iterations(): number {
    return this.#members.iterations as number;
  }

  set iterations(count: number) {
    this.#members.iterations_ = count;
  }

  scalar(name: string): tf.Variable {
    return this.#members[name] as tf.Variable;
  }

  /** The running averages of a name, by position. */
  slots(name: string): readonly OptimizerSlot[] {
    return this.#members[this.#memberOf(name)] as readonly OptimizerSlot[];
  }

  /** Replaces and frees the running averages of a name. */
  replaceSlots(name: string, slots: readonly OptimizerSlot[]): void {
    const previous = this.slots(name);
    this.#members[this.#memberOf(name)] = [...slots];
    tf.dispose(previous.map(({ variable }) => variable));
  }

  #memberOf(name: string): string {
    return this.#layout.slots[name] as string;
  }
}

/** The name of the nearest class of TensorFlow.js's: a class derived from one may have its own. */
function knownClassName(optimizer: tf.Optimizer): string {
  let type = optimizer.constructor as { readonly className?: unknown } | null;
  while (typeof type === 'function') {
    const name = Object.hasOwn(type, 'className') ? (type as { readonly className?: unknown }).className : undefined;
    if (typeof name === 'string' && Object.hasOwn(layouts, name)) return name;
    type = Object.getPrototypeOf(type);
  }
  throw new NotSupportedError(
    `The state of an optimizer of class ${optimizer.constructor.name} cannot be saved; known are ` +
      `${Object.keys(layouts).join(', ')} and classes derived from them.`,
  );
}
