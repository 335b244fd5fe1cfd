import type { Digits } from './digits.ts';
import { startProgress } from './progress.ts';
import { print } from './run-example.ts';
import { type LossOf, type TrainOptions, train } from './train.ts';

/** Trains as {@link train} does, shows how it goes on, and prints how long it took. */
export async function trainWithProgress(digits: Digits, options: TrainOptions, lossOf: LossOf): Promise<number[]> {
  const { epochs } = options;
  const progress = startProgress({ stage: 'epoch', unit: 'images' });
  let seen = 0;
  const losses = await train(digits, options, lossOf, ({ epoch, loss, images }) => {
    seen += images;
    const stage = `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
    progress.update({ stage, loss, amount: images, share: seen / (epochs * digits.count) });
    if (seen % digits.count === 0) progress.line();
  });
  print(`trained for ${progress.finish().toFixed(1)} s`, '');
  return losses;
}
