export { backends, startBackend } from './backends.ts';
export { checkCase, ParityError, type Part } from './check.ts';
export { table } from './entries/index.ts';
export { type Entry, type Family, families, type OpCase } from './entry.ts';
export { faultsOf } from './known-faults/index.ts';
export type { KnownFault } from './known-faults/known-fault.ts';
export { type Outcome, type RunOptions, runEntry, staleness } from './run.ts';
export { paritySuite, type SuiteOptions } from './suite.ts';
