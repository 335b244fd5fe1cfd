import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { EstimatorModes, readMode, type SamplingMode } from './estimator-modes.ts';

const read = (mode: unknown): string => readMode(mode as SamplingMode, 'here');

describe('EstimatorModes', () => {
  it('has the three modes', () => {
    expect(EstimatorModes).toEqual({ sample: 'sample', mean: 'mean', lastSample: 'last' });
    expect(Object.isFrozen(EstimatorModes)).toBe(true);
  });
});

describe('readMode', () => {
  it('takes modes, functions and scalar string tensors', () => {
    const mode = tf.scalar('last');
    expect([read('sample'), read(() => 'mean'), read(mode), read(() => mode)]).toEqual([
      'sample',
      'mean',
      'last',
      'last',
    ]);
    mode.dispose();
  });

  it('refuses every other mode', () => {
    for (const mode of ['bogus', 'lastSample', 3, undefined, () => 'none'])
      expect(() => read(mode)).toThrow(ValueError);
    expect(() => read('bogus')).toThrow('here: invalid posterior estimate mode: "bogus". Expected "sample", "mean" or');
  });

  it('refuses tensors that are no scalar string', () => {
    tf.tidy(() => {
      expect(() => read(tf.scalar(1))).toThrow(TypeError);
      expect(() => read(tf.tensor1d(['mean']))).toThrow('must be a scalar string tensor; got string [1]');
    });
  });
});
