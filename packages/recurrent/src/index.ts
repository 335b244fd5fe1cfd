export { ACTCore, type ACTCoreOptions, type ACTOutput } from './act-core.ts';
export { type BidirectionalOutput, BidirectionalRNN, type BothWays } from './bidirectional-rnn.ts';
export { Conv1DLSTM, type Conv1DLSTMOptions } from './conv-lstm/conv-1d-lstm.ts';
export { Conv2DLSTM, type Conv2DLSTMOptions } from './conv-lstm/conv-2d-lstm.ts';
export {
  ConvLSTM,
  type ConvLSTMConvolutions,
  type ConvLSTMOptions,
  type ConvLSTMState,
} from './conv-lstm/conv-lstm.ts';
export {
  DeepRNN,
  type DeepRNNOptions,
  type FirstInputsOf,
  type LastOutputOf,
  type PrevStatesOf,
  type StatesOf,
} from './deep-rnn.ts';
export { GRU, type GRUOptions, type PerGRUVariable } from './gru.ts';
export { HighwayCore, type HighwayCoreOptions, type PerHighwayVariable } from './highway-core.ts';
export type { InitialStateOptions } from './initial-state/initial-state-options.ts';
export {
  type StateInitializers,
  type StateRegularizers,
  type TrainableInitialStateOptions,
  trainableInitialState,
} from './initial-state/trainable-initial-state.ts';
export {
  TrainableInitialState,
  type TrainableInitialStateModuleOptions,
} from './initial-state/trainable-initial-state-module.ts';
export { BatchNormLSTM, type BatchNormLSTMState } from './lstm/batch-norm-lstm.ts';
export type {
  BatchNormLSTMCallOptions,
  BatchNormLSTMOptions,
  BatchNormPlaces,
  PerBatchNormLSTMVariable,
} from './lstm/batch-norm-lstm-options.ts';
export { LSTM, type LSTMOptions, type PerLSTMVariable } from './lstm/lstm.ts';
export {
  LSTMBlockCell,
  type LSTMBlockCellOptions,
  LSTMStateTuple,
  type LSTMStateTupleFields,
  type LSTMStateTupleLike,
} from './lstm/lstm-block-cell.ts';
export { LSTMState, type LSTMStateFields, type LSTMStateLike } from './lstm/lstm-state.ts';
export { ModelRNN, type StateModel } from './model-rnn.ts';
export {
  RelationalMemory,
  type RelationalMemoryCallOptions,
  type RelationalMemoryOptions,
} from './relational-memory/relational-memory.ts';
export { ResidualCore } from './residual-core.ts';
export type { LayersCell, LayersCellConstructor, LayersWeight } from './rnn-cell/layers-cell.ts';
export { RNNCellWrapper, type RNNCellWrapperClass, wrapRnnCellClass } from './rnn-cell/rnn-cell-wrapper.ts';
export { RNNCore } from './rnn-core.ts';
export type { AnyCore, InputsOf, OutputOf, PrevStateOf, RNNCoreLike, StateOf } from './rnn-core-like.ts';
export { SkipConnectionCore, type SkipConnectionCoreOptions } from './skip-connection-core.ts';
export type { Size, StateSize } from './state-size.ts';
export {
  type BidirectionalDynamicRnnOptions,
  bidirectionalDynamicRnn,
} from './unroll/bidirectional-dynamic-rnn.ts';
export { type DynamicRnnOptions, dynamicRnn } from './unroll/dynamic-rnn.ts';
export type { SequenceLength } from './unroll/sequence-lengths.ts';
export { type StaticRnnOptions, staticRnn } from './unroll/static-rnn.ts';
export { type PerVanillaLayer, VanillaRNN, type VanillaRNNOptions } from './vanilla-rnn.ts';
export { CoreWithExtraBuildArgs } from './wrappers/core-with-extra-build-args.ts';
export type { KeepProbs } from './wrappers/keep-probs.ts';
export { type LSTMWithZoneout, type LSTMWithZoneoutOptions, lstmWithZoneout } from './wrappers/lstm-with-zoneout.ts';
export { RecurrentDropoutWrapper } from './wrappers/recurrent-dropout-wrapper.ts';
export {
  type HighwayCoreWithRecurrentDropoutOptions,
  highwayCoreWithRecurrentDropout,
  type LSTMWithRecurrentDropoutOptions,
  lstmWithRecurrentDropout,
} from './wrappers/with-recurrent-dropout.ts';
export { ZoneoutWrapper, type ZoneoutWrapperOptions } from './wrappers/zoneout-wrapper.ts';
