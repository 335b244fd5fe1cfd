import { fileURLToPath } from 'node:url';
import { type CommandLine, integerOption, numberOption, readOptions, seedOption } from '@sonnetjs/example-kit';

/** What a run can be told on the command line. */
export interface Settings {
  readonly steps: number;
  readonly batch: number;
  /** How many entries the vectors have. */
  readonly size: number;
  readonly hidden: number;
  /** What a step of pondering costs. */
  readonly ponderCost: number;
  /** The most steps that the network ponders. */
  readonly maxSteps: number;
  readonly seed: number;
  /** The folder for what the run writes. */
  readonly out: string;
  /** Whether the run is the one that the example promises a result for. */
  readonly isFullRun: boolean;
}

const defaults = { steps: 3000, batch: 128, size: 12, hidden: 64, maxSteps: 20, ponderCost: 0.001 };

const usage = `Tells whether a vector has an odd number of ones, and ponders longer where that is harder: adaptive computation time.

  --steps N        how many steps to train (default ${defaults.steps})
  --batch N        how many vectors a step of training takes (default ${defaults.batch})
  --size N         how many entries a vector has (default ${defaults.size}; 64 in the paper)
  --hidden N       how many units the recurrent core has (default ${defaults.hidden}; 128 in the paper)
  --ponder-cost X  what a step of pondering costs (default ${defaults.ponderCost})
  --max-steps N    the most steps that the network ponders (default ${defaults.maxSteps})
  --seed N         a run with the same seed gives the same network (default 1)
  --out DIR        where the picture goes (default: out, beside the example)
  --help           print this`;

const names = ['steps', 'batch', 'size', 'hidden', 'ponder-cost', 'max-steps', 'seed', 'out'] as const;

export const commandLine: CommandLine<Settings> = { usage, parse };

function parse(args: readonly string[]): Settings | null {
  const given = readOptions(args, names);
  if (given.help === true) return null;
  const integer = (name: 'steps' | 'batch' | 'size' | 'hidden', max: number) =>
    integerOption(name, given[name] ?? String(defaults[name]), 1, max);
  return {
    steps: integer('steps', 1e9),
    batch: integer('batch', 10_000),
    size: integer('size', 1000),
    hidden: integer('hidden', 10_000),
    ponderCost: numberOption('ponder-cost', given['ponder-cost'] ?? String(defaults.ponderCost), 0, 1000),
    maxSteps: integerOption('max-steps', given['max-steps'] ?? String(defaults.maxSteps), 1, 1000),
    seed: seedOption(given.seed ?? '1'),
    out: given.out ?? fileURLToPath(new URL('../out', import.meta.url)),
    isFullRun: names.every((name) => name === 'seed' || name === 'out' || given[name] === undefined),
  };
}
