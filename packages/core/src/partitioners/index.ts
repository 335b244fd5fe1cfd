export { type FixedSizeOptions, fixedSize } from './fixed-size.ts';
export { type MinMaxOptions, minMax } from './min-max.ts';
export type { Partitioner } from './partitioner.ts';
export { type VariableAxisSizeOptions, variableAxisSize } from './variable-axis-size.ts';
