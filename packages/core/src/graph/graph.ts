import { ValueError } from '../errors.ts';
import { enterGraph } from './active-graph.ts';
import { type CollectionEntry, type CollectionQuery, readCollection } from './collections.ts';
import { GraphState } from './graph-state.ts';

/** Options of a {@link Graph}. */
export interface GraphOptions {
  /** The seed of every random number that this graph's variables and modules draw: an integer. Default: 0. */
  readonly seed?: number;
}

/** All that a graph's random numbers depend on; see {@link Graph.randomState}. */
export interface RandomState {
  /** The seed of the graph. */
  readonly seed: number;
  /** How many streams each variable scope has drawn inside calls. */
  readonly counters: ReadonlyMap<string, number>;
}

let graphCount = 0;
const states = new WeakMap<Graph, GraphState>();

/**
 * Owns variables and their names: what two models need one each of to be strangers to each other.
 *
 * There is always a default graph, so most programs never make one. Names are unique within a graph; modules belong to
 * the graph in which they are first connected.
 *
 * Sonnet: `tf.Graph`.
 *
 * @example
 * ```ts
 * import { getVariable, Graph, trainableVariables, variableName } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const graph = new Graph({ seed: 1 });
 * graph.asDefault(() => {
 *   getVariable('w', { shape: [2, 3] });
 *   assert.deepEqual(trainableVariables().map(variableName), ['w']);
 * });
 * assert.deepEqual(trainableVariables(), []);
 * graph.dispose();
 * ```
 */
export class Graph {
  /** A name that no other graph of this program has. */
  readonly id: string;

  /** @throws ValueError when the seed is not a safe integer. */
  constructor(options: GraphOptions = {}) {
    const seed = options.seed ?? 0;
    checkSeed(seed);
    this.id = `graph_${graphCount++}`;
    states.set(this, new GraphState(this, seed));
  }

  /** The seed of this graph's random numbers. */
  get seed(): number {
    return stateOf(this).seed;
  }

  /**
   * The seed and the counters of this graph's random numbers: with the variables, what a checkpoint has to keep for a
   * program to continue as if it had never stopped.
   *
   * @throws ValueError when it is set to a seed that is not a safe integer, or to a counter that is not a count.
   */
  get randomState(): RandomState {
    const { seed, randomCounters } = stateOf(this);
    return { seed, counters: new Map(randomCounters) };
  }

  set randomState({ seed, counters }: RandomState) {
    checkSeed(seed);
    for (const [scope, count] of counters) {
      if (Number.isSafeInteger(count) && count >= 0) continue;
      throw new ValueError(`Graph: the counter of scope "${scope}" must be an integer of at least 0; got ${count}.`);
    }
    stateOf(this).setRandomState(seed, counters);
  }

  /** The names of the collections that hold anything. */
  get collectionNames(): string[] {
    return [...stateOf(this).collections.keys()];
  }

  /**
   * Runs a function with this graph as the default one.
   *
   * @param fn A synchronous function.
   * @returns What the function returns.
   * @throws ValueError when this graph was disposed.
   * @throws TypeError when the function returns a promise: no graph stays the default over an `await`.
   */
  asDefault<T>(fn: () => T): T {
    return enterGraph(stateOf(this), fn);
  }

  /**
   * What a collection holds, in the order in which it was added.
   *
   * Reading `GraphKeys.REGULARIZATION_LOSSES` evaluates the losses now: new scalar tensors, differentiable by the
   * variables.
   *
   * @param name The collection, such as `GraphKeys.TRAINABLE_VARIABLES`.
   * @param query `scope`: only variables (or losses) inside this variable scope.
   */
  getCollection<Name extends string>(name: Name, query: CollectionQuery = {}): CollectionEntry<Name>[] {
    return readCollection(stateOf(this), name, query) as CollectionEntry<Name>[];
  }

  /**
   * Adds a value to a collection, which exists from then on.
   *
   * @throws ValueError when this graph was disposed.
   */
  addToCollection(name: string, value: unknown): void {
    stateOf(this).addToCollection(name, value);
  }

  /**
   * Frees every variable and constant that this graph owns. The graph cannot be used afterwards.
   *
   * @throws ValueError when it is called inside `asDefault`, `variableScope` or a connection of this graph.
   */
  dispose(): void {
    stateOf(this).dispose();
  }
}

function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) throw new ValueError(`Graph: seed must be an integer; got ${String(seed)}.`);
}

/** The inner state of a graph, for the parts of this package. */
export function stateOf(graph: Graph): GraphState {
  const state = states.get(graph);
  if (state === undefined) throw new TypeError(`Expected a Graph; got ${String(graph)}.`);
  return state;
}
