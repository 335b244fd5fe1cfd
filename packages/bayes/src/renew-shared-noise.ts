import { type Graph, getDefaultGraph } from '@sonnetjs/core';

const epochs = new WeakMap<Graph, object>();

/**
 * Lets every variable of the default graph whose noise is shared between connections (`freshNoisePerConnection: false`)
 * draw new noise at its next connection.
 *
 * Training does not need it: each computation of gradients draws new noise. It is for prediction, where each call of it
 * begins another random network. In TensorFlow 1 that was each `session.run`.
 *
 * @example
 * ```ts
 * import { bayesByBackpropGetter, renewSharedNoise } from '@sonnetjs/bayes';
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const linear = new Linear(1, { customGetter: bayesByBackpropGetter({ freshNoisePerConnection: false }) });
 * const predict = () => linear(tf.ones([1, 2])).dataSync()[0];
 * const [first, second] = [predict(), predict()];
 * renewSharedNoise();
 * assert.equal(first, second);
 * assert.notEqual(predict(), second);
 * ```
 */
export function renewSharedNoise(): void {
  epochs.set(getDefaultGraph(), {});
}

/** What stays the same in a graph until its shared noise is renewed. */
export function noiseEpoch(graph: Graph): object {
  return epochs.get(graph) ?? graph;
}
