import type { GetVariableArgs, RandomStream, VariableGetter } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A probability distribution over tensors: what posteriors and priors are. {@link Normal} is one; make others by
 * implementing this.
 */
export interface Distribution {
  /** Whether samples are differentiable functions of the distribution's parameters. A posterior must be. */
  readonly isReparameterized: boolean;
  /**
   * A sample. It must depend on the parameters and on the numbers of the stream only: the same numbers give it again.
   */
  sample(random: RandomStream): tf.Tensor;
  /** The mean. */
  mean(): tf.Tensor;
  /** The logarithm of the density at a value, element by element. */
  logProb(value: tf.Tensor): tf.Tensor;
  /** The Kullback-Leibler divergence from this distribution to another one, element by element. */
  klDivergence?(other: Distribution): tf.Tensor;
  /** What the mode `last` gives. Default: a sample with the same random numbers as the latest one. */
  lastSample?(): tf.Tensor;
}

/** Tensors that a distribution is made from, usually variables, by name. */
export type DistributionVariables = Readonly<Record<string, tf.Tensor>>;

/**
 * Makes the posterior or the prior of a variable. It is called at every connection and whenever the KL cost is evaluated,
 * so it must ask `getter` for the same variables every time.
 *
 * @param getter Gets variables by their full names.
 * @param name The full name of the variable, such as `linear/w`.
 * @param args The request for it.
 * @returns The distribution; or the distribution and the tensors that {@link VariableMetadata} is to list, which otherwise
 *   lists what `getter` gave.
 */
export type DistributionBuilder = (
  getter: VariableGetter,
  name: string,
  args: GetVariableArgs,
) => Distribution | readonly [distribution: Distribution, variables: DistributionVariables];

/** A distribution and what it was made from. */
export interface BuiltDistribution {
  readonly distribution: Distribution;
  readonly variables: DistributionVariables;
}

/** The request for a variable, as a custom getter gets it. */
export interface VariableRequest {
  readonly getter: VariableGetter;
  readonly name: string;
  readonly args: GetVariableArgs;
}

/**
 * Calls a builder.
 *
 * @param what What it builds, in words.
 * @throws TypeError when it does not give a distribution.
 */
export function buildDistribution(
  builder: DistributionBuilder,
  { getter, name, args }: VariableRequest,
  what: 'posterior' | 'prior',
): BuiltDistribution {
  const used = new Map<string, tf.Tensor>();
  const recordingGetter: VariableGetter = (innerName, innerArgs) => {
    const value = getter(innerName, innerArgs);
    used.set(innerName, value);
    return value;
  };
  const made: unknown = builder(recordingGetter, name, args);
  const [distribution, variables] = Array.isArray(made) ? (made as unknown[]) : [made];
  if (!isDistribution(distribution)) {
    throw new TypeError(
      `Bayes by Backprop "${name}": ${what}Builder must return a Distribution, with the methods sample, mean and logProb; ` +
        `got ${String(distribution)}.`,
    );
  }
  return { distribution, variables: (variables ?? Object.fromEntries(used)) as DistributionVariables };
}

function isDistribution(value: unknown): value is Distribution {
  if (typeof value !== 'object' || value === null) return false;
  return ['sample', 'mean', 'logProb'].every((method) => typeof Reflect.get(value, method) === 'function');
}

/** Runs a function so that only the tensors in its result outlive it. */
export function tidied<T>(fn: () => T): T {
  return tf.tidy(fn as () => tf.TensorContainer) as T;
}
