import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex } from '../testing/nd-array.ts';

onEachBackend(() => {
  it.each([
    [0.3, 0.5],
    [1.9, [0.25, 0.6]],
    [-0.8, 0],
  ] as [number, number | [number, number]][])(
    'the gradient of a rotation by %f about %j is right',
    (radians, center) => {
      const [batch, height, width, channels] = [2, 4, 5, 2];
      const [centerX, centerY] =
        typeof center === 'number' ? [center * width, center * height] : [center[0] * width, center[1] * height];
      expectRightGradient({
        op: (image: tf.Tensor4D) => tf.image.rotateWithOffset(image, radians, 0, center),
        reference: (image) =>
          fromIndex([batch, height, width, channels], (...index) => {
            const [b, row, column, c] = index as [number, number, number, number];
            const [x, y] = [column - centerX, row - centerY];
            const sourceX = Math.round(x * Math.cos(radians) - y * Math.sin(radians) + centerX);
            const sourceY = Math.round(x * Math.sin(radians) + y * Math.cos(radians) + centerY);
            const isInside = sourceX >= 0 && sourceX < width && sourceY >= 0 && sourceY < height;
            return isInside ? at(image, b, sourceY, sourceX, c) : 0;
          }),
        inputs: [[batch, height, width, channels]],
      });
    },
  );
});
