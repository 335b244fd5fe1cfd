import {
  getVariable,
  initializers,
  Module,
  NotImplementedError,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
  variableScope,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  bidirectionalDynamicRnn,
  DeepRNN,
  dynamicRnn,
  LSTM,
  LSTMState,
  ResidualCore,
  RNNCore,
  type StateSize,
  staticRnn,
  VanillaRNN,
} from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

type Pair = [tf.Tensor, tf.Tensor];

/** The example of Sonnet's guide, as a user writes it: adds 1 to its states, and gives zeros. */
class Add1RNN extends RNNCore<tf.Tensor, Pair> {
  readonly #hiddenSize: number;

  constructor(hiddenSize: number, options: { name?: string } = {}) {
    super({ name: 'add1_rnn', ...options });
    this.#hiddenSize = hiddenSize;
  }

  protected build(inputs: tf.Tensor, [state1, state2]: Pair): [tf.Tensor, Pair] {
    const output = tf.zeros([inputs.shape[0] ?? 1, this.#hiddenSize]);
    return [output, [tf.add(state1, 1), tf.add(state2, 1)]];
  }

  get stateSize() {
    return [[this.#hiddenSize], [this.#hiddenSize]];
  }

  get outputSize() {
    return [this.#hiddenSize];
  }
}

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe('Add1RNN, the core of the guide', () => {
  it('adds 1 in each step that is called', () => {
    const core = new Add1RNN(3);
    let state = core.initialState(2);
    expect(state.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(state.flatMap(values)).toEqual(Array(12).fill(0));
    for (const count of [1, 2, 3]) {
      const [output, next] = core(tf.ones([2, 4]), state);
      expectTypeOf(next).toEqualTypeOf<Pair>();
      expect(values(output)).toEqual(Array(6).fill(0));
      expect(next.flatMap(values)).toEqual(Array(12).fill(count));
      state = next;
    }
    expect(core.nameScopes).toEqual(['add1_rnn', 'add1_rnn_1', 'add1_rnn_2']);
    expect([core.moduleName, core.variables]).toEqual(['add1_rnn', []]);
  });

  it.each(['dynamicRnn', 'staticRnn'])('adds 1 for each step of each row with %s', (unrolling) => {
    const core = new Add1RNN(2);
    const initialState: Pair = [tf.ones([3, 2]), tf.zeros([3, 2])];
    const options = { initialState, sequenceLength: [4, 0, 2] };
    const inputs = tf.ones([3, 4, 5]);
    const [outputs, last] =
      unrolling === 'dynamicRnn' ? dynamicRnn(core, inputs, options) : staticRnn(core, tf.unstack(inputs, 1), options);
    const all = Array.isArray(outputs) ? tf.stack(outputs, 1) : outputs;
    expect([all.shape, values(all)]).toEqual([[3, 4, 2], Array(24).fill(0)]);
    expect(last.map(values)).toEqual([
      [5, 5, 1, 1, 3, 3],
      [4, 4, 0, 0, 2, 2],
    ]);
  });

  it('goes both ways, into stacks and into wrappers', () => {
    const inputs = tf.ones([2, 3, 2]);
    const [[forward], states] = bidirectionalDynamicRnn(new Add1RNN(2), new Add1RNN(2), inputs);
    expect([forward.shape, ...states.flat().map((state) => values(state)[0])]).toEqual([[2, 3, 2], 3, 3, 3, 3]);
    const deep = new DeepRNN([new ResidualCore(new Add1RNN(2)), new Add1RNN(3)]);
    const [outputs, [[count], [other]]] = dynamicRnn(deep, inputs);
    expect([outputs.shape, values(count)[0], values(other)[0]]).toEqual([[2, 3, 5], 3, 3]);
    expect(values(tf.slice(outputs, [0, 0, 0], [1, 1, 5]))).toEqual([1, 1, 0, 0, 0]);
  });

  it('begins with zeros or with variables', () => {
    const core = new Add1RNN(2);
    expect(core.zeroState(1, 'int32').map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['int32', [1, 2]],
      ['int32', [1, 2]],
    ]);
    const trainableInitializers = [initializers.ones(), initializers.constant(5)];
    const start = new Module(() => core.initialState(2, { trainable: true, trainableInitializers }), { name: 'start' });
    expect(start().map(values)).toEqual([Array(4).fill(1), Array(4).fill(5)]);
    expect(start.variables.map(variableName)).toEqual([
      'start/add1_rnn_initial_state_0/w',
      'start/add1_rnn_initial_state_1/w',
    ]);
  });
});

describe('a core of your own', () => {
  it('may make modules and ask for variables in build, which all steps share', () => {
    class Sum extends RNNCore {
      protected build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
        const scale = getVariable('scale', { shape: [], initializer: initializers.constant(2) });
        const ones = { w: initializers.ones() };
        const mapped = new Linear(2, { useBias: false, initializers: ones })(inputs);
        const next = tf.add(state, tf.mul(scale, mapped));
        return [next, next];
      }
      get stateSize() {
        return 2;
      }
      get outputSize() {
        return 2;
      }
    }
    const core = new Sum({ name: 'sum' });
    const [outputs, state] = dynamicRnn(core, tf.ones([1, 4, 3]));
    expect([...outputs.dataSync()]).toEqual([6, 6, 12, 12, 18, 18, 24, 24]);
    expect([...state.dataSync()]).toEqual([24, 24]);
    expect(core.variables.map(variableName)).toEqual(['sum/linear/w', 'sum/scale']);
    expect(core.connectedSubgraphs).toHaveLength(1);
  });

  it('has to define its sizes', () => {
    const Untyped = class extends (RNNCore as unknown as new (options: object) => { readonly stateSize: StateSize }) {
      build(): void {}
    };
    const core = new Untyped({ name: 'untyped' });
    expect(() => core.stateSize).toThrow(NotImplementedError);
    expect(() => core.stateSize).toThrow('"untyped": a recurrent core must define a getter stateSize');
  });

  it('cannot be made of the abstract class', () => {
    const Abstract = RNNCore as unknown as new () => RNNCore;
    expect(() => new Abstract()).toThrow(TypeError);
  });
});

describe('initialState', () => {
  it('takes a scalar tensor for the batch size', () => {
    const [batch, core] = [tf.scalar(3, 'int32'), new VanillaRNN(2)];
    expect(core.initialState(batch).shape).toEqual([3, 2]);
    expect(core.zeroState(batch).shape).toEqual([3, 2]);
  });

  it('refuses batch sizes that are none', () => {
    const core = new VanillaRNN(2, { name: 'rnn' });
    for (const size of [-1, 1.5, '2', undefined, tf.zeros([2])]) {
      expect(() => core.initialState(size as number)).toThrow(ValueError);
    }
    expect(() => core.initialState(-1)).toThrow('VanillaRNN "rnn": the batch size must be an integer of at least 0');
  });

  it('has the dtype that is asked for', () => {
    expect(new VanillaRNN(2).initialState(1, { dtype: 'int32' }).dtype).toBe('int32');
    expect(new LSTM(2).zeroState(1, 'int32').cell.dtype).toBe('int32');
  });

  it('leaves nothing behind', () => {
    const core = new LSTM(2);
    const state = expectNoLeak(() => core.initialState(3));
    expect(state).toBeInstanceOf(LSTMState);
  });

  it('is trainable variables outside of the core, the same for all rows', () => {
    const lstm = new LSTM(2);
    const state = lstm.initialState(3, {
      trainable: true,
      trainableInitializers: { hidden: initializers.constant(4), cell: initializers.ones() },
      trainableRegularizers: { hidden: regularizers.l2(0.5), cell: regularizers.l1(1) },
    });
    expect([...state.hidden.dataSync()]).toEqual(Array(6).fill(4));
    expect([...state.cell.dataSync()]).toEqual(Array(6).fill(1));
    expect(regularizationLosses().map(({ name }) => name)).toEqual([
      'lstm_initial_state_hidden/w/Regularizer/l2_regularizer',
      'lstm_initial_state_cell/w/Regularizer/l1_regularizer',
    ]);
  });

  it('shares its variables between the connections of a module around it', () => {
    const lstm = new LSTM(2);
    const start = new Module((batch: number) => lstm.initialState(batch, { trainable: true }), { name: 'start' });
    start(1);
    start(4);
    expect(start.variables.map(variableName)).toEqual([
      'start/lstm_initial_state_cell/w',
      'start/lstm_initial_state_hidden/w',
    ]);
  });

  it('takes the scope of the core into the names', () => {
    const rnn = variableScope('outer', () => new VanillaRNN(2));
    rnn.initialState(1, { trainable: true });
    const names = new Module(() => rnn.initialState(1, { trainable: true }), { name: 'm' });
    names();
    expect(names.variables.map(variableName)).toEqual(['m/outer/vanilla_rnn_initial_state_0/w']);
  });

  it('refuses initializers and regularizers that are no functions, or not in the structure of the state', () => {
    const [rnn, lstm] = [new VanillaRNN(2, { name: 'rnn' }), new LSTM(2)];
    const trainable = true;
    const wrong = 5 as never;
    expect(() => rnn.initialState(1, { trainable, trainableInitializers: wrong })).toThrow(ValueError);
    expect(() => rnn.initialState(1, { trainable, trainableRegularizers: wrong })).toThrow(
      'VanillaRNN "rnn": not all the passed regularizers are callable',
    );
    expect(() => lstm.initialState(1, { trainable, trainableInitializers: [initializers.ones()] })).toThrow(
      'LSTM "lstm": the initializers must be in the structure of the state {hidden:[2], cell:[2]}',
    );
    expect(() => rnn.initialState(1, { trainableInitializers: wrong })).not.toThrow();
  });
});
