import { fileURLToPath } from 'node:url';
import {
  type CommandLine,
  integerOption,
  numberOption,
  OptionError,
  readOptions,
  seedOption,
} from '@sonnetjs/example-kit';

/** What a run can be told on the command line. */
export interface Settings {
  /** The path of a text; null for the book that comes with the example. */
  readonly text: string | null;
  /** When training ends: after so many steps, or after so many minutes. */
  readonly end: { readonly steps: number } | { readonly minutes: number };
  /** How many units each LSTM has. */
  readonly hidden: number;
  /** How many LSTMs there are. */
  readonly layers: number;
  /** How many pieces of the text are read side by side. */
  readonly batch: number;
  /** Over how many characters a gradient goes back. */
  readonly unroll: number;
  readonly seed: number;
  /** The folder for checkpoints; null for none. */
  readonly save: string | null;
  /** After how many steps there is a look at validation, a sample and a checkpoint. */
  readonly every: number;
  /** How many characters the last sample has. */
  readonly sample: number;
  readonly temperature: number;
  /** The folder for what the run writes. */
  readonly out: string;
  /** Whether book and length are those that the example promises a result for. */
  readonly isFullRun: boolean;
}

const defaults = {
  steps: 2000,
  hidden: 128,
  layers: 2,
  batch: 32,
  unroll: 16,
  every: 100,
  sample: 600,
  temperature: 0.7,
};

const usage = `Learns to write like a book, character by character: a deep LSTM with skip connections.

  --text FILE      the text to learn from, in UTF-8 (default: "Moby-Dick")
  --steps N        how many steps to train (default ${defaults.steps})
  --minutes N      train so many minutes instead; what is learned then depends on the machine
  --hidden N       how many units each LSTM has (default ${defaults.hidden})
  --layers N       how many LSTMs there are (default ${defaults.layers})
  --batch N        how many pieces of the text are read side by side (default ${defaults.batch})
  --unroll N       over how many characters a gradient goes back (default ${defaults.unroll})
  --seed N         a run with the same seed gives the same network (default 1)
  --save DIR       keep checkpoints there, and go on from the latest one that is there
  --every N        after how many steps to validate, to show a sample and to save (default ${defaults.every})
  --sample N       how many characters to write in the end (default ${defaults.sample})
  --temperature T  below 1 it writes what is likely, above 1 what is not (default ${defaults.temperature})
  --out DIR        where pictures and tables go (default: out, beside the example)
  --help           print this`;

const names = [
  'text',
  'steps',
  'minutes',
  'hidden',
  'layers',
  'batch',
  'unroll',
  'seed',
  'save',
  'every',
  'sample',
  'temperature',
  'out',
] as const;

export const commandLine: CommandLine<Settings> = { usage, parse };

function parse(args: readonly string[]): Settings | null {
  const given = readOptions(args, names);
  if (given.help === true) return null;
  const { text = null, steps, minutes, save = null } = given;
  if (steps !== undefined && minutes !== undefined) {
    throw new OptionError('Give either --steps or --minutes: each says when training ends.');
  }
  const integer = (name: keyof typeof defaults, max: number) =>
    integerOption(name, given[name] ?? String(defaults[name]), 1, max);
  return {
    text,
    end:
      minutes === undefined
        ? { steps: integer('steps', 1e9) }
        : { minutes: numberOption('minutes', minutes, 0.01, 1e6) },
    hidden: integer('hidden', 10_000),
    layers: integer('layers', 100),
    batch: integer('batch', 10_000),
    unroll: integer('unroll', 10_000),
    seed: seedOption(given.seed ?? '1'),
    save,
    every: integer('every', 1e9),
    sample: integer('sample', 1e6),
    temperature: numberOption('temperature', given.temperature ?? String(defaults.temperature), 0.01, 100),
    out: given.out ?? fileURLToPath(new URL('../out', import.meta.url)),
    isFullRun: ['text', 'steps', 'minutes'].every((name) => !Object.hasOwn(given, name)),
  };
}
