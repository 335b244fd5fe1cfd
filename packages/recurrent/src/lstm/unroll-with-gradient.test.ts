import { getVariable, initializers, resetDefaultGraph, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { bidirectionalDynamicRnn, dynamicRnn, LSTM, type LSTMOptions, type LSTMState } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 2 });
});

/** Clips nothing, but is not plain: the tape differentiates it. */
const ON_TAPE: LSTMOptions = { cellClipValue: 1e9 };

function values(tensor: tf.Tensor | null | undefined): number[] {
  return [...(tensor?.dataSync() ?? [])];
}

function variable(name: string, shape: number[]): tf.Variable {
  const initializer = initializers.randomUniform({ minval: -1, maxval: 1 });
  return getVariable(name, { shape, initializer }) as tf.Variable;
}

/** Gradients of something that depends on all outputs and on the final state, in both directions of time. */
function gradients(options: LSTMOptions): Record<string, number[]> {
  resetDefaultGraph({ seed: 2 });
  const [fw, bw] = [new LSTM(3, { forgetBias: 0.5, ...options }), new LSTM(2, options)];
  const [x, hidden, cell] = [variable('x', [5, 2, 4]), variable('hidden', [2, 3]), variable('cell', [2, 3])];
  const weigh = (tensor: tf.Tensor): tf.Tensor => {
    const weights = Array.from({ length: tensor.size }, (_, i) => Math.cos(3 * i));
    return tf.sum(tf.mul(tf.square(tensor), tf.tensor(weights, tensor.shape)));
  };
  const loss = () => {
    const initialStateFw = { hidden, cell };
    const [outputs, states] = bidirectionalDynamicRnn(fw, bw, x, { timeMajor: true, initialStateFw });
    const state = ({ hidden, cell }: LSTMState) => [hidden, cell];
    return tf.addN([...outputs, ...states.flatMap(state)].map(weigh));
  };
  const { value, grads } = valueAndGrads(loss);
  const entries = Object.entries(grads).map(([name, gradient]) => [name, values(gradient)] as const);
  return { value: values(value), ...Object.fromEntries(entries) };
}

describe('an unrolled LSTM with a gradient of its own', () => {
  it('has the gradients that the tape gives', () => {
    const [own, onTape] = [gradients({}), gradients(ON_TAPE)];
    expect(Object.keys(own)).toEqual([
      'value',
      'cell',
      'hidden',
      'lstm/b_gates',
      'lstm/w_gates',
      'lstm_1/b_gates',
      'lstm_1/w_gates',
      'x',
    ]);
    for (const [name, expected] of Object.entries(onTape)) {
      expect(own[name]?.length, name).toBe(expected.length);
      expected.forEach((number, i) => {
        expect(Math.abs(number - (own[name]?.[i] ?? Number.NaN)), name).toBeLessThan(1e-5 * (1 + Math.abs(number)));
      });
    }
  });

  it('takes fewer kernels, and one product for the gradient of all weights', async () => {
    const count = async (options: LSTMOptions) => {
      const lstm = new LSTM(3, options);
      const x = tf.ones([20, 2, 4]);
      const step = () => Object.values(valueAndGrads(() => tf.sum(dynamicRnn(lstm, x, { timeMajor: true })[0])).grads);
      tf.dispose(step() as tf.Tensor[]);
      const { kernels } = await tf.profile(() => step() as never);
      return { all: kernels.length, products: kernels.filter(({ name }) => name === 'BatchMatMul').length };
    };
    const [own, onTape] = [await count({}), await count(ON_TAPE)];
    expect(own.all).toBeLessThan(onTape.all * 0.6);
    // Forward the inputs of all steps, and each state; backward each state, the inputs of all steps, and all weights.
    expect(own.products).toBe(1 + 20 + 20 + 1 + 1);
    expect(onTape.products).toBeGreaterThan(own.products);
  });

  it('leaves the second derivative to the tape', () => {
    const second = (options: LSTMOptions): number[] => {
      resetDefaultGraph({ seed: 2 });
      const lstm = new LSTM(2, options);
      const x = variable('x', [2, 1, 1]);
      const first = (at: tf.Tensor) => tf.sum(dynamicRnn(lstm, at, { timeMajor: true })[0]);
      first(x);
      const { grads } = valueAndGrads(() => tf.sum(tf.square(tf.grad(first)(x))), { variables: [x] });
      return values(grads.x);
    };
    const [own, onTape] = [second({}), second(ON_TAPE)];
    expect(own.some((number) => Math.abs(number) > 1e-4)).toBe(true);
    own.forEach((number, i) => {
      expect(number).toBeCloseTo(onTape[i] ?? Number.NaN, 6);
    });
  });

  it('leaves nothing behind', () => {
    const lstm = new LSTM(3);
    const x = tf.ones([4, 2, 5]);
    const step = () => {
      const { value, grads } = valueAndGrads(() => tf.sum(dynamicRnn(lstm, x)[0]));
      return { value, grads };
    };
    tf.dispose(step() as never);
    tf.dispose(expectNoLeak(step) as never);
    expect(lstm.trainableVariables.map(variableName)).toEqual(['lstm/b_gates', 'lstm/w_gates']);
  });
});
