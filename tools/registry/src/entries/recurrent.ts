import { type InputArg, type Json, type ModuleEntry, tensor } from '../entry.ts';

const PACKAGE = '@sonnetjs/recurrent';

function list(...items: InputArg[]): InputArg {
  return { list: items };
}

function json(value: Json): InputArg {
  return { json: value };
}

const GRU = { module: 'GRU', args: [3] };
const LSTM = { module: 'LSTM', args: [3] };

/** The modules of `@sonnetjs/recurrent`. */
export const recurrentModules: readonly ModuleEntry[] = [
  {
    name: 'ACTCore',
    package: PACKAGE,
    config: { module: 'ACTCore', args: [GRU, 2, 0.9, { fn: 'tanh' }, { maxSteps: 4 }] },
    inputs: [tensor(4, 5), tensor(4, 3)],
  },
  {
    name: 'BatchNormLSTM',
    package: PACKAGE,
    config: { module: 'BatchNormLSTM', args: [3, { useBatchNormX: true, useBatchNormC: true, usePeepholes: true }] },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 3)), json({ isTraining: false })],
  },
  {
    name: 'BidirectionalRNN',
    package: PACKAGE,
    config: { module: 'BidirectionalRNN', args: [LSTM, GRU] },
    inputs: [tensor(4, 2, 5), list(list(tensor(2, 3), tensor(2, 3)), tensor(2, 3))],
  },
  {
    name: 'Conv1DLSTM',
    package: PACKAGE,
    config: { module: 'Conv1DLSTM', args: [{ inputShape: [5, 2], outputChannels: 3, kernelShape: 3 }] },
    inputs: [tensor(2, 5, 2), list(tensor(2, 5, 3), tensor(2, 5, 3))],
  },
  {
    name: 'Conv2DLSTM',
    package: PACKAGE,
    config: {
      module: 'Conv2DLSTM',
      args: [{ inputShape: [4, 3, 2], outputChannels: 2, kernelShape: 3, useLayerNorm: true }],
    },
    inputs: [tensor(2, 4, 3, 2), list(tensor(2, 4, 3, 2), tensor(2, 4, 3, 2))],
  },
  {
    name: 'ConvLSTM',
    package: PACKAGE,
    config: { module: 'ConvLSTM', args: [3, [2, 3, 2, 2], 2, 2] },
    inputs: [tensor(2, 2, 3, 2, 2), list(tensor(2, 2, 3, 2, 2), tensor(2, 2, 3, 2, 2))],
  },
  {
    name: 'CoreWithExtraBuildArgs',
    package: PACKAGE,
    config: {
      module: 'CoreWithExtraBuildArgs',
      args: [{ module: 'BatchNormLSTM', args: [3] }, { isTraining: false }],
    },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 3))],
    golden: ['BatchNormLSTM'],
  },
  {
    name: 'DeepRNN',
    package: PACKAGE,
    config: { module: 'DeepRNN', args: [[LSTM, GRU]] },
    inputs: [tensor(4, 5), list(list(tensor(4, 3), tensor(4, 3)), tensor(4, 3))],
  },
  { name: 'GRU', package: PACKAGE, config: GRU, inputs: [tensor(4, 5), tensor(4, 3)] },
  {
    name: 'HighwayCore',
    package: PACKAGE,
    config: { module: 'HighwayCore', args: [3, 2] },
    inputs: [tensor(4, 5), tensor(4, 3)],
  },
  {
    name: 'LSTM',
    package: PACKAGE,
    config: { module: 'LSTM', args: [4, { usePeepholes: true, useLayerNorm: true, projectionSize: 3 }] },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 4))],
  },
  {
    name: 'LSTMBlockCell',
    package: PACKAGE,
    config: { module: 'LSTMBlockCell', args: [3, { usePeephole: true }] },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 3))],
  },
  {
    name: 'ModelRNN',
    package: PACKAGE,
    config: { module: 'ModelRNN', args: [{ module: 'Linear', args: [3] }] },
    inputs: [tensor(4, 5), tensor(4, 3)],
  },
  {
    name: 'RecurrentDropoutWrapper',
    package: PACKAGE,
    config: { module: 'RecurrentDropoutWrapper', args: [GRU, 0.5] },
    inputs: [tensor(4, 5), list(tensor(4, 3), list(tensor(4, 3)))],
    golden: ['lstm_with_recurrent_dropout', 'highway_core_with_recurrent_dropout'],
  },
  {
    name: 'RelationalMemory',
    package: PACKAGE,
    config: { module: 'RelationalMemory', args: [3, 2, { numHeads: 2, numBlocks: 2 }] },
    inputs: [tensor(4, 5), tensor(4, 3, 4)],
  },
  {
    name: 'ResidualCore',
    package: PACKAGE,
    config: { module: 'ResidualCore', args: [LSTM] },
    inputs: [tensor(4, 3), list(tensor(4, 3), tensor(4, 3))],
  },
  {
    name: 'SkipConnectionCore',
    package: PACKAGE,
    config: { module: 'SkipConnectionCore', args: [LSTM] },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 3))],
  },
  {
    name: 'TrainableInitialState',
    package: PACKAGE,
    config: { module: 'TrainableInitialState', args: [{ call: 'trainableInitialState', args: [2, [[3], [4]]] }] },
    inputs: [],
  },
  {
    name: 'VanillaRNN',
    package: PACKAGE,
    config: { module: 'VanillaRNN', args: [3] },
    inputs: [tensor(4, 5), tensor(4, 3)],
  },
  {
    name: 'ZoneoutWrapper',
    package: PACKAGE,
    config: { module: 'ZoneoutWrapper', args: [LSTM, [0.9, 0.5], { isTraining: false }] },
    inputs: [tensor(4, 5), list(tensor(4, 3), tensor(4, 3))],
    golden: ['lstm_with_zoneout'],
  },
];
