import { globalVariables, resetDefaultGraph } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { bidirectionalDynamicRnn, dynamicRnn, GRU, RNNCore, staticRnn } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** A core of a user, which makes its variables in the first step and fails in a later one. */
class Failing extends RNNCore {
  failsAt: number;
  #step = 0;

  constructor(failsAt: number) {
    super({ name: 'failing' });
    this.failsAt = failsAt;
  }
  protected build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (this.#step++ === this.failsAt) throw new Error('no further');
    const next = tf.add(state, new Linear(2)(inputs));
    return [next, next];
  }
  get stateSize() {
    return [2];
  }
  get outputSize() {
    return [2];
  }
}

const unrollings: [string, (core: Failing, other: GRU, inputs: tf.Tensor) => unknown][] = [
  ['dynamicRnn', (core, _, inputs) => dynamicRnn(core, inputs)],
  ['staticRnn', (core, _, inputs) => staticRnn(core, tf.unstack(inputs, 1))],
  ['bidirectionalDynamicRnn', (core, other, inputs) => bidirectionalDynamicRnn(other, core, inputs)],
];

describe.each(unrollings)('a step of %s that fails', (_, unroll) => {
  it('takes back what the steps before it made', () => {
    const [core, other, inputs] = [new Failing(3), new GRU(2), tf.ones([1, 5, 3])];
    expectNoLeak(() => {
      expect(() => tf.tidy(() => unroll(core, other, inputs) as never)).toThrow('no further');
    });
    expect(globalVariables()).toEqual([]);
    expect([core, other].map(({ isConnected, nameScopes }) => [isConnected, nameScopes])).toEqual([
      [false, []],
      [false, []],
    ]);
  });

  it('leaves the names that the next try gets', () => {
    const names = (failsAt: number) => {
      resetDefaultGraph();
      const [core, other, inputs] = [new Failing(failsAt), new GRU(2), tf.ones([1, 5, 3])];
      if (failsAt > 0) expect(() => unroll(core, other, inputs)).toThrow('no further');
      core.failsAt = Number.NaN;
      unroll(core, other, inputs);
      return [core.nameScopes, other.nameScopes, globalVariables().map(({ name }) => name)];
    };
    expect(names(3)).toEqual(names(0));
  });
});
