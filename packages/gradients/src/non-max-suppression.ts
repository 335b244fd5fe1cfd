import * as tf from '@tensorflow/tfjs-core';
import { fromManyOutputs } from './gradient-config.ts';
import { scatterRows } from './indexing/gather-and-scatter.ts';
import { reshape, zeros } from './kernel-calls.ts';

/** The one of the non-maximum suppressions that also returns scores; those that return positions only are constants. */
export const nonMaxSuppression: readonly tf.GradConfig[] = [
  fromManyOutputs(
    tf.NonMaxSuppressionV5,
    ['boxes', 'scores'],
    [true, false],
    ([, dy], [boxes, scores], [selected], { softNmsSigma }: tf.NonMaxSuppressionV5Attrs) => ({
      boxes: () => zeros(boxes.shape),
      scores: () => {
        if (softNmsSigma !== 0) {
          throw new Error(
            `The scores of a soft non-maximum suppression (softNmsSigma = ${softNmsSigma}) have no gradient. ` +
              'Use softNmsSigma = 0, or gather the scores at the selected indices.',
          );
        }
        const chosen = reshape(dy as tf.Tensor, [(dy as tf.Tensor).size, 1]);
        return reshape(scatterRows(chosen, selected as tf.Tensor, scores.size), scores.shape);
      },
    }),
  ),
];
