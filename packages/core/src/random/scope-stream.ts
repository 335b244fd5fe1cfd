import { currentState } from '../graph/default-graph.ts';
import { RandomStream } from './random-stream.ts';

/**
 * A stream of random numbers for one draw inside a call: of dropout, of noise, of a sample.
 *
 * It follows from the graph's seed, the current variable scope and how many streams that scope has drawn, so a program
 * draws the same numbers at every run and on every backend. The counters are part of what a checkpoint saves.
 *
 * @example
 * ```ts
 * import { nextRandomStream, resetDefaultGraph } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * const draw = () => [...nextRandomStream().uniform([2]).dataSync()];
 * resetDefaultGraph({ seed: 7 });
 * const first = [draw(), draw()];
 * resetDefaultGraph({ seed: 7 });
 * assert.deepEqual([draw(), draw()], first);
 * assert.notDeepEqual(first[0], first[1]);
 * ```
 */
export function nextRandomStream(): RandomStream {
  const state = currentState();
  const { name } = state.scope;
  const count = state.randomCounters.get(name) ?? 0;
  state.randomCounters.set(name, count + 1);
  state.undoLog.recordAction(() => {
    if (count === 0) state.randomCounters.delete(name);
    else state.randomCounters.set(name, count);
  });
  return RandomStream.fromSeed(state.seed, 'call', name, count);
}
