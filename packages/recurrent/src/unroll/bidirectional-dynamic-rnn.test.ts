import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { bidirectionalDynamicRnn, dynamicRnn, GRU, LSTM } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

function values(...tensors: tf.Tensor[]): number[] {
  return tensors.flatMap((tensor) => [...tensor.dataSync()].map((value) => Math.round(value * 1e5) / 1e5));
}

describe('bidirectionalDynamicRnn', () => {
  it('goes forward with one core and backward with the other', () => {
    const [fw, bw] = [new GRU(2), new LSTM(3)];
    const inputs = tf.randomUniform([2, 5, 3], -1, 1, 'float32', 1);
    const [[outputFw, outputBw], [stateFw, stateBw]] = bidirectionalDynamicRnn(fw, bw, inputs);
    const [forward, finalFw] = dynamicRnn(fw, inputs);
    const [backward, finalBw] = dynamicRnn(bw, tf.reverse(inputs, 1));
    expect(values(outputFw, stateFw)).toEqual(values(forward, finalFw));
    expect(values(outputBw, ...stateBw)).toEqual(values(tf.reverse(backward, 1), ...finalBw));
    expect(fw.nameScopes[0]).toBe('bidirectional_rnn/fw/fw/while/gru');
    expect(bw.nameScopes[0]).toBe('bidirectional_rnn/bw/bw/while/lstm');
  });

  it('begins the backward core with the last step of each row', () => {
    const [fw, bw] = [new GRU(2), new GRU(2)];
    const inputs = tf.randomUniform([2, 4, 3], -1, 1, 'float32', 1);
    const options = { sequenceLength: [4, 2], initialStateBw: tf.ones([2, 2]), timeMajor: true };
    const byTime = tf.transpose(inputs, [1, 0, 2]);
    const [[, outputBw], [, stateBw]] = bidirectionalDynamicRnn(fw, bw, byTime, options);
    // The second row is the sequence of its first two steps.
    const short = tf.reverse(tf.slice(inputs, [1, 0, 0], [1, 2, 3]), 1);
    const [alone, final] = dynamicRnn(bw, short, { initialState: tf.ones([1, 2]) });
    expect(values(tf.slice(outputBw, [0, 1, 0], [2, 1, 2]))).toEqual(values(tf.reverse(alone, 1)));
    expect(values(tf.slice(outputBw, [2, 1, 0], [2, 1, 2]))).toEqual([0, 0, 0, 0]);
    expect(values(tf.slice(stateBw, [1, 0], [1, 2]))).toEqual(values(final));
  });

  it('leaves nothing behind', () => {
    const [fw, bw] = [new GRU(2), new GRU(2)];
    const inputs = tf.ones([2, 70, 3]);
    tf.dispose(bidirectionalDynamicRnn(fw, bw, inputs) as never);
    tf.dispose(expectNoLeak(() => bidirectionalDynamicRnn(fw, bw, inputs, { sequenceLength: [3, 70] })) as never);
  });

  it('says what is wrong', () => {
    const gru = new GRU(2);
    expect(() => bidirectionalDynamicRnn(gru, tf.tanh as never, tf.ones([1, 2, 3]))).toThrow(ValueError);
    const inputs = tf.ones([1, 2, 3]);
    expect(() => bidirectionalDynamicRnn(gru, gru, inputs, { sequenceLength: [3] })).toThrow(
      'bidirectionalDynamicRnn: GRU "gru": every sequenceLength must be an integer between 0 and 2',
    );
  });
});
