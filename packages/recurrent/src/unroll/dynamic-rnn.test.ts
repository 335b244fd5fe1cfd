import { Module, nest, resetDefaultGraph, ValueError, valueAndGrads, variableScope } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AnyCore,
  BatchNormLSTM,
  DeepRNN,
  dynamicRnn,
  GRU,
  HighwayCore,
  LSTM,
  LSTMBlockCell,
  ModelRNN,
  RecurrentDropoutWrapper,
  RelationalMemory,
  ResidualCore,
  RNNCore,
  SkipConnectionCore,
  VanillaRNN,
  ZoneoutWrapper,
} from '../index.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 3 });
});

type Step = (inputs: tf.Tensor, state: unknown) => [unknown, unknown];

/** Numbers that differ, between -1 and 1. */
function numbers(...shape: number[]): tf.Tensor {
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(7 * i + 1));
  return tf.tensor(values, shape);
}

/** What unrolling should give: one call after the other. */
function stepByStep(core: AnyCore, inputs: tf.Tensor, state: unknown, lengths?: number[]): unknown[] {
  const call = core as unknown as Step;
  const results = tf.unstack(inputs).map((x, t) => {
    const [output, next] = call(x, state);
    const choose = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
      if (lengths === undefined || a.rank === 0) return a;
      const mask = tf.tensor(lengths.map((length) => (t < length ? 1 : 0)));
      const wide = tf.reshape(mask, [-1, ...a.shape.slice(1).map(() => 1)]);
      return tf.add(tf.mul(a, wide), tf.mul(b, tf.sub(1, wide)));
    };
    const leaves = (structure: unknown) => nest.flatten(structure) as tf.Tensor[];
    const before = leaves(state);
    state = nest.packSequenceAs(
      next,
      leaves(next).map((leaf, i) => choose(leaf, before[i] as tf.Tensor)),
    );
    return choose(output as tf.Tensor, tf.zerosLike(output as tf.Tensor));
  });
  return [tf.stack(results), state];
}

function maxDifference(a: unknown, b: unknown): number {
  const values = (structure: unknown) =>
    (nest.flatten(structure) as tf.Tensor[]).flatMap((leaf) => [...leaf.dataSync()]);
  const [x, y] = [values(a), values(b)];
  expect(x.length).toBe(y.length);
  return Math.max(...x.map((value, i) => Math.abs(value - (y[i] ?? Number.NaN))));
}

const cores: [string, () => AnyCore][] = [
  ['VanillaRNN', () => new VanillaRNN(3)],
  ['LSTM', () => new LSTM(3)],
  [
    'LSTM with everything',
    () =>
      new LSTM(4, {
        usePeepholes: true,
        useLayerNorm: true,
        projectionSize: 3,
        hiddenClipValue: 0.2,
        cellClipValue: 0.3,
      }),
  ],
  ['LSTMBlockCell', () => new LSTMBlockCell(3, { usePeephole: true, cellClip: 0.3 })],
  ['GRU', () => new GRU(3)],
  ['HighwayCore', () => new HighwayCore(3, 2)],
  ['a stack with skip connections', () => new DeepRNN([new LSTM(3), new GRU(2)])],
  [
    'a stack with other layers',
    () => new DeepRNN([new Linear(3), tf.tanh, new LSTM(2), new Linear(3)], { skipConnections: false }),
  ],
  ['ResidualCore', () => new ResidualCore(new LSTM(3))],
  ['SkipConnectionCore', () => new SkipConnectionCore(new GRU(2))],
  ['ModelRNN', () => new ModelRNN(new Linear(3))],
  ['RelationalMemory', () => new RelationalMemory(2, 3)],
  [
    'zoneout of a stack',
    () => new ZoneoutWrapper(new DeepRNN([new LSTM(2), new GRU(2)]), [[0.5, 0.25], null], { isTraining: false }),
  ],
  [
    'recurrent dropout of a stack',
    () => new RecurrentDropoutWrapper(new DeepRNN([new LSTM(2), new GRU(2)]), [[0.5, null], 0.5]),
  ],
  ['BatchNormLSTM', () => new BatchNormLSTM(3).withBatchNormControl({ isTraining: false })],
  [
    'BatchNormLSTM with statistics of its own for some steps',
    () =>
      new BatchNormLSTM(3, { maxUniqueStats: 2, useBatchNormC: true, usePeepholes: true }).withBatchNormControl({
        isTraining: false,
        testLocalStats: false,
      }),
  ],
];

describe.each(cores)('unrolling %s', (_, make) => {
  it('gives what calling it step by step gives, in one connection', () => {
    const core = make();
    const inputs = numbers(4, 2, 3);
    const state = core.initialState(2);
    const options = { timeMajor: true, initialState: state };
    const unrolled = dynamicRnn(core as never, inputs as never, options as never);
    expect(core.connectedSubgraphs).toHaveLength(1);
    expect(core.nameScopes[0]).toBe(`rnn/while/${core.moduleName}`);
    expect(maxDifference(unrolled, stepByStep(core, inputs, state))).toBeLessThan(1e-5);
  });

  it('gives the same gradients', () => {
    const core = make();
    const inputs = numbers(3, 2, 3);
    const state = core.initialState(2);
    const options = { timeMajor: true, initialState: state };
    const loss = (results: unknown): tf.Tensor => {
      const [outputs, final] = results as [tf.Tensor, unknown];
      const floats = (nest.flatten(final) as tf.Tensor[]).filter(({ dtype }) => dtype === 'float32');
      return tf.addN([outputs, ...floats].map((leaf) => tf.sum(tf.square(leaf))));
    };
    const unrolled = valueAndGrads(() => loss(dynamicRnn(core as never, inputs as never, options as never)));
    const stepped = valueAndGrads(() => loss(stepByStep(core, inputs, state)));
    expect(Object.keys(unrolled.grads)).toEqual(Object.keys(stepped.grads));
    for (const [name, gradient] of Object.entries(unrolled.grads)) {
      expect(maxDifference(gradient, stepped.grads[name]), name).toBeLessThan(1e-4);
    }
  });

  it('ends each row at its own length', () => {
    const core = make();
    const inputs = numbers(5, 3, 3);
    const state = core.initialState(3);
    const lengths = [2, 4, 0];
    const options = { timeMajor: true, initialState: state, sequenceLength: lengths };
    const [outputs, final] = dynamicRnn(core as never, inputs as never, options as never) as [tf.Tensor, unknown];
    const [expected, expectedFinal] = stepByStep(core, inputs, state, lengths);
    expect(maxDifference(outputs, expected)).toBeLessThan(1e-5);
    // A scalar in the state, the time step, goes on until the longest row has ended.
    const rows = (structure: unknown) => (nest.flatten(structure) as tf.Tensor[]).filter(({ rank }) => rank > 0);
    expect(maxDifference(rows(final), rows(expectedFinal))).toBeLessThan(1e-5);
  });

  it('leaves nothing behind', () => {
    const core = make();
    const inputs = numbers(2, 70, 3);
    const unroll = () => dynamicRnn(core as never, inputs as never, { sequenceLength: [70, 3] });
    tf.dispose(unroll() as never);
    tf.dispose(expectNoLeak(unroll) as never);
  });
});

describe('dynamicRnn', () => {
  it('takes batches first by default, and steps first when it is told', () => {
    const gru = new GRU(3);
    const inputs = numbers(2, 5, 4);
    const [byBatch, state] = dynamicRnn(gru, inputs);
    const [byTime] = dynamicRnn(gru, tf.transpose(inputs, [1, 0, 2]), { timeMajor: true });
    expect(byBatch.shape).toEqual([2, 5, 3]);
    expect(maxDifference(tf.transpose(byTime, [1, 0, 2]), byBatch)).toBe(0);
    expect(maxDifference(tf.squeeze(tf.slice(byBatch, [0, 4, 0], [2, 1, 3]), [1]), state)).toBe(0);
  });

  it('begins with the state that it gets, in any way of writing it', () => {
    const lstm = new LSTM(2);
    const inputs = numbers(1, 3, 2);
    const [hidden, cell] = [numbers(1, 2), tf.ones([1, 2])];
    const [a] = dynamicRnn(lstm, inputs, { initialState: { cell, hidden }, sequenceLength: [2] });
    const [b] = dynamicRnn(lstm, inputs, { initialState: [hidden, cell], sequenceLength: [2] });
    const [c] = dynamicRnn(lstm, inputs, { sequenceLength: [2] });
    expect(maxDifference(a, b)).toBe(0);
    expect(maxDifference(a, c)).toBeGreaterThan(1e-3);
  });

  it('takes and gives structures', () => {
    class Both extends RNNCore<{ a: tf.Tensor; b: tf.Tensor }, tf.Tensor, [tf.Tensor, { sum: tf.Tensor }]> {
      protected build(
        inputs: { a: tf.Tensor; b: tf.Tensor },
        state: tf.Tensor,
      ): [[tf.Tensor, { sum: tf.Tensor }], tf.Tensor] {
        return [[inputs.a, { sum: tf.add(inputs.b, state) }], tf.add(state, 1)];
      }
      get stateSize() {
        return [1];
      }
      get outputSize() {
        return [[2], { sum: [1] }];
      }
    }
    const inputs = { a: tf.ones([2, 3, 2]), b: tf.zeros([2, 3, 1]) };
    const [[a, { sum }]] = dynamicRnn(new Both({ name: 'both' }), inputs, { sequenceLength: [3, 2] });
    expect(a.shape).toEqual([2, 3, 2]);
    expect([...sum.dataSync()]).toEqual([0, 1, 2, 0, 1, 0]);
  });

  it('takes no steps where there are none', () => {
    const lstm = new LSTM(2);
    const [outputs, state] = dynamicRnn(lstm, tf.zeros([3, 0, 4]));
    expect([outputs.shape, state.cell.shape, lstm.isConnected]).toEqual([[3, 0, 2], [3, 2], false]);
    const [none, start] = dynamicRnn(lstm, tf.ones([2, 3, 4]), { sequenceLength: [0, 0] });
    expect([...none.dataSync(), ...start.cell.dataSync()]).toEqual(Array(16).fill(0));
    expect(lstm.isConnected).toBe(true);
  });

  it('keeps what is behind the end of a row out of the results', () => {
    const inputs = tf.tensor3d([[[1], [Number.NaN]]]);
    const [outputs, state] = dynamicRnn(new GRU(1), inputs, { sequenceLength: [1] });
    expect([...outputs.dataSync(), ...state.dataSync()].some(Number.isNaN)).toBe(false);
  });

  it('reads lengths from a tensor', () => {
    const inputs = numbers(2, 3, 1);
    const gru = new GRU(2);
    const [a] = dynamicRnn(gru, inputs, { sequenceLength: tf.tensor1d([1, 3], 'int32') });
    const [b] = dynamicRnn(gru, inputs, { sequenceLength: new Set([1, 3]) });
    expect(maxDifference(a, b)).toBe(0);
  });

  it('works in the scope of a module around it', () => {
    const gru = new GRU(2);
    const model = new Module((x: tf.Tensor) => dynamicRnn(gru, x)[0], { name: 'model' });
    model(numbers(1, 2, 1));
    model(numbers(1, 3, 1));
    expect(gru.nameScopes).toEqual(['model/rnn/while/gru', 'model_1/rnn/while/gru']);
    const scope = variableScope('outer', (outer) => outer);
    dynamicRnn(gru, numbers(1, 2, 1), { scope });
    dynamicRnn(gru, numbers(1, 2, 1), { scope: 'own' });
    expect(gru.nameScopes.slice(2)).toEqual(['outer_1/while/gru', 'own/while/gru']);
  });
});

describe('cores that do not take sequences', () => {
  it('are those of a subclass with a build of its own', () => {
    class Doubled extends GRU {
      protected override build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
        expect(inputs).toBeInstanceOf(tf.Tensor);
        const [output, next] = super.build(inputs, state);
        return [tf.mul(output, 2), next];
      }
    }
    const core = new Doubled(3);
    const inputs = numbers(4, 2, 3);
    const unrolled = dynamicRnn(core, inputs, { timeMajor: true });
    expect(core.nameScopes).toEqual(['rnn/while/gru']);
    expect(maxDifference(unrolled, stepByStep(core, inputs, core.initialState(2)))).toBeLessThan(1e-5);
  });

  it('are those whose call was transformed, which is then called for every step', () => {
    const gru = new GRU(2);
    const seen: number[][] = [];
    gru.defun((connect) => (inputs, state) => {
      seen.push(inputs.shape);
      return connect(inputs, state);
    });
    dynamicRnn(gru, numbers(2, 3, 1));
    expect(seen).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    expect(gru.connectedSubgraphs).toHaveLength(3);
  });

  it('must give states of one structure', () => {
    class Growing extends RNNCore<tf.Tensor, unknown> {
      protected build(inputs: tf.Tensor, state: unknown): [tf.Tensor, unknown] {
        return [inputs, [state]];
      }
      get stateSize() {
        return [1];
      }
      get outputSize() {
        return [1];
      }
    }
    const core = new Growing({ name: 'growing' });
    expect(() => dynamicRnn(core, numbers(2, 3, 1), { sequenceLength: [1, 2] })).toThrow(ValueError);
  });
});

describe('the errors of dynamicRnn', () => {
  it('are about what is no core', () => {
    expect(() => dynamicRnn(new Linear(2) as never, tf.ones([1, 2, 3]))).toThrow(ValueError);
    expect(() => dynamicRnn(tf.tanh as never, tf.ones([1, 2, 3]))).toThrow('expected a recurrent core');
  });

  it('are about inputs', () => {
    const gru = new GRU(2);
    expect(() => dynamicRnn(gru, tf.ones([3]))).toThrow(
      'dynamicRnn: GRU "gru": the inputs must be tensors [batch, steps, …]; got one of shape [3].',
    );
    expect(() => dynamicRnn(gru, [] as never)).toThrow('there are no inputs');
    expect(() => dynamicRnn(gru, 'abc' as never)).toThrow(ValueError);
    const uneven = [tf.ones([2, 3, 1]), tf.ones([2, 4, 1])] as never;
    expect(() => dynamicRnn(gru, uneven, { timeMajor: true })).toThrow('[2, 3, 1], [2, 4, 1]');
  });

  it('are about states of the wrong structure or number of rows', () => {
    const lstm = new LSTM(2);
    const inputs = tf.ones([3, 2, 1]);
    const tensor = tf.zeros([3, 2]);
    expect(() => dynamicRnn(lstm, inputs, { initialState: tensor as never })).toThrow(ValueError);
    expect(() => dynamicRnn(lstm, inputs, { initialState: tensor as never })).toThrow(
      "the state must have the structure of the core's stateSize, {hidden:[2], cell:[2]}",
    );
    const rows = { hidden: tf.zeros([2, 2]), cell: tf.zeros([2, 2]) };
    expect(() => dynamicRnn(lstm, inputs, { initialState: rows })).toThrow('must be tensors [3, …]');
    const sizes = { hidden: tf.zeros([3, 2]), cell: tf.zeros([3, 4]) };
    expect(() => dynamicRnn(lstm, inputs, { initialState: sizes })).toThrow('the cell must be float32 [3, 2]');
    expect(() => dynamicRnn(lstm, inputs, { initialState: [1, 2] as never })).toThrow('got 1');
    expect(lstm.isConnected).toBe(false);
  });

  it('are about sequence lengths', () => {
    const gru = new GRU(2);
    const unroll = (sequenceLength: Iterable<number> | tf.Tensor) => () =>
      dynamicRnn(gru, tf.ones([2, 3, 1]), { sequenceLength });
    expect(unroll([1, 4])).toThrow(ValueError);
    expect(unroll([1, 4])).toThrow('must be an integer between 0 and 3, the number of steps; got 4 for row 1');
    expect(unroll([-1, 2])).toThrow('got -1 for row 0');
    expect(unroll([1.5, 2])).toThrow(ValueError);
    expect(unroll([1])).toThrow('a shape of [2]; got [1]');
    expect(unroll(tf.ones([2, 1], 'int32'))).toThrow('got [2, 1]');
  });
});
