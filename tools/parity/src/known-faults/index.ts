import { cpuFaults } from './cpu.ts';
import { faultsEverywhere } from './everywhere.ts';
import type { KnownFault } from './known-fault.ts';
import { nodeFaults } from './node.ts';
import { wasmFaults } from './wasm.ts';

/** The faults of every backend, by its name. */
const ofBackends: Readonly<Record<string, readonly KnownFault[]>> = {
  cpu: cpuFaults,
  node: nodeFaults,
  wasm: wasmFaults,
};

/** What is known to be wrong with an op on a backend. */
export function faultsOf(backendName: string, op: string): KnownFault[] {
  return [...faultsEverywhere, ...(ofBackends[backendName] ?? [])].filter(({ ops }) => ops.includes(op));
}
