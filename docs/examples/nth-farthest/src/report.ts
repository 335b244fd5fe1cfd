import { drawLossCurve, grouped, percent, table } from '@sonnetjs/example-kit';
import { blindAccuracies, type World } from './questions.ts';
import { type Lesson, meanAccuracy } from './teach.ts';

/** What two readers come to, beside who does not look at the vectors and who guesses, as lines of text. */
export function compare(world: World, memory: Lesson, lstm: Lesson): string[] {
  const { objects } = world;
  const blind = blindAccuracies(world);
  const row = (name: string, accuracies: readonly number[], parameters = '') => {
    const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / objects;
    return [name, percent(mean), ...accuracies.map(percent), parameters];
  };
  const ranks = Array.from({ length: objects }, (_, rank) => (rank === objects - 1 ? 'itself' : nameOf(rank)));
  return table(
    [
      ['right answers', 'all', ...ranks, 'parameters'],
      row('guessing', Array<number>(objects).fill(1 / objects)),
      row('not looking at vectors', blind),
      row('LSTM', lstm.accuracies, parametersOf(lstm)),
      row('relational memory', memory.accuracies, parametersOf(memory)),
    ],
    [0],
  );
}

/** `farthest`, `2nd`, `3rd`, `4th`. */
function nameOf(rank: number): string {
  if (rank === 0) return 'farthest';
  const place = rank + 1;
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

function parametersOf({ variables }: Lesson): string {
  return grouped(variables.reduce((sum, { size }) => sum + size, 0));
}

/** The losses of the memory, and that of who does not look at the vectors. */
export function drawLosses({ objects }: World, { losses }: Lesson): string {
  // Among all objects but one each is as likely, unless the last rank is asked for, where the answer is sure.
  const blind = (Math.log(objects - 1) * (objects - 1)) / objects;
  return drawLossCurve({
    title: 'N-th farthest: cross entropy of the relational memory while training',
    losses,
    epochs: losses.length,
    labels: { x: 'step', y: 'loss' },
    levels: blind > 0 ? [{ label: 'not looking at vectors', loss: blind }] : [],
  });
}

/** How far the memory is above who does not look at the vectors. */
export function leadOf(world: World, memory: Lesson): number {
  const blind = blindAccuracies(world).reduce((sum, accuracy) => sum + accuracy, 0) / world.objects;
  return meanAccuracy(memory) - blind;
}
