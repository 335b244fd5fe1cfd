export { elementsOf } from './elements-of.ts';
export { type ProgramResult, runProgram } from './run-program.ts';
export { stripes } from './stripes.ts';
