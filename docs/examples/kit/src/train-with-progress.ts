import type { Digits } from './digits.ts';
import { startProgress } from './progress.ts';
import { print } from './run-example.ts';
import { type LossOf, type TrainOptions, train } from './train.ts';

/** Trains as {@link train} does, shows how it goes on, and prints how long it took. */
export async function trainWithProgress(digits: Digits, options: TrainOptions, lossOf: LossOf): Promise<number[]> {
  const progress = startProgress({ epochs: options.epochs, imagesPerEpoch: digits.count });
  const losses = await train(digits, options, lossOf, progress.update);
  print(`trained for ${progress.finish().toFixed(1)} s`, '');
  return losses;
}
