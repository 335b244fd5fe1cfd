// Conv1D and Conv1DTranspose make each other, so one file holds both: two would import each other in a circle.
export { Conv1DTranspose, type Conv1DTransposeOptions } from './conv-1d.ts';
