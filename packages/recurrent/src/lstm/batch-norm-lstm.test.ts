import {
  GraphKeys,
  initializers,
  KeyError,
  Module,
  resetDefaultGraph,
  runUpdates,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchNormLSTM, CoreWithExtraBuildArgs, dynamicRnn } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const batch = (...shape: number[]) => tf.randomUniform(shape, -1, 1, 'float32', 1);

function movingMeans(lstm: BatchNormLSTM): number[] {
  const means = lstm.variables.filter((variable) => variable.name.endsWith('moving_mean'));
  return means.map((variable) => Math.max(...variable.dataSync().map(Math.abs)));
}

describe('BatchNormLSTM', () => {
  it('updates its moving averages in training calls only', () => {
    const lstm = new BatchNormLSTM(2, { useBatchNormX: true });
    const [x, state] = [batch(3, 4), [tf.ones([3, 2]), tf.ones([3, 2])] as const];
    lstm(x, state, { isTraining: false });
    expect(movingMeans(lstm)).toEqual([0, 0]);
    lstm(x, state, { isTraining: true });
    expect(Math.min(...movingMeans(lstm))).toBeGreaterThan(0);
  });

  it('defers updates to a collection', () => {
    const lstm = new BatchNormLSTM(2, { updateOpsCollection: GraphKeys.UPDATE_OPS });
    lstm(batch(3, 4), [tf.ones([3, 2]), tf.ones([3, 2])], { isTraining: true });
    expect(movingMeans(lstm)).toEqual([0]);
    expect(runUpdates(GraphKeys.UPDATE_OPS)).toBe(2);
    expect(movingMeans(lstm)[0]).toBeGreaterThan(0);
  });

  it('has averages of their own for the first steps, chosen by the time step in the state', () => {
    const lstm = new BatchNormLSTM(2, { maxUniqueStats: 3 });
    const state = lstm.initialState(4);
    expect([state.length, state[2]?.dtype, state[2]?.shape]).toEqual([3, 'int32', []]);
    expect(lstm.stateSize).toEqual([[2], [2], [1]]);
    const train = lstm.withBatchNormControl({ isTraining: true });
    const options = { initialState: [tf.ones([4, 2]), tf.ones([4, 2]), tf.scalar(0, 'int32')] as const };
    dynamicRnn(train, batch(4, 1, 3), options);
    expect(movingMeans(lstm).map((mean) => mean > 0)).toEqual([true, false, false]);
    dynamicRnn(train, batch(4, 2, 3), options);
    expect(movingMeans(lstm).map((mean) => mean > 0)).toEqual([true, true, false]);
    const [, [, , last]] = dynamicRnn(train, batch(4, 6, 3), options);
    expect(movingMeans(lstm).map((mean) => mean > 0)).toEqual([true, true, true]);
    expect(last?.dataSync()[0]).toBe(6);
  });

  it('takes a bool tensor for isTraining', () => {
    const lstm = new BatchNormLSTM(2, { maxUniqueStats: 2 });
    const [x, state] = [batch(3, 4), [tf.ones([3, 2]), tf.ones([3, 2]), tf.scalar(0, 'int32')] as const];
    const call = (flag: boolean | tf.Tensor) => [...lstm(x, state, { isTraining: flag })[0].dataSync()];
    expect(call(tf.scalar(false, 'bool'))).toEqual(call(false));
    expect(movingMeans(lstm)).toEqual([0, 0]);
    expect(call(tf.scalar(true, 'bool'))).toEqual(call(true));
    expect(movingMeans(lstm)[0]).toBeGreaterThan(0);
  });

  it('makes its variables in the same order when it is unrolled as when it is called', () => {
    const options = { usePeepholes: true, useBatchNormX: true, useBatchNormC: true };
    const namesOf = (connect: (lstm: BatchNormLSTM) => unknown): string[] => {
      resetDefaultGraph();
      const all = new Module(() => connect(new BatchNormLSTM(2, options)), { name: 'm' });
      all();
      return all.getVariables({ collection: GraphKeys.GLOBAL_VARIABLES }).map(variableName);
    };
    const called = namesOf((lstm) => lstm(batch(3, 4), lstm.initialState(3), { isTraining: true }));
    const unrolled = namesOf((lstm) => dynamicRnn(lstm.withBatchNormControl({ isTraining: true }), batch(3, 2, 4)));
    expect(unrolled).toEqual(called);
    expect(called).toHaveLength(16);
  });

  it('says where it normalizes', () => {
    const lstm = new BatchNormLSTM(2, { useBatchNormH: false, useBatchNormC: true, usePeepholes: true });
    expect([lstm.useBatchNormH, lstm.useBatchNormX, lstm.useBatchNormC, lstm.usePeepholes]).toEqual([
      ...[false, false, true, true],
    ]);
    const keys = BatchNormLSTM.getPossibleInitializerKeys({ useBatchNormX: true, useBatchNormC: true });
    expect(keys).toEqual(['w_gates', 'b_gates', 'gamma_h', 'gamma_x', 'gamma_c', 'beta_c']);
  });

  it('leaks nothing', () => {
    const lstm = new BatchNormLSTM(2, { maxUniqueStats: 2 });
    const [x, state] = [batch(3, 4), lstm.initialState(3)];
    tf.dispose(lstm(x, state, { isTraining: true }) as never);
    tf.dispose(expectNoLeak(() => lstm(x, state, { isTraining: true })) as never);
  });

  it('is wrapped for unrolling', () => {
    const lstm = new BatchNormLSTM(2, { name: 'bn' });
    const core = lstm.withBatchNormControl({ isTraining: true, testLocalStats: false });
    expect(core).toBeInstanceOf(CoreWithExtraBuildArgs);
    expect([core.moduleName, core.outputSize, core.stateSize]).toEqual(['bn_extra_args', [2], [[2], [2]]]);
    expect(core.initialState(3)[0].shape).toEqual([3, 2]);
  });

  it('says what is wrong', () => {
    expect(() => new BatchNormLSTM(2, { useBatchNormH: false })).toThrow(ValueError);
    expect(() => new BatchNormLSTM(2, { useBatchNormH: false })).toThrow('at least one of the useBatchNorm* options');
    expect(() => new BatchNormLSTM(2, { maxUniqueStats: 0 })).toThrow('maxUniqueStats must be a positive integer');
    expect(() => new BatchNormLSTM(2, { hiddenClipValue: -1 })).toThrow('should be nonnegative');
    expect(() => new BatchNormLSTM(2, { initializers: { gamma_x: initializers.ones() } })).toThrow(KeyError);
    const lstm = new BatchNormLSTM(2);
    const state = lstm.initialState(3);
    expect(() => lstm(batch(3, 4), state)).toThrow('BatchNormLSTM "batch_norm_lstm": a boolean isTraining must be');
    expect(() => dynamicRnn(lstm as never, batch(3, 2, 4))).toThrow('use withBatchNormControl');
    expect(() => lstm(batch(3, 4, 1), state, { isTraining: true })).toThrow('the rank of inputs must be 2, not 3');
    const tooLong = [...state, tf.scalar(0, 'int32')] as never;
    expect(() => lstm(batch(3, 4), tooLong, { isTraining: true })).toThrow('an array of 2 tensors, [hidden, cell]');
    const unique = new BatchNormLSTM(2, { maxUniqueStats: 2 });
    const zeros = unique.zeroState(3);
    expect(() => unique(batch(3, 4), zeros, { isTraining: true })).toThrow('the time step must be an int32 scalar');
    lstm(batch(3, 4), state, { isTraining: true });
    expect(() => lstm(batch(3, 5), state, { isTraining: true })).toThrow('as at its first connection; got 5');
  });
});
