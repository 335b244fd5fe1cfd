import { Presets, SingleBar } from 'cli-progress';
import { grouped } from './numbers.ts';
import type { Step } from './train.ts';

/** Shows how training goes on. */
export interface Progress {
  /** Takes note of a step. */
  update(step: Step): void;
  /** Ends the display; gives the seconds since its beginning. */
  finish(): number;
}

/** What is to be done. */
export interface Work {
  readonly epochs: number;
  readonly imagesPerEpoch: number;
}

/** What there is to see at one moment. */
interface Moment {
  readonly epoch: string;
  readonly loss: string;
  readonly speed: string;
  readonly left: string;
}

/** A bar that moves where the output is a terminal, else a line for each epoch. */
export function startProgress(work: Work, output: NodeJS.WriteStream = process.stdout): Progress {
  const meter = new Meter(work);
  return output.isTTY ? showBar(work, meter, output) : printLines(work, meter, output);
}

function showBar({ epochs, imagesPerEpoch }: Work, meter: Meter, stream: NodeJS.WriteStream): Progress {
  const format = '{bar} epoch {epoch} · loss {loss} · {speed} images/s · {left} left';
  const bar = new SingleBar({ format, stream, barsize: 24, hideCursor: true }, Presets.shades_classic);
  // Ctrl-C must not leave the terminal without cursor.
  const stop = () => {
    bar.stop();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', stop);
  bar.start(epochs * imagesPerEpoch, 0, { ...meter.moment });
  return {
    update(step) {
      meter.count(step);
      bar.update(meter.images, { ...meter.moment });
    },
    finish() {
      process.off('SIGINT', stop);
      bar.stop();
      return meter.seconds;
    },
  };
}

function printLines({ imagesPerEpoch }: Work, meter: Meter, stream: NodeJS.WriteStream): Progress {
  return {
    update(step) {
      meter.count(step);
      if (meter.images % imagesPerEpoch !== 0) return;
      const { epoch, loss, speed, left } = meter.moment;
      stream.write(`epoch ${epoch}  loss ${loss}  ${speed} images/s  ${left} left\n`);
    },
    finish: () => meter.seconds,
  };
}

/** Counts images and time. */
class Meter {
  readonly #work: Work;
  readonly #start = performance.now();
  #epoch = 1;
  #images = 0;
  #loss = Number.NaN;

  constructor(work: Work) {
    this.#work = work;
  }

  count({ epoch, loss, images }: Step): void {
    this.#epoch = epoch;
    this.#images += images;
    // The loss of a single step jumps up and down.
    this.#loss = Number.isNaN(this.#loss) ? loss : this.#loss + 0.05 * (loss - this.#loss);
  }

  get images(): number {
    return this.#images;
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  get moment(): Moment {
    const { epochs, imagesPerEpoch } = this.#work;
    const perSecond = this.#images / this.seconds;
    const left = (epochs * imagesPerEpoch - this.#images) / perSecond;
    return {
      epoch: `${String(this.#epoch).padStart(String(epochs).length)}/${epochs}`,
      loss: Number.isNaN(this.#loss) ? '-' : this.#loss.toFixed(3),
      speed: grouped(perSecond),
      left: Number.isFinite(left) ? `${Math.ceil(left)} s` : '-',
    };
  }
}
