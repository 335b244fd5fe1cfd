import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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

/** The command line cannot be understood; the message says why. */
export class OptionError extends Error {
  override name: string = 'OptionError';
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
  const values = parse(args);
  if (values.help === true) return null;
  return {
    epochs: integer('epochs', values.epochs ?? String(defaults.epochs), 1, 10_000),
    batch: integer('batch', values.batch ?? String(defaults.batch), 1, 10_000),
    seed: integer('seed', values.seed ?? '1', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    limit: values.limit === undefined ? null : integer('limit', values.limit, 10, 10_000),
    out: values.out ?? fileURLToPath(defaults.out),
  };
}

interface RawValues {
  readonly epochs?: string | undefined;
  readonly batch?: string | undefined;
  readonly seed?: string | undefined;
  readonly limit?: string | undefined;
  readonly out?: string | undefined;
  readonly help?: boolean | undefined;
}

function parse(args: readonly string[]): RawValues {
  const text = { type: 'string' } as const;
  const options = { epochs: text, batch: text, seed: text, limit: text, out: text, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function integer(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const range = Number.isSafeInteger(max) && max < Number.MAX_SAFE_INTEGER ? ` from ${min} to ${max}` : '';
  throw new OptionError(`--${name} must be an integer${range}; got "${given}".`);
}
