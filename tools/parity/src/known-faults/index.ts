import { cpuFaults } from './cpu.ts';
import { faultsEverywhere } from './everywhere.ts';
import type { KnownFault } from './known-fault.ts';
import { nodeFaults } from './node.ts';

/** The faults of backends, by their names. */
const ofBackends: Readonly<Record<string, readonly KnownFault[]>> = {
  cpu: cpuFaults,
  node: nodeFaults,
};

/** What is known to be wrong with an op on a backend. */
export function faultsOf(backendName: string, op: string): KnownFault[] {
  return [...faultsEverywhere, ...(ofBackends[backendName] ?? [])].filter(({ ops }) => ops.includes(op));
}
