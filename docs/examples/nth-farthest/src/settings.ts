import { fileURLToPath } from 'node:url';
import { type CommandLine, integerOption, readOptions, seedOption } from '@sonnetjs/example-kit';
import type { LstmSize, MemorySize } from './model.ts';
import type { World } from './questions.ts';

/** What a run can be told on the command line. */
export interface Settings {
  readonly steps: number;
  readonly batch: number;
  readonly world: World;
  readonly memory: MemorySize;
  readonly lstm: LstmSize;
  readonly seed: number;
  /** The folder for what the run writes. */
  readonly out: string;
  /** Whether the run is the one that the example promises a result for. */
  readonly isFullRun: boolean;
}

const defaults = { steps: 3600, batch: 128, objects: 3, dims: 2, slots: 3, heads: 4, 'head-size': 8, lstm: 64 };

const usage = `Tells which of several vectors is the n-th farthest from another one: a relational memory, and an LSTM to compare with.

  --steps N      how many steps to train (default ${defaults.steps})
  --batch N      how many questions a step of training takes (default ${defaults.batch})
  --objects N    how many vectors there are (default ${defaults.objects}; 8 in the paper)
  --dims N       how many numbers a vector has (default ${defaults.dims}; 16 in the paper)
  --slots N      how many slots the memory has (default ${defaults.slots})
  --heads N      how many heads of attention the memory has (default ${defaults.heads})
  --head-size N  the size of a head (default ${defaults['head-size']})
  --lstm N       how many units the LSTM has (default ${defaults.lstm})
  --seed N       a run with the same seed gives the same networks (default 1)
  --out DIR      where the picture goes (default: out, beside the example)
  --help         print this`;

const names = ['steps', 'batch', 'objects', 'dims', 'slots', 'heads', 'head-size', 'lstm', 'seed', 'out'] as const;

export const commandLine: CommandLine<Settings> = { usage, parse };

function parse(args: readonly string[]): Settings | null {
  const given = readOptions(args, names);
  if (given.help === true) return null;
  const integer = (name: keyof typeof defaults, min: number, max: number) =>
    integerOption(name, given[name] ?? String(defaults[name]), min, max);
  return {
    steps: integer('steps', 1, 1e9),
    batch: integer('batch', 1, 10_000),
    world: { objects: integer('objects', 2, 100), dims: integer('dims', 1, 1000) },
    memory: {
      slots: integer('slots', 1, 100),
      heads: integer('heads', 1, 100),
      headSize: integer('head-size', 1, 1000),
    },
    lstm: { hidden: integer('lstm', 1, 10_000) },
    seed: seedOption(given.seed ?? '1'),
    out: given.out ?? fileURLToPath(new URL('../out', import.meta.url)),
    isFullRun: names.every((name) => name === 'seed' || name === 'out' || given[name] === undefined),
  };
}
