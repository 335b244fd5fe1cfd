import { MultiBar, Presets } from 'cli-progress';
import { grouped } from './numbers.ts';

/** Shows how training goes on. */
export interface Progress {
  /** Takes note of a step. */
  update(step: ProgressStep): void;
  /** Where the output is no terminal: prints how far it is. On a terminal the bar says so. */
  line(): void;
  /** Prints lines, above the bar where there is one. */
  print(...lines: readonly string[]): void;
  /** Ends the display; gives the seconds since its beginning. */
  finish(): number;
}

/** What is to be done. */
export interface Work {
  /** What is counted: `epoch`. */
  readonly stage: string;
  /** What the loss is called. Default: `loss`. */
  readonly loss?: string;
  /** What a step takes several of: `images`. */
  readonly unit: string;
  /** The share that was done before: between 0, the default, and 1. */
  readonly done?: number;
}

/** What a step of training tells about itself. */
export interface ProgressStep {
  /** Where it is: `3/12`. */
  readonly stage: string;
  readonly loss: number;
  /** How many units the step took. */
  readonly amount: number;
  /** The share of the work that is done after it. */
  readonly share: number;
}

/** What there is to see at one moment. */
interface Moment {
  readonly stage: string;
  readonly loss: string;
  readonly speed: string;
  readonly left: string;
}

/** A bar that moves where the output is a terminal, else lines. */
export function startProgress(work: Work, output: NodeJS.WriteStream = process.stdout): Progress {
  const meter = new Meter(work);
  return output.isTTY ? showBar(work, meter, output) : printLines(work, meter, output);
}

function showBar({ stage, loss = 'loss', unit, done = 0 }: Work, meter: Meter, stream: NodeJS.WriteStream): Progress {
  const format = `{bar} ${stage} {stage} · ${loss} {loss} · {speed} ${unit}/s · {left} left`;
  const bars = new MultiBar(
    { format, stream, barsize: 24, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  // Ctrl-C must not leave the terminal without cursor.
  const stop = () => {
    bars.stop();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', stop);
  const bar = bars.create(1, done, { ...meter.moment });
  return {
    update(step) {
      meter.count(step);
      bar.update(step.share, { ...meter.moment });
    },
    line() {},
    print(...lines) {
      bars.log(`${lines.join('\n')}\n`);
      bars.update();
    },
    finish() {
      process.off('SIGINT', stop);
      bars.stop();
      return meter.seconds;
    },
  };
}

function printLines(
  { stage: name, loss: lossName = 'loss', unit }: Work,
  meter: Meter,
  stream: NodeJS.WriteStream,
): Progress {
  return {
    update: (step) => meter.count(step),
    line() {
      const { stage, loss, speed, left } = meter.moment;
      stream.write(`${name} ${stage}  ${lossName} ${loss}  ${speed} ${unit}/s  ${left} left\n`);
    },
    print(...lines) {
      stream.write(`${lines.join('\n')}\n`);
    },
    finish: () => meter.seconds,
  };
}

/** Counts what is done, and time. */
class Meter {
  readonly #start = performance.now();
  readonly #shareAtStart: number;
  #share: number;
  #stage = '';
  #amount = 0;
  #loss = Number.NaN;

  constructor({ done = 0 }: Work) {
    this.#shareAtStart = done;
    this.#share = done;
  }

  count({ stage, loss, amount, share }: ProgressStep): void {
    this.#stage = stage;
    this.#amount += amount;
    this.#share = share;
    // The loss of a single step jumps up and down.
    this.#loss = Number.isNaN(this.#loss) ? loss : this.#loss + 0.05 * (loss - this.#loss);
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  get moment(): Moment {
    const left = (this.seconds * (1 - this.#share)) / (this.#share - this.#shareAtStart);
    return {
      stage: this.#stage,
      loss: Number.isNaN(this.#loss) ? '-' : this.#loss.toFixed(3),
      speed: grouped(this.#amount / this.seconds),
      left: Number.isFinite(left) ? `${Math.ceil(left)} s` : '-',
    };
  }
}
