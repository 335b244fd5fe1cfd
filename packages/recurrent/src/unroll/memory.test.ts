import { resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyCore, DeepRNN, dynamicRnn, GRU, LSTM, RNNCore, VanillaRNN } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** Not one of this package, so that its steps are taken one by one. */
class Custom extends RNNCore {
  constructor() {
    super({ name: 'custom' });
  }
  protected build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
    const next = tf.tanh(new Linear(2)(tf.concat([inputs, state], 1)));
    return [next, next];
  }
  get stateSize() {
    return [2];
  }
  get outputSize() {
    return [2];
  }
}

const cores: [string, () => AnyCore][] = [
  ['VanillaRNN', () => new VanillaRNN(2)],
  ['LSTM', () => new LSTM(2)],
  ['a stack', () => new DeepRNN([new LSTM(1), new GRU(1)])],
  ['a core of your own', () => new Custom()],
];

function unroll(core: AnyCore, inputs: tf.Tensor, options = {}): [tf.Tensor, unknown] {
  return dynamicRnn(core as never, inputs as never, options) as [tf.Tensor, unknown];
}

/** Tensors and bytes that there are besides those of before. */
interface Amount {
  readonly tensors: number;
  readonly bytes: number;
}

function since(start: tf.MemoryInfo): Amount {
  const { numTensors, numBytes } = tf.memory();
  return { tensors: numTensors - start.numTensors, bytes: numBytes - start.numBytes };
}

/** The most that there is at any time while a function runs: tfjs ends a scope with every op. */
function peakOf(fn: () => void): Amount {
  const engine = tf.engine();
  const { endScope } = engine;
  const start = tf.memory();
  let peak: Amount = { tensors: 0, bytes: 0 };
  engine.endScope = (result) => {
    const now = since(start);
    peak = { tensors: Math.max(peak.tensors, now.tensors), bytes: Math.max(peak.bytes, now.bytes) };
    endScope.call(engine, result);
  };
  try {
    fn();
    return peak;
  } finally {
    engine.endScope = endScope;
  }
}

describe.each(cores)('without a gradient, unrolling %s', (_, make) => {
  it('holds as many tensors over 10,000 steps as over a few', () => {
    const core = make();
    const peak = (steps: number, options = {}): Amount => {
      const inputs = tf.zeros([1, steps, 1]);
      const amount = peakOf(() => tf.dispose(unroll(core, inputs, options) as never));
      inputs.dispose();
      return amount;
    };
    peak(1);
    const many = peak(4096).tensors;
    for (const options of [{}, { sequenceLength: [9000] }]) {
      // Results are put together in groups of 64, and those in groups of 64: 4,096 and 10,000 differ in a third level.
      expect(peak(10_000, options).tensors).toBeLessThan(many + 10);
    }
    expect(many).toBeLessThan(500);
  });
});

/** What a forward pass holds when the backward pass is to begin. */
function heldBy(core: AnyCore, steps: number): Amount {
  const inputs = tf.zeros([steps, 1, 2]);
  let held: Amount = { tensors: 0, bytes: 0 };
  const { value, grads } = valueAndGrads(() => {
    const start = tf.memory();
    const loss = tf.tidy(() => tf.sum(unroll(core, inputs, { timeMajor: true })[0]));
    held = since(start);
    return loss;
  });
  tf.dispose([inputs, value, ...Object.values(grads)] as tf.Tensor[]);
  return held;
}

describe('with a gradient', () => {
  it('a plain LSTM holds the same few tensors for any number of steps', () => {
    const size = 8;
    const lstm = new LSTM(size);
    heldBy(lstm, 1);
    const [few, many] = [heldBy(lstm, 50), heldBy(lstm, 250)];
    expect(many.tensors).toBe(few.tensors);
    // Its inputs, and a vector of the size of the cell for: the hidden state, the forget gate, the slope of the cell, those
    // of the four gates, and the output, which tfjs counts once for each of its four views.
    expect((many.bytes - few.bytes) / 200).toBeLessThanOrEqual(4 * (2 + (3 + 4 + 4) * size));
  });

  it.each<[string, () => AnyCore, number]>([
    ['VanillaRNN', () => new VanillaRNN(4), 9],
    ['GRU', () => new GRU(4), 27],
    ['LSTM with peepholes', () => new LSTM(4, { usePeepholes: true }), 31],
    ['a core of your own', () => new Custom(), 9],
  ])('%s holds for each step what the gradients of its ops need', (_, make, perStep) => {
    const core = make();
    heldBy(core, 1);
    const [few, more, many] = [heldBy(core, 50), heldBy(core, 100), heldBy(core, 200)];
    expect((many.tensors - more.tensors) / 100).toBeLessThan(perStep);
    expect((more.tensors - few.tensors) / 50).toBeLessThan(perStep);
  });
});
