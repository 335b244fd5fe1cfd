import { OptionError } from './command-line.ts';
import { type ExampleSettings, type Options, parseOptions, usage } from './options.ts';

/** How a program understands its command line. */
export interface CommandLine<Options> {
  /** The answer to `--help`. */
  readonly usage: string;
  /**
   * @param args What follows the program's name.
   * @returns The options, or null when help was asked for.
   * @throws OptionError when they cannot be understood.
   */
  readonly parse: (args: readonly string[]) => Options | null;
}

/**
 * Runs an example as a program: reads the command line, and sets the exit code to what the example says, or to 2 when the
 * command line cannot be understood.
 *
 * @param run Does the work; gives the exit code.
 */
export async function runExample(settings: ExampleSettings, run: (options: Options) => Promise<number>): Promise<void> {
  const parse = (args: readonly string[]) => parseOptions(args, settings);
  return runCommand({ usage: usage(settings), parse }, run);
}

/** What {@link runExample} does, for a program with options of its own. */
export async function runCommand<Options>(
  { usage, parse }: CommandLine<Options>,
  run: (options: Options) => Promise<number>,
): Promise<void> {
  try {
    const options = parse(process.argv.slice(2));
    if (options === null) print(usage);
    else process.exitCode = await run(options);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    printError(`${error.message}\n--help lists the options.`);
    process.exitCode = 2;
  }
}

/**
 * The exit code of an example: that of a failure when it has all digits to learn from and did not learn enough.
 *
 * @param complaint What to say then.
 */
export function verdict({ limit }: Options, learnedEnough: boolean, complaint: string): number {
  if (limit !== null || learnedEnough) return 0;
  printError(complaint);
  return 1;
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}
