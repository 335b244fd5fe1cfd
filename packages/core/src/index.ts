export type { Availability, Backend, Capabilities } from './backend/backend.ts';
export { type BackendChoice, getBackend, type PassedOver, useBackend } from './backend/use-backend.ts';
export {
  type CheckOptions,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  type Initializers,
  type NestedFunctions,
  type Partitioners,
  type Regularizers,
} from './check-options.ts';
export { customGetterRouter } from './custom-getters/custom-getter-router.ts';
export * as customGetters from './custom-getters/index.ts';
export { deprecationWarning } from './deprecation.ts';
export {
  AttributeError,
  BackendNotAvailableError,
  DifferentGraphError,
  IncompatibleShapeError,
  KeyError,
  ModuleInfoError,
  NotConnectedError,
  NotImplementedError,
  NotInitializedError,
  NotSupportedError,
  ParentNotBuiltError,
  SonnetError,
  UnderspecifiedError,
  ValueError,
} from './errors.ts';
export type { CollectionEntry, CollectionQuery, CollectionTypes, RegularizationLoss } from './graph/collections.ts';
export { addToCollection, getCollection, getDefaultGraph, resetDefaultGraph } from './graph/default-graph.ts';
export { Graph, type GraphOptions, type RandomState } from './graph/graph.ts';
export { graphConstant } from './graph/graph-constant.ts';
export { GraphKeys } from './graph/graph-keys.ts';
export { getNameScope, nameScope } from './graph/name-scoping.ts';
export { regularizationLosses } from './graph/regularization-losses.ts';
export { transaction } from './graph/transaction.ts';
export type { Initializer, InitializerContext, PartitionInfo } from './initializers/index.ts';
export * as initializers from './initializers/index.ts';
export {
  countVariablesByType,
  type SummarizeOptions,
  summarizeVariables,
  type VariableCount,
} from './inspection/count-variables.ts';
export {
  type FormatOptions,
  formatVariableMap,
  formatVariables,
  type LogOptions,
  logVariables,
} from './inspection/format-variables.ts';
export {
  getNormalizedVariableMap,
  type VariableMap,
  type VariableMapOptions,
  variableMapItems,
} from './inspection/variable-map.ts';
export {
  getVariableScopeName,
  getVariablesInModule,
  getVariablesInScope,
  hasVariableScope,
  type ScopeLike,
} from './inspection/variables-in.ts';
export { AbstractModule, type AnyModule, type ModuleOptions, type VariableQuery } from './modules/abstract-module.ts';
export { type BuildParameters, required } from './modules/build-parameters.ts';
export { type ConnectedSubGraph, REMEMBERED_CONNECTIONS } from './modules/connected-sub-graph.ts';
export { Module } from './modules/module.ts';
export type { ModuleInfo } from './modules/module-info.ts';
export { type ConnectionObserver, observeConnections } from './modules/observe-connections.ts';
export { parseStringToConstructor } from './modules/parse-string-to-constructor.ts';
export { type HasVariableScope, reuseVariables } from './modules/reuse-variables.ts';
export { type KwargsSupport, removeUnsupportedKwargs, supportsKwargs } from './modules/supports-kwargs.ts';
export type { Transposable } from './modules/transposable.ts';
export { nameForCallable, toSnakeCase } from './naming.ts';
export * as nest from './nest/index.ts';
export { type NamedTuple, type NamedTupleClass, type NamedTupleLike, namedTuple } from './nest/named-tuple.ts';
export { booleanArgument } from './ops/boolean-argument.ts';
export { clipGradient } from './ops/clip-gradient.ts';
export { dropout } from './ops/dropout.ts';
export { type LeadingDimsOptions, mergeLeadingDims, splitLeadingDim } from './ops/leading-dims.ts';
export { scaleGradient } from './ops/scale-gradient.ts';
export { stopGradient } from './ops/stop-gradient.ts';
export type { Partitioner } from './partitioners/index.ts';
export * as partitioners from './partitioners/index.ts';
export {
  type IntegersOptions,
  type NormalOptions,
  type RandomKey,
  RandomStream,
  type RandomStreamOptions,
  type UniformOptions,
} from './random/index.ts';
export { nextRandomStream } from './random/scope-stream.ts';
export type { Regularizer } from './regularizers/index.ts';
export * as regularizers from './regularizers/index.ts';
export { type MinimizeOptions, minimize } from './training/minimize.ts';
export { optimizerVariables, setOptimizerVariables } from './training/optimizer-slots.ts';
export { type ValueAndGrads, type ValueAndGradsOptions, valueAndGrads } from './training/value-and-grads.ts';
export type { NextValue } from './updates/assign-next.ts';
export type { DeferredUpdate } from './updates/deferred-update.ts';
export { offTape } from './updates/off-tape.ts';
export { type RunUpdatesOptions, runUpdates } from './updates/run-updates.ts';
export { trainingStep } from './updates/training-step.ts';
export { type UpdateVariableOptions, updateVariable } from './updates/update-variable.ts';
export { getVariableScope, type VariableScopeOptions, variableScope } from './variables/enter-scope.ts';
export { type GetVariableOptions, getVariable } from './variables/get-variable.ts';
export type { CustomGetter, GetVariableArgs, VariableGetter } from './variables/get-variable-args.ts';
export { sortByName } from './variables/sort-by-name.ts';
export {
  globalVariables,
  localVariables,
  notifyAboutNewVariables,
  trainableVariables,
} from './variables/variable-lists.ts';
export { type VariableSlice, variableName, variableSlice } from './variables/variable-name.ts';
export { type Reuse, VariableScope } from './variables/variable-scope.ts';
