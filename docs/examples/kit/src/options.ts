import { fileURLToPath } from 'node:url';
import { integerOption, readOptions, seedOption } from './command-line.ts';

/** What a run can be told on the command line. */
export interface Options {
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** How many of the digits are used; null for all of them. */
  readonly limit: number | null;
  /** The folder for what the run writes. */
  readonly out: string;
}

/** What examples differ in on the command line. */
export interface ExampleSettings {
  /** What the example does, in a sentence. */
  readonly summary: string;
  /** The defaults of the options. */
  readonly epochs: number;
  readonly batch: number;
  readonly out: URL;
}

/** The answer to `--help`. */
export function usage({ summary, epochs, batch }: ExampleSettings): string {
  return `${summary}

  --epochs N   how often every training digit is seen (default ${epochs})
  --batch N    how many digits a step of training takes (default ${batch})
  --seed N     a run with the same seed gives the same network (default 1)
  --limit N    use only N of the 10,000 digits, for a quick try
  --out DIR    where pictures go (default: out, beside the example)
  --help       print this`;
}

/**
 * Reads the command line.
 *
 * @param args What follows the program's name.
 * @returns The options, or null when help was asked for.
 * @throws OptionError when an option is unknown or its value cannot be used.
 */
export function parseOptions(args: readonly string[], defaults: ExampleSettings): Options | null {
  const values = readOptions(args, ['epochs', 'batch', 'seed', 'limit', 'out']);
  if (values.help === true) return null;
  return {
    epochs: integerOption('epochs', values.epochs ?? String(defaults.epochs), 1, 10_000),
    batch: integerOption('batch', values.batch ?? String(defaults.batch), 1, 10_000),
    seed: seedOption(values.seed ?? '1'),
    limit: values.limit === undefined ? null : integerOption('limit', values.limit, 10, 10_000),
    out: values.out ?? fileURLToPath(defaults.out),
  };
}
