import { type Graph, GraphKeys, getDefaultGraph, nameScope, regularizationLosses, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { goldenName } from './tensorflow-functions.ts';

/** All variables of a graph as the cases list them: global ones in the order of their creation, then local ones. */
export function variablesOf(graph: Graph): tf.Variable[] {
  return [
    ...(graph.getCollection(GraphKeys.GLOBAL_VARIABLES) as tf.Variable[]),
    ...(graph.getCollection(GraphKeys.LOCAL_VARIABLES) as tf.Variable[]),
  ];
}

/** The names of the collections of a graph in which a variable is, sorted. */
export function collectionsOf(graph: Graph, variable: tf.Variable): string[] {
  return graph.collectionNames
    .filter((name) => name !== GraphKeys.REGULARIZATION_LOSSES && graph.getCollection(name).includes(variable))
    .sort();
}

/** What must be the same before a call and after it has failed. */
export interface GraphSnapshot {
  readonly variables: readonly string[];
  readonly dataIds: readonly object[];
  readonly collections: { readonly [name: string]: readonly unknown[] };
  readonly numTensors: number;
}

/** What the graph that is the default one holds now. */
export function takeSnapshot(): GraphSnapshot {
  const numTensors = tf.memory().numTensors;
  const graph = getDefaultGraph();
  const variables = variablesOf(graph);
  return {
    variables: variables.map(goldenName),
    dataIds: variables.map((variable) => variable.dataId),
    collections: Object.fromEntries(graph.collectionNames.map((name) => [name, entriesOf(graph, name)])),
    numTensors,
  };
}

/** The entries of a collection; of losses their names, because reading them evaluates them. */
function entriesOf(graph: Graph, name: string): readonly unknown[] {
  if (name !== GraphKeys.REGULARIZATION_LOSSES) return graph.getCollection(name);
  return regularizationLosses().map((loss) => loss.name);
}

/** What differs between two snapshots, in words. */
export function snapshotDifferences(
  before: GraphSnapshot,
  after: GraphSnapshot,
): { what: string; expected: unknown; got: unknown }[] {
  const found: { what: string; expected: unknown; got: unknown }[] = [];
  const compare = (what: string, expected: unknown, got: unknown): void => {
    if (JSON.stringify(expected) !== JSON.stringify(got)) found.push({ what, expected, got });
  };
  compare('variables', before.variables, after.variables);
  if (before.dataIds.some((id, index) => after.dataIds[index] !== id)) {
    found.push({ what: 'values of variables', expected: 'unchanged', got: 'changed' });
  }
  const sizes = (snapshot: GraphSnapshot): object =>
    Object.fromEntries(Object.entries(snapshot.collections).map(([name, entries]) => [name, entries.length]));
  compare('sizes of collections', sizes(before), sizes(after));
  for (const [name, entries] of Object.entries(before.collections)) {
    if (entries.some((entry, index) => after.collections[name]?.[index] !== entry)) {
      found.push({ what: `collection ${name}`, expected: 'unchanged', got: 'changed' });
    }
  }
  compare('tf.memory().numTensors', before.numTensors, after.numTensors);
  return found;
}

/**
 * The names that scopes of these names would get now, in the scope that is current: what shows whether a failed call has
 * used up a name. It uses the names up itself, so it is the last thing to be done in a graph.
 */
export function probeNames(names: readonly string[]): Record<string, string> {
  const probes: Record<string, string> = {};
  for (const name of names) {
    probes[`variable scope ${name}`] = attempt(() => variableScope(null, { defaultName: name }, (scope) => scope.name));
    probes[`name scope ${name}`] = attempt(() => nameScope(name, (full) => full));
  }
  return probes;
}

function attempt(fn: () => string): string {
  try {
    return fn();
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
