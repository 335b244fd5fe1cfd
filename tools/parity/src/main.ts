import { parseArgs } from 'node:util';
import { backends, restartBackend, startBackend } from './backends.ts';
import { table } from './entries/index.ts';
import { type Entry, families } from './entry.ts';
import { faultsOf } from './known-faults/index.ts';
import { type Outcome, runEntry, staleness } from './run.ts';

const USAGE = `Usage: parity [--backend NAME] [--op NAME] [--family NAME] [--runs N] [--seed N] [--ignore-known-faults]

Compares ops and gradients of a backend with float64 references.
  --backend   ${Object.keys(backends).join(' or ')}; default cpu
  --op        only this op; may be repeated
  --family    only this family; may be repeated: ${families.join(', ')}
  --runs      random calls of every op; default 100
  --seed      decides on the calls; default 1
  --ignore-known-faults  makes the calls that are known to fail, too`;

const OPTIONS = {
  backend: { type: 'string', default: 'cpu' },
  op: { type: 'string', multiple: true },
  family: { type: 'string', multiple: true },
  runs: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  'ignore-known-faults': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type CommandLine = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** What the command line says, or null when it cannot be understood. */
function readCommandLine(): CommandLine | null {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function chosenEntries({ op, family }: CommandLine): Entry[] {
  return table.filter((entry) => (op?.includes(entry.op) ?? true) && (family?.includes(entry.family) ?? true));
}

function line({ op, calls, faulty }: Outcome, milliseconds: number, problems: readonly string[]): string {
  const state = problems.length === 0 ? 'ok    ' : 'FAILED';
  const left = faulty === 0 ? '' : `, ${faulty} with a known fault`;
  return `${state} ${op.padEnd(32)} ${calls} calls${left}, ${milliseconds.toFixed(0)} ms`;
}

/** Runs an op and prints what became of it. */
async function runAndReport(entry: Entry, values: CommandLine): Promise<boolean> {
  const options = {
    runs: Number(values.runs),
    seed: Number(values.seed),
    ignoreKnownFaults: values['ignore-known-faults'],
  };
  const started = performance.now();
  const outcome = runEntry(entry, values.backend, options);
  if (outcome.damaged) await restartBackend(values.backend);
  const faults = options.ignoreKnownFaults ? [] : faultsOf(values.backend, entry.op);
  const stale = faults.map((fault) => staleness(entry, fault, values.backend, options));
  const problems = [outcome.failure, ...stale].filter((problem) => problem !== undefined);
  console.log(line(outcome, performance.now() - started, problems));
  for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
  return problems.length === 0;
}

async function main(): Promise<number> {
  const values = readCommandLine();
  const chosen = values === null ? [] : chosenEntries(values);
  if (values === null || values.help || backends[values.backend] === undefined || chosen.length === 0) {
    console.log(USAGE);
    return values?.help === true ? 0 : 1;
  }
  await startBackend(values.backend);
  console.log(`${chosen.length} ops on ${values.backend}, ${values.runs} random calls each, seed ${values.seed}`);
  let failed = 0;
  for (const entry of chosen) if (!(await runAndReport(entry, values))) failed += 1;
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
