import { Graph, trainingStep } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a function in a new graph, and frees everything afterwards.
 *
 * @returns What it threw, or null.
 */
export function runInGraph(run: (graph: Graph) => void): unknown {
  const graph = new Graph({ seed: 1 });
  const { warn } = console;
  // Warnings are not compared, and would come once for each pass.
  console.warn = () => undefined;
  try {
    // A case is one graph, which is built once: the updates of all its calls wait together.
    tf.tidy(() => graph.asDefault(() => trainingStep(() => run(graph))));
    return null;
  } catch (error) {
    return error ?? new Error('something empty was thrown');
  } finally {
    console.warn = warn;
    graph.dispose();
  }
}
