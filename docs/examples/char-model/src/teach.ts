import { setImmediate } from 'node:timers/promises';
import { RandomStream } from '@sonnetjs/core';
import { grouped, type Progress, startProgress } from '@sonnetjs/example-kit';
import { bitsOf } from './bits.ts';
import type { Checkpoints, History, Validation } from './checkpoints.ts';
import type { Corpus } from './corpus.ts';
import { quote, writeText } from './sample.ts';
import type { Settings } from './settings.ts';
import type { Trainer } from './trainer.ts';

/** How many characters a sample has that is shown during training. */
const SAMPLE = 180;

/** How many characters of each row are validated on during training: the whole would take as long as many steps. */
const VALIDATED = 256;

/** Teaches until it is time to end; looks at validation, shows a sample and saves after every few steps. */
export async function teach(
  trainer: Trainer,
  corpus: Corpus,
  settings: Settings,
  checkpoints: Checkpoints | null,
  history: History,
): Promise<History> {
  const schedule = new Schedule(settings.end, history.seconds);
  const progress = startProgress({
    stage: 'step',
    loss: 'bits',
    unit: 'characters',
    done: schedule.shareAfter(trainer.step),
  });
  const validation: Validation[] = [...history.validation];
  while (!schedule.isOver(trainer.step)) {
    const { bits, characters } = await trainer.advance(schedule.shareAfter(trainer.step));
    const share = schedule.shareAfter(trainer.step);
    progress.update({ stage: schedule.show(trainer.step), loss: bits, amount: characters, share });
    if (trainer.step % settings.every === 0 || schedule.isOver(trainer.step)) {
      const loss = await bitsOf(trainer.model, corpus.validation, VALIDATED);
      validation.push({ at: trainer.step, loss });
      await checkpoints?.save({ validation, seconds: schedule.seconds });
      progress.line();
      await report(progress, trainer, corpus, settings, loss);
    }
    // Lets the terminal take Ctrl-C.
    await setImmediate();
  }
  progress.finish();
  return { validation, seconds: schedule.seconds };
}

async function report(
  progress: Progress,
  { model, step }: Trainer,
  corpus: Corpus,
  { seed, temperature }: Settings,
  loss: number,
): Promise<void> {
  const random = RandomStream.fromSeed(seed, 'sample', step);
  const sample = await writeText(model, corpus.alphabet, {
    prompt: promptOf(corpus),
    length: SAMPLE,
    temperature,
    random,
  });
  progress.print(
    `after ${grouped(step)} steps: ${loss.toFixed(3)} bits per character of validation`,
    ...quote(sample),
    '',
  );
}

/** What the network reads before it writes: some characters that it has not learned from. */
export function promptOf({ validation }: Corpus): Int32Array {
  return validation.ids.subarray(0, 64);
}

/** When training ends. */
class Schedule {
  readonly #end: Settings['end'];
  readonly #before: number;
  readonly #start = performance.now();

  /** @param before How many seconds training took before. */
  constructor(end: Settings['end'], before: number) {
    this.#end = end;
    this.#before = before;
  }

  get seconds(): number {
    return this.#before + (performance.now() - this.#start) / 1000;
  }

  /** How much of the training is done after some steps: from 0 to 1. */
  shareAfter(step: number): number {
    const share = 'steps' in this.#end ? step / this.#end.steps : this.seconds / 60 / this.#end.minutes;
    return Math.min(1, share);
  }

  isOver(step: number): boolean {
    return this.shareAfter(step) >= 1;
  }

  show(step: number): string {
    if (!('steps' in this.#end)) return String(step);
    return `${String(step).padStart(String(this.#end.steps).length)}/${this.#end.steps}`;
  }
}
