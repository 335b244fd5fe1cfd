import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { LagrangeMultiplier, type LagrangeMultiplierOptions } from './lagrange-multiplier.ts';

/** The options that all constraints of an {@link OptimizationConstraints} share, unless they have their own. */
export type OptimizationConstraintsOptions = Pick<LagrangeMultiplierOptions, 'rate' | 'validRange'>;

/** Options of one constraint. */
export interface ConstraintOptions extends Pick<LagrangeMultiplierOptions, 'rate' | 'validRange' | 'initializer'> {
  /** The right-hand side. Default: 0. */
  readonly rhs?: tf.Tensor | number;
}

/** How the two sides of a constraint are compared. `<=` means the same as `<`, and `>=` the same as `>`. */
export type Comparison = '<' | '<=' | '>' | '>=';

// An instance is a function: the interface gives it its call signature.
export interface OptimizationConstraints {
  /**
   * The penalty to be added to the loss: the sum of all constraints, each times its Lagrange multiplier. From the first
   * call on, no constraint can be added.
   *
   * @returns A new scalar.
   */
  // biome-ignore lint/style/useShorthandFunctionType: a type could not be merged with the class.
  (): tf.Scalar;
}

/**
 * Inequalities that an optimizer should make hold while it minimizes a loss. Each gets a Lagrange multiplier, which grows
 * while the inequality does not hold.
 *
 * Make one in the `build` of a module, as the tensors of constraints are made anew with each step; the multipliers are the
 * same at every connection then.
 *
 * Variables: `lagrange_multiplier/w`, `lagrange_multiplier_1/w`, … in the scope where the constraints are added.
 *
 * Sonnet: `snt.OptimizationConstraints`. Rezende and Viola, "Taming VAEs" (2018).
 *
 * @example
 * ```ts
 * import { getVariable, initializers, minimize, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import { OptimizationConstraints } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * // Minimize x ** 2 where x is at least 1.
 * const loss = new Module(
 *   () => {
 *     const x = getVariable('x', { shape: [], initializer: initializers.constant(3) });
 *     const constraints = new OptimizationConstraints();
 *     constraints.addGeq(x, { rhs: 1 });
 *     return tf.add(tf.square(x), constraints()) as tf.Scalar;
 *   },
 *   { name: 'loss' },
 * );
 * const optimizer = tf.train.sgd(0.05);
 * for (let step = 0; step < 300; step++) minimize(optimizer, () => loss());
 * const x = loss.variables.find((variable) => variable.name === 'loss/x');
 * assert(Math.abs(Number(x?.dataSync()[0]) - 1) < 0.01);
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function, which is what the interface says.
export class OptimizationConstraints {
  /**
   * @param options `rate` and `validRange` of the multipliers of constraints that have no own; see
   *   {@link LagrangeMultiplierOptions}.
   */
  constructor(options: OptimizationConstraintsOptions = {}) {
    const state: State = { options, terms: [], isConnected: false };
    const penalty = (): tf.Scalar => computePenalty(state);
    Reflect.deleteProperty(penalty, 'name');
    Reflect.deleteProperty(penalty, 'length');
    const self: OptimizationConstraints = Object.setPrototypeOf(penalty, new.target.prototype);
    states.set(self, state);
    // biome-ignore lint/correctness/noConstructorReturn: constraints are a function with the class's prototype.
    return self;
  }

  /**
   * Adds the constraint `lhs < rhs` or `lhs > rhs`.
   *
   * A comparison of tensors cannot be taken apart here as in Sonnet, so it comes in its three parts.
   *
   * @returns These constraints.
   * @throws TypeError when the comparison is unknown, or a side is neither a tensor nor a number.
   * @throws ValueError when the penalty was computed already.
   */
  add(
    lhs: tf.Tensor | number,
    comparison: Comparison,
    rhs: tf.Tensor | number,
    options: Omit<ConstraintOptions, 'rhs'> = {},
  ): this {
    if (comparison === '<' || comparison === '<=') return this.addLeq(lhs, { ...options, rhs });
    if (comparison === '>' || comparison === '>=') return this.addGeq(lhs, { ...options, rhs });
    throw new TypeError(`OptimizationConstraints: a comparison must be <, <=, > or >=; got ${String(comparison)}.`);
  }

  /**
   * Adds the constraint `lhs <= rhs`.
   *
   * @param lhs A float32 tensor, or a number. Each element is a constraint of its own.
   * @param options See {@link ConstraintOptions}.
   * @returns These constraints.
   * @throws TypeError when a side is neither a tensor nor a number.
   * @throws ValueError when the penalty was computed already.
   */
  addLeq(lhs: tf.Tensor | number, options: ConstraintOptions = {}): this {
    const { rhs = 0, ...own } = options;
    return addTerm(this, lhs, rhs, own);
  }

  /**
   * Adds the constraint `lhs >= rhs`.
   *
   * @param lhs A float32 tensor, or a number. Each element is a constraint of its own.
   * @param options See {@link ConstraintOptions}.
   * @returns These constraints.
   * @throws TypeError when a side is neither a tensor nor a number.
   * @throws ValueError when the penalty was computed already.
   */
  addGeq(lhs: tf.Tensor | number, options: ConstraintOptions = {}): this {
    const { rhs = 0, ...own } = options;
    return addTerm(this, rhs, lhs, own);
  }

  /** What must not be positive, for each constraint: new tensors. */
  get constraints(): tf.Tensor[] {
    return stateOf(this).terms.map(excess);
  }

  /** The Lagrange multiplier of each constraint: new tensors. */
  get lagrangeMultipliers(): tf.Tensor[] {
    return stateOf(this).terms.map(({ multiplier }) => multiplier.value());
  }
}

/** One constraint: `lower <= upper`. */
interface Term {
  readonly lower: tf.Tensor | number;
  readonly upper: tf.Tensor | number;
  readonly multiplier: LagrangeMultiplier;
}

/** What constraints remember. It lies beside them, since they are a function. */
interface State {
  readonly options: OptimizationConstraintsOptions;
  readonly terms: Term[];
  isConnected: boolean;
}

const states = new WeakMap<OptimizationConstraints, State>();

function stateOf(constraints: OptimizationConstraints): State {
  return states.get(constraints) as State;
}

function addTerm<T extends OptimizationConstraints>(
  constraints: T,
  lower: tf.Tensor | number,
  upper: tf.Tensor | number,
  options: Omit<ConstraintOptions, 'rhs'>,
): T {
  const { options: shared, terms, isConnected } = stateOf(constraints);
  if (isConnected) {
    throw new ValueError(
      'OptimizationConstraints: no further constraints can be added once the penalty was computed by calling it.',
    );
  }
  const multiplier = new LagrangeMultiplier({
    shape: broadcastShape(shapeOf(lower), shapeOf(upper)),
    rate: options.rate ?? shared.rate ?? 1,
    validRange: options.validRange ?? shared.validRange ?? null,
    initializer: options.initializer ?? null,
  });
  terms.push({ lower, upper, multiplier });
  return constraints;
}

function broadcastShape(a: number[], b: number[]): number[] {
  try {
    return tf.broadcast_util.assertAndGetBroadcastShape(a, b);
  } catch {
    throw new ValueError(
      `OptimizationConstraints: the sides of a constraint must have shapes that can be broadcast; got [${a}] and [${b}].`,
    );
  }
}

function computePenalty(state: State): tf.Scalar {
  const penalty = tf.tidy(() => {
    const penalties = state.terms.map((term) => tf.sum(tf.mul(term.multiplier.value(), excess(term))));
    return penalties.reduce((sum, penalty) => tf.add(sum, penalty), tf.scalar(0));
  });
  state.isConnected = true;
  return penalty as tf.Scalar;
}

function excess({ lower, upper }: Term): tf.Tensor {
  return tf.sub(lower, upper);
}

function shapeOf(side: unknown): number[] {
  if (side instanceof tf.Tensor) return side.shape;
  if (typeof side === 'number') return [];
  throw new TypeError(
    `OptimizationConstraints: a side of a constraint must be a tensor or a number; got ${String(side)}.`,
  );
}
