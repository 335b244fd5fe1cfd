import { ValueError } from '../errors.ts';
import { innermostState } from './active-graph.ts';
import { type CollectionEntry, type CollectionQuery, readCollection } from './collections.ts';
import { Graph, type GraphOptions, stateOf } from './graph.ts';
import type { GraphState } from './graph-state.ts';

let programDefault: GraphState | null = null;

/** The state of the default graph: of the innermost `asDefault`, else of the program. */
export function currentState(): GraphState {
  const state = innermostState() ?? programDefault;
  return state === null || state.disposed ? newDefault({}) : state;
}

function newDefault(options: GraphOptions): GraphState {
  programDefault = stateOf(new Graph(options));
  return programDefault;
}

/** Whether a graph is the default graph of the program, whose variables have no prefix in tfjs's engine. */
export function isProgramDefault(state: GraphState): boolean {
  return state === programDefault;
}

/**
 * The graph in which modules and variables are made now: that of the innermost `graph.asDefault(fn)`, else the default
 * graph of the program.
 *
 * Sonnet: `tf.get_default_graph`.
 *
 * @example
 * ```ts
 * import { getDefaultGraph, Graph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const graph = new Graph();
 * assert.notEqual(getDefaultGraph(), graph);
 * graph.asDefault(() => assert.equal(getDefaultGraph(), graph));
 * ```
 */
export function getDefaultGraph(): Graph {
  return currentState().graph;
}

/**
 * Frees the default graph of the program with all its variables and puts a new, empty one in its place.
 *
 * Modules that were connected in the old graph cannot be used any more. Sonnet: `tf.reset_default_graph`.
 *
 * @param options The options of the new graph.
 * @throws ValueError inside `graph.asDefault(fn)`, `variableScope` or a module's `build`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph({ seed: 42 });
 * const w = getVariable('w', { shape: [2] });
 * resetDefaultGraph();
 * assert.equal(w.isDisposed, true);
 * assert.deepEqual(globalVariables(), []);
 * ```
 */
export function resetDefaultGraph(options: GraphOptions = {}): Graph {
  if (innermostState() !== null) throw new ValueError('resetDefaultGraph: call it outside of graph.asDefault.');
  if (programDefault !== null && !programDefault.disposed) programDefault.graph.dispose();
  return newDefault(options).graph;
}

/**
 * What a collection of the default graph holds; see {@link Graph.getCollection}.
 *
 * Sonnet: `tf.get_collection`.
 *
 * @example
 * ```ts
 * import { addToCollection, getCollection, getVariable, GraphKeys, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const w = getVariable('w', { shape: [2] });
 * assert.deepEqual(getCollection(GraphKeys.TRAINABLE_VARIABLES), [w]);
 * addToCollection('mine', 'anything');
 * assert.deepEqual(getCollection('mine'), ['anything']);
 * ```
 */
export function getCollection<Name extends string>(name: Name, query: CollectionQuery = {}): CollectionEntry<Name>[] {
  return readCollection(currentState(), name, query) as CollectionEntry<Name>[];
}

/**
 * Adds a value to a collection of the default graph.
 *
 * Sonnet: `tf.add_to_collection`.
 *
 * @example
 * ```ts
 * import { addToCollection, getCollection, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * addToCollection('summaries', 'loss');
 * assert.deepEqual(getCollection('summaries'), ['loss']);
 * ```
 */
export function addToCollection(name: string, value: unknown): void {
  currentState().addToCollection(name, value);
}
