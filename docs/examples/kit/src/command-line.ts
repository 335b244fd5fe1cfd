import { parseArgs } from 'node:util';

/** The command line cannot be understood, or what it names cannot be used; the message says why. */
export class OptionError extends Error {
  override name: string = 'OptionError';
}

/** What follows options on a command line, by their names; `help` is whether help was asked for. */
export type RawOptions<Name extends string> = { readonly [N in Name]?: string } & { readonly help?: boolean };

/**
 * Reads options that all take a value, and `--help`.
 *
 * @param args What follows the program's name.
 * @throws OptionError when an option is unknown or has no value, or there is anything else.
 */
export function readOptions<Name extends string>(args: readonly string[], names: readonly Name[]): RawOptions<Name> {
  const texts = names.map((name) => [name, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(texts), help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values as RawOptions<Name>;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws OptionError when what was given for an option is not an integer in a range. */
export function integerOption(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const range = Number.isSafeInteger(max) && max < Number.MAX_SAFE_INTEGER ? ` from ${min} to ${max}` : '';
  throw new OptionError(`--${name} must be an integer${range}; got "${given}".`);
}

/** @throws OptionError when what was given for an option is not a number in a range. */
export function numberOption(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= min && value <= max) return value;
  throw new OptionError(`--${name} must be a number from ${min} to ${max}; got "${given}".`);
}

/** Any integer will do for a seed. */
export function seedOption(given: string): number {
  return integerOption('seed', given, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}
