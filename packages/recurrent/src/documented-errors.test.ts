import {
  AttributeError,
  initializers,
  KeyError,
  type ModuleOptions,
  NotConnectedError,
  partitioners,
  regularizers,
  resetDefaultGraph,
  ValueError,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACTCore,
  type AnyCore,
  BatchNormLSTM,
  BidirectionalRNN,
  Conv1DLSTM,
  Conv2DLSTM,
  ConvLSTM,
  DeepRNN,
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
  TrainableInitialState,
  trainableInitialState,
  VanillaRNN,
  ZoneoutWrapper,
} from './index.ts';

// What Sonnet's reference lists under "Raises", entry by entry.

beforeEach(() => {
  resetDefaultGraph();
});

type ErrorClass = new (...args: never[]) => Error;
type Refusal = [what: string, call: () => unknown, error: ErrorClass, message: string | RegExp];

/** What a plain Python program could give, which types do not allow. */
const any = (value: unknown): never => value as never;
const zeros = initializers.zeros();
const l2 = regularizers.l2(1);
const slices = partitioners.fixedSize(2);

/** The options that go through `checkInitializers` and the like, each with a key that is not known. */
function unknownKeys(make: (options: object) => unknown, key: string): Refusal[] {
  return [
    [`initializers.${key}`, () => make({ initializers: { [key]: zeros } }), KeyError, `initializer keys '${key}'`],
    [`partitioners.${key}`, () => make({ partitioners: { [key]: slices } }), KeyError, `partitioner keys '${key}'`],
    [`regularizers.${key}`, () => make({ regularizers: { [key]: l2 } }), KeyError, `regularizer keys '${key}'`],
  ];
}

/** A connection with a size that is not that of the first one. */
function otherSize(make: () => AnyCore): Refusal {
  const call = (): unknown => {
    const core = make() as unknown as RNNCore<tf.Tensor, unknown, unknown>;
    core(tf.ones([2, 4]), core.initialState(2));
    return core(tf.ones([2, 5]), core.initialState(2));
  };
  return ['inputs of another size', call, ValueError, 'as at its first connection; got 5'];
}

const act = (threshold: number, core: unknown = new GRU(2)) =>
  new ACTCore(any(core), 1, threshold, (state) => any(state));
const training = (lstm: BatchNormLSTM) => lstm.withBatchNormControl({ isTraining: true });
const conv1d = { inputShape: [4, 1], outputChannels: 2, kernelShape: 3 };
const conv2d = { inputShape: [4, 4, 1], outputChannels: 2, kernelShape: 3 };

class Named extends RNNCore {
  constructor(options?: ModuleOptions) {
    super(options);
  }
  protected build(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
    return [inputs, state];
  }
  get stateSize() {
    return [2];
  }
  get outputSize() {
    return [2];
  }
}

const refusals: { readonly [name: string]: readonly Refusal[] } = {
  ACTCore: [
    ['a threshold above 1', () => act(1.5), ValueError, 'between 0 and 1, but found 1.5'],
    ['a threshold below 0', () => act(-0.5), ValueError, 'between 0 and 1, but found -0.5'],
    ['a core with nested outputs', () => act(0.5, act(0.5)), ValueError, 'should be a single tensor'],
    ['a core with outputs of rank 3', () => act(0.5, new Conv1DLSTM(conv1d)), ValueError, '1D without the batch'],
    [
      'inputs of rank 3',
      () => act(0.5)(tf.ones([2, 3, 1]), any(tf.zeros([2, 2]))),
      ValueError,
      'rank of inputs must be 2',
    ],
  ],
  BatchNormLSTM: [
    ...unknownKeys((options) => new BatchNormLSTM(2, options), 'w'),
    ...unknownKeys((options) => new BatchNormLSTM(2, options), 'w_f_diag'),
    ...unknownKeys(
      (options) => new BatchNormLSTM(2, { useBatchNormH: false, useBatchNormC: true, ...options }),
      'gamma_h',
    ),
    ['no normalization', () => new BatchNormLSTM(2, { useBatchNormH: false }), ValueError, 'useBatchNorm* options'],
    ['maxUniqueStats below 1', () => new BatchNormLSTM(2, { maxUniqueStats: 0 }), ValueError, 'maxUniqueStats'],
    otherSize(() => training(new BatchNormLSTM(2))),
  ],
  BidirectionalRNN: [
    [
      'what is no core',
      () => new BidirectionalRNN(any(new Linear(2)), new GRU(2)),
      ValueError,
      'must both be instances',
    ],
    [
      'what is no core behind',
      () => new BidirectionalRNN(new GRU(2), any(tf.tanh)),
      ValueError,
      'must both be instances',
    ],
  ],
  Conv1DLSTM: [
    [
      'an input shape of 2 dimensions',
      () => new Conv1DLSTM({ ...conv1d, inputShape: [4, 4, 1] }),
      ValueError,
      'inputShape',
    ],
  ],
  Conv2DLSTM: [
    [
      'an input shape of 1 dimension',
      () => new Conv2DLSTM({ ...conv2d, inputShape: [4, 1] }),
      ValueError,
      'inputShape',
    ],
  ],
  ConvLSTM: [['an input shape of 1 dimension', () => new ConvLSTM(2, [4, 1], 2, 3), ValueError, 'inputShape [4, 1]']],
  DeepRNN: [
    ['what is not iterable', () => new DeepRNN(any(5)), ValueError, 'should be an iterable object'],
    [
      'skip connections around a layer',
      () => new DeepRNN([new Linear(2), new GRU(2)]),
      ValueError,
      'skipConnections are',
    ],
    otherSize(() => new DeepRNN([new GRU(2), new LSTM(2)])),
    [
      'another number of initializers',
      () => new DeepRNN([new GRU(2), new GRU(2)]).initialState(1, { trainable: true, trainableInitializers: [zeros] }),
      ValueError,
      'an array of 2; got 1',
    ],
  ],
  GRU: [...unknownKeys((options) => new GRU(2, options), 'w'), otherSize(() => new GRU(2))],
  HighwayCore: [
    ...unknownKeys((options) => new HighwayCore(2, 1, options), 'wt1'),
    otherSize(() => new HighwayCore(2, 1)),
  ],
  LSTM: [
    ...unknownKeys((options) => new LSTM(2, options), 'w'),
    ...unknownKeys((options) => new LSTM(2, options), 'w_o_diag'),
    ...unknownKeys((options) => new LSTM(2, options), 'w_h_projection'),
    otherSize(() => new LSTM(2)),
  ],
  ModelRNN: [
    ['what cannot be called', () => new ModelRNN(any(3)), TypeError, 'must be callable'],
    ['a core', () => new ModelRNN(any(new GRU(2))), TypeError, 'should not be an RNNCore'],
    ['a model without outputSize', () => new ModelRNN(any(tf.tanh)), AttributeError, 'should have an outputSize'],
  ],
  RNNCore: [
    ['a name that is no string', () => new Named({ name: any(5) }), TypeError, 'name'],
    ['a custom getter that is no function', () => new Named({ customGetter: any(5) }), TypeError, 'customGetter'],
    ['a name in the place of the options', () => new Named(any('core')), ValueError, 'options'],
  ],
  RelationalMemory: [
    [
      'a gate style',
      () => new RelationalMemory(2, 2, { gateStyle: any('tanh') }),
      ValueError,
      'gateStyle must be one of',
    ],
    ['numBlocks below 1', () => new RelationalMemory(2, 2, { numBlocks: 0 }), ValueError, 'numBlocks must be'],
    [
      'no layers',
      () => new RelationalMemory(2, 2, { attentionMlpLayers: 0 }),
      ValueError,
      'attentionMlpLayers must be',
    ],
  ],
  TrainableInitialState: [
    [
      'a mask of numbers',
      () => new TrainableInitialState([tf.ones([1, 2])], { mask: any([1]) }),
      TypeError,
      'booleans',
    ],
    [
      'a mask that is none',
      () => new TrainableInitialState([tf.ones([1, 2])], { mask: any('all') }),
      TypeError,
      'mask',
    ],
  ],
  VanillaRNN: [
    ...unknownKeys((options) => new VanillaRNN(2, options), 'w'),
    [
      'an initializer',
      () => new VanillaRNN(2, any({ initializers: { in_to_hidden: { w: 1 } } })),
      TypeError,
      /'w' .*function/,
    ],
    [
      'a partitioner',
      () => new VanillaRNN(2, any({ partitioners: { in_to_hidden: { w: 1 } } })),
      TypeError,
      /'w' .*function/,
    ],
    [
      'a regularizer',
      () => new VanillaRNN(2, any({ regularizers: { in_to_hidden: { w: 1 } } })),
      TypeError,
      /'w' .*function/,
    ],
    otherSize(() => new VanillaRNN(2)),
  ],
  trainableInitialState: [
    [
      'initializers',
      () => trainableInitialState(1, [2], 'float32', { initializers: any(5) }),
      ValueError,
      'not all the passed',
    ],
    [
      'regularizers',
      () => trainableInitialState(1, [2], 'float32', { regularizers: any(5) }),
      ValueError,
      'not all the passed',
    ],
  ],
};

describe.each(Object.entries(refusals))('%s refuses', (_, list) => {
  it.each(list.map(([what, ...rest]) => [what, rest] as const))('%s', (_, [call, error, message]) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});

const cores: [string, () => AnyCore][] = [
  ['ACTCore', () => act(0.9)],
  ['BatchNormLSTM', () => new BatchNormLSTM(2)],
  ['Conv1DLSTM', () => new Conv1DLSTM(conv1d)],
  ['Conv2DLSTM', () => new Conv2DLSTM(conv2d)],
  ['ConvLSTM', () => new ConvLSTM(1, [4, 1], 2, 3)],
  ['DeepRNN', () => new DeepRNN([new GRU(2)])],
  ['GRU', () => new GRU(2)],
  ['HighwayCore', () => new HighwayCore(2, 1)],
  ['LSTM', () => new LSTM(2)],
  ['LSTMBlockCell', () => new LSTMBlockCell(2)],
  ['ModelRNN', () => new ModelRNN(new Linear(2))],
  ['RNNCore', () => new Named()],
  ['RecurrentDropoutWrapper', () => new RecurrentDropoutWrapper(new GRU(2), 0.5)],
  ['ResidualCore', () => new ResidualCore(new GRU(2))],
  ['SkipConnectionCore', () => new SkipConnectionCore(new GRU(2))],
  ['VanillaRNN', () => new VanillaRNN(2)],
  ['ZoneoutWrapper', () => new ZoneoutWrapper(new GRU(2), 0.5, { isTraining: true })],
];

describe.each(cores)('a trainable state of %s refuses', (_, make) => {
  it.each(['Initializers', 'Regularizers'])('%s that are no functions', (what) => {
    const core = make();
    const start = () => core.initialState(2, { trainable: true, [`trainable${what}`]: 5 });
    expect(start).toThrow(ValueError);
    if (!(core instanceof DeepRNN)) expect(start).toThrow(`not all the passed ${what.toLowerCase()} are callable`);
  });
});

const members = ['variables', 'trainableVariables', 'nonTrainableVariables', 'variableScope', 'lastConnectedSubgraph'];
const more: [string, () => AnyCore][] = [['RelationalMemory', () => new RelationalMemory(2, 2)]];

describe.each([...cores, ...more])('%s, when it is not connected,', (_, make) => {
  it.each([...members, 'getVariables', 'getAllVariables'])('has no %s', (name) => {
    const core = make();
    const read = (): unknown => {
      const value: unknown = Reflect.get(core, name);
      return typeof value === 'function' ? value.call(core) : value;
    };
    expect(read).toThrow(NotConnectedError);
    expect(read).toThrow(String(core));
  });
});
