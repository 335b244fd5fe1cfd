export { Linear, type LinearOptions, type PerLinearVariable } from './linear.ts';
export { type Layer, Sequential, type SequentialInputs, type SequentialOutput } from './sequential.ts';
export { BatchFlatten } from './shape/batch-flatten.ts';
export { BatchReshape, type BatchReshapeOptions } from './shape/batch-reshape.ts';
export { TrainableVariable, type TrainableVariableOptions } from './trainable-variable.ts';
