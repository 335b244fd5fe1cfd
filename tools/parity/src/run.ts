import fc from 'fast-check';
import { saysDamage } from './backends.ts';
import { checkCase, inputsOf, ParityError, type Part } from './check.ts';
import type { Entry, OpCase } from './entry.ts';
import { faultsOf } from './known-faults/index.ts';
import type { KnownFault } from './known-faults/known-fault.ts';

/** How much to try. */
export interface RunOptions {
  /** Random calls of every op. Default 100. */
  readonly runs?: number;
  /** Decides on the calls. Default 1. */
  readonly seed?: number;
  /** Whether calls that meet a known fault are made and count as failures. Default false. */
  readonly ignoreKnownFaults?: boolean;
}

/** What became of an op. */
export interface Outcome {
  readonly op: string;
  /** Calls that were made, and calls of which a part was left out because of a known fault. */
  readonly calls: number;
  readonly faulty: number;
  /** The smallest failing call that was found, in words. */
  readonly failure?: string;
  /** Whether the op has damaged the backend, so that only a new one can go on. */
  readonly damaged?: boolean;
}

/** The seed of an op's calls: the same whether the op runs alone or with all others. */
function seedOf(op: string, seed: number): number {
  let hash = seed;
  for (const letter of op) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash | 0;
}

const PARTS: readonly Part[] = ['value', 'gradient'];

function meets(fault: KnownFault, call: OpCase<unknown>, op: string): boolean {
  return fault.when === undefined || fault.when(call, op);
}

/** The parts of a call that are not known to be wrong. */
function soundParts(faults: readonly KnownFault[], call: OpCase<unknown>, op: string, backendName: string): Part[] {
  const met = faults.filter((fault) => meets(fault, call, op));
  if (met.some(({ unsafeOn }) => unsafeOn?.includes(backendName))) return [];
  return PARTS.filter((part) => !met.some(({ parts = PARTS }) => parts.includes(part)));
}

function describe(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item));
}

/** A failing call in words: the op, its inputs and attributes, and what was wrong. */
function inWords(entry: Entry, call: OpCase<unknown>, error: unknown): string {
  const values = inputsOf(call).map(({ data }, i) =>
    data.length <= 40
      ? `\n  input ${i}: [${[...data].map((value) => (Object.is(value, -0) ? '-0' : value)).join(', ')}]`
      : '',
  );
  const part = error instanceof ParityError ? error.part : 'value';
  return (
    `${entry.op} (${part}): ${error instanceof Error ? error.message : String(error)}` +
    `\n  inputs ${describe(call.inputs)}\n  attributes ${describe(call.attrs)}, values of seed ${call.seed}${values.join('')}`
  );
}

/** Makes many calls of an op on the current backend and compares everything with the references. */
export function runEntry(entry: Entry, backendName: string, options: RunOptions = {}): Outcome {
  const { runs = 100, seed = 1, ignoreKnownFaults = false } = options;
  const faults = ignoreKnownFaults ? [] : faultsOf(backendName, entry.op);
  let [calls, faulty] = [0, 0];
  let damage: { call: OpCase<unknown>; error: unknown } | undefined;
  const property = fc.property(entry.cases, (call) => {
    const parts = soundParts(faults, call, entry.op, backendName);
    calls += 1;
    if (parts.length < 2) faulty += 1;
    if (parts.length === 0) return;
    // Nothing that a damaged backend does can be judged: the first call that shows the damage is the one to report.
    if (damage !== undefined) throw damage.error;
    try {
      checkCase(entry, call, parts);
    } catch (error) {
      if (saysDamage(error)) damage = { call, error };
      throw error;
    }
  });
  const examples = (entry.examples ?? []).map((call): [OpCase<unknown>] => [call]);
  const details = fc.check(property, {
    numRuns: runs + examples.length,
    seed: seedOf(entry.op, seed),
    examples,
    endOnFailure: false,
    // Shrinking a large call can take long.
    interruptAfterTimeLimit: 60_000,
  });
  if (!details.failed) return { op: entry.op, calls, faulty };
  if (damage !== undefined) {
    const failure = `the backend's memory is damaged, by this call or one before it\n${inWords(entry, damage.call, damage.error)}`;
    return { op: entry.op, calls, faulty, failure, damaged: true };
  }
  const call = details.counterexample?.[0];
  if (call === undefined)
    return { op: entry.op, calls, faulty, failure: `${entry.op}: ${fc.defaultReportMessage(details)}` };
  return { op: entry.op, calls, faulty, failure: inWords(entry, call, details.errorInstance) };
}

/**
 * Whether a known fault is still there: among calls that meet it, one has to fail. A fault that damages the process is not
 * tried.
 *
 * @returns What is wrong with the table, or undefined.
 */
export function staleness(
  entry: Entry,
  fault: KnownFault,
  backendName: string,
  { seed = 1 }: RunOptions = {},
): string | undefined {
  if (fault.unsafeOn?.includes(backendName)) return undefined;
  const drawn = fc.sample(entry.cases, { seed: seedOf(entry.op, seed), numRuns: 400 });
  const calls = [...(entry.examples ?? []), ...drawn].filter((call) => meets(fault, call, entry.op));
  if (calls.length === 0) return `${entry.op}: no call meets the known fault "${fault.reason}"`;
  const still = calls.some((call) => {
    try {
      checkCase(entry, call, fault.parts);
      return false;
    } catch {
      return true;
    }
  });
  return still
    ? undefined
    : `${entry.op}: the known fault "${fault.reason}" is gone from ${calls.length} calls: remove it`;
}
