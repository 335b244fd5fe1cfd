import { resetDefaultGraph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamicRnn, GRU, LSTM, LSTMState, lstmWithZoneout, ZoneoutWrapper } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 5 });
});

describe('ZoneoutWrapper', () => {
  it('gives a mean of the old and the new state when it is not training', () => {
    const lstm = new LSTM(2);
    const core = new ZoneoutWrapper(lstm, { hidden: null, cell: 0.25 }, { isTraining: false });
    const [x, state] = [tf.ones([1, 3]), new LSTMState(tf.ones([1, 2]), tf.ones([1, 2]))];
    const [output, next] = core(x, { hidden: state.hidden, cell: state.cell });
    const [plain, expected] = lstm(x, state);
    expect([...output.dataSync()]).toEqual([...plain.dataSync()]);
    expect([...next.hidden.dataSync()]).toEqual([...expected.hidden.dataSync()]);
    expected.cell.dataSync().forEach((value, i) => {
      expect(next.cell.dataSync()[i]).toBeCloseTo(0.75 + 0.25 * value, 5);
    });
  });

  it('keeps elements at random when it is training, by the seed', () => {
    const draw = () => {
      const gru = new GRU(200);
      const core = new ZoneoutWrapper(gru, 0.3, { isTraining: true });
      const [x, state] = [tf.ones([1, 3]), tf.ones([1, 200])];
      const next = [...core(x, state)[1].dataSync()];
      return { next, kept: next.filter((value) => value === 1).length };
    };
    const first = draw();
    expect(first.kept / 200).toBeGreaterThan(0.6);
    expect(first.kept / 200).toBeLessThan(0.8);
    resetDefaultGraph({ seed: 5 });
    expect(draw().next).toEqual(first.next);
  });

  it('draws for each step of a sequence', () => {
    const core = new ZoneoutWrapper(new GRU(30), 0.5, { isTraining: true });
    const [, one] = dynamicRnn(core, tf.ones([1, 1, 3]), { initialState: tf.ones([1, 30]) });
    const [, two] = dynamicRnn(core, tf.ones([1, 4, 3]), { initialState: tf.ones([1, 30]) });
    const kept = (state: tf.Tensor) => state.dataSync().filter((value) => value === 1).length;
    expect(kept(one)).toBeGreaterThan(8);
    expect(kept(two)).toBeLessThan(7);
  });

  it('says what is wrong', () => {
    const gru = new GRU(2);
    expect(() => new ZoneoutWrapper(gru, 0.5, {} as never)).toThrow(TypeError);
    expect(() => new ZoneoutWrapper(gru, 0.5, undefined as never)).toThrow('options.isTraining must be true, false');
    expect(() => new ZoneoutWrapper(gru, 1.5, { isTraining: true })).toThrow(ValueError);
    expect(() => new ZoneoutWrapper(gru, [0.5, 0.5], { isTraining: true })).toThrow('must have the structure');
    expect(() => new ZoneoutWrapper(5 as never, 0.5, { isTraining: true })).toThrow('expected a recurrent core');
  });
});

describe('lstmWithZoneout', () => {
  it('makes a pair with the variables of one LSTM', () => {
    const [train, test] = lstmWithZoneout(3, { keepProbH: 0.5, keepProbC: 0.5, name: 'z' });
    expect([train.moduleName, test.moduleName]).toEqual(['z_zoneout', 'z_zoneout_1']);
    dynamicRnn(train, tf.ones([1, 2, 3]));
    dynamicRnn(test, tf.ones([1, 2, 3]));
    expect(train.variables).toEqual(test.variables);
    expect(test.initialState(1)).toBeInstanceOf(LSTMState);
  });
});
