export type { Case } from './case-format.ts';
export type { Difference } from './compare.ts';
export { type CaseResult, runCase } from './run-cases.ts';
