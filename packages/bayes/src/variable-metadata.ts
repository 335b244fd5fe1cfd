import { addToCollection, type Graph, getDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type BuiltDistribution, type Distribution, type DistributionVariables, tidied } from './distribution.ts';
import type { KlBuilder } from './kl-builders.ts';

/** What a variable is made of; what is a function computes it from the values that variables have now. */
export interface StochasticVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scopeName: string;
  readonly buildPosterior: () => BuiltDistribution;
  readonly buildPrior: () => BuiltDistribution;
  readonly klBuilder: KlBuilder;
  /** The value of the latest connection. */
  readonly estimate: (posterior: Distribution) => tf.Tensor;
}

/**
 * What is known of a variable that is learned by Bayes by Backprop; {@link getVariableMetadata} lists them.
 *
 * Distributions, estimates and costs are computed when they are read, from the values that the variables have then:
 * differentiable, and new tensors at every reading. Read them inside `tf.tidy` or a gradient.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop._VariableMetadata`.
 */
export class VariableMetadata {
  readonly #variable: StochasticVariable;

  /** @internal */
  constructor(variable: StochasticVariable) {
    this.#variable = variable;
  }

  /** The full name of the variable, such as `mlp/linear_0/w`. There is no variable of this name itself. */
  get rawVariableName(): string {
    return this.#variable.name;
  }

  /** The shape of the variable. */
  get rawVariableShape(): readonly number[] {
    return this.#variable.shape;
  }

  /** The name of the variable scope that it was made in, such as `mlp/linear_0`. */
  get scopeName(): string {
    return this.#variable.scopeName;
  }

  /** The posterior. */
  get posterior(): Distribution {
    return this.#variable.buildPosterior().distribution;
  }

  /** The prior. */
  get prior(): Distribution {
    return this.#variable.buildPrior().distribution;
  }

  /** What the posterior is made from: the variables that its builder asked for, or what the builder listed. */
  get posteriorVars(): DistributionVariables {
    return tidied(() => this.#variable.buildPosterior().variables);
  }

  /** What the prior is made from: the variables that its builder asked for, or what the builder listed. */
  get priorVars(): DistributionVariables {
    return tidied(() => this.#variable.buildPrior().variables);
  }

  /** The value that the variable had at its latest connection: with the same random numbers, if it was a sample. */
  get posteriorEstimate(): tf.Tensor {
    return tf.tidy(() => tf.clone(this.#variable.estimate(this.posterior)));
  }

  /**
   * The cost of the variable: a scalar.
   *
   * @throws ValueError when `klBuilder` does not give a float32 scalar.
   */
  get klCost(): tf.Scalar {
    return tf.tidy(() => {
      const { posterior, prior } = this;
      const cost: unknown = this.#variable.klBuilder(posterior, prior, this.#variable.estimate(posterior));
      if (cost instanceof tf.Tensor && cost.rank === 0 && cost.dtype === 'float32') return tf.clone(cost) as tf.Scalar;
      const got = cost instanceof tf.Tensor ? `${cost.dtype} [${cost.shape.join(', ')}]` : String(cost);
      throw new ValueError(
        `Bayes by Backprop "${this.rawVariableName}": klBuilder must return a float32 scalar; got ${got}.`,
      );
    });
  }
}

/** The collection in which a graph keeps its variables: what a failed connection adds is taken out again. */
const COLLECTION = 'bayes_by_backprop';

interface Index {
  readonly entries: readonly VariableMetadata[];
  readonly byName: ReadonlyMap<string, VariableMetadata>;
}

const indexes = new WeakMap<Graph, Index>();

/** All variables of the default graph, in the order in which they were made. */
export function allMetadata(): readonly VariableMetadata[] {
  return getDefaultGraph().getCollection(COLLECTION) as VariableMetadata[];
}

/** The variable of a full name in the default graph. */
export function findMetadata(name: string): VariableMetadata | undefined {
  const graph = getDefaultGraph();
  const entries = allMetadata();
  const known = indexes.get(graph);
  // Entries come and go at the end only.
  if (known?.entries.length === entries.length && known.entries.at(-1) === entries.at(-1))
    return known.byName.get(name);
  const byName = new Map(entries.map((entry) => [entry.rawVariableName, entry]));
  indexes.set(graph, { entries, byName });
  return byName.get(name);
}

/** Lists a variable in the default graph. */
export function registerMetadata(metadata: VariableMetadata): void {
  addToCollection(COLLECTION, metadata);
}
