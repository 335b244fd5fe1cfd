import { fileURLToPath } from 'node:url';
import { type CommandLine, integerOption, readOptions, seedOption } from '@sonnetjs/example-kit';

/** What a run can be told on the command line. */
export interface Options {
  readonly steps: number;
  readonly seed: number;
  /** The folder for the picture. */
  readonly out: string;
}

const STEPS = 3000;

/** How the example understands its command line. */
export const commandLine: CommandLine<Options> = {
  usage: `Learns how far cars go with a gallon, and how sure that is: Bayes by Backprop.

  --steps N    how many steps of training each network takes (default ${STEPS})
  --seed N     a run with the same seed gives the same networks (default 1)
  --out DIR    where the picture goes (default: out, beside the example)
  --help       print this`,

  parse(args) {
    const values = readOptions(args, ['steps', 'seed', 'out']);
    if (values.help === true) return null;
    return {
      steps: integerOption('steps', values.steps ?? String(STEPS), 1, 1_000_000),
      seed: seedOption(values.seed ?? '1'),
      out: values.out ?? fileURLToPath(new URL('../out', import.meta.url)),
    };
  },
};
