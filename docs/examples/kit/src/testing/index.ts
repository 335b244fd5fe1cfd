export { type ProgramResult, runProgram } from './run-program.ts';
export { stripes } from './stripes.ts';
