import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { onEachBackend } from '../testing/backends.ts';
import { meetings, windowsOf } from '../testing/convolution-reference.ts';
import { expectRightGradient } from '../testing/gradient-check.ts';
import { at, fromIndex } from '../testing/nd-array.ts';

onEachBackend((backendName) => {
  // Where no sum in a window is positive the kernel of wasm itself is wrong.
  const range = backendName === 'cpu' ? ([-2, 2] as const) : ([0.5, 2] as const);

  it.each([
    { x: [1, 4, 4, 1], filter: [2, 2, 1], strides: 1, pad: 'valid', dilations: 1 },
    { x: [2, 4, 5, 2], filter: [3, 2, 2], strides: 1, pad: 'same', dilations: 1 },
    { x: [1, 5, 5, 2], filter: [2, 2, 2], strides: 2, pad: 'valid', dilations: 1 },
    { x: [1, 6, 5, 1], filter: [2, 3, 1], strides: 1, pad: 'same', dilations: 2 },
  ] as const)('the gradients of dilation2d are right for %j', ({ x, filter, strides, pad, dilations }) => {
    const axes = [0, 1].map((axis) =>
      windowsOf({
        size: x[axis + 1] as number,
        filter: filter[axis] as number,
        stride: strides,
        dilation: dilations,
        pad,
      }),
    );
    expectRightGradient({
      op: (a: tf.Tensor4D, b: tf.Tensor3D) => tf.dilation2d(a, b, strides, pad, dilations),
      reference: (a, b) =>
        fromIndex([x[0], ...axes.map((windows) => windows.length), x[3]], (...index) => {
          const [batch, place, c] = [index[0] as number, index.slice(1, 3), index[3] as number];
          return Math.max(...meetings(axes, place).map((m) => at(a, batch, ...m.input, c) + at(b, ...m.filter, c)));
        }),
      inputs: [
        { shape: x, range },
        { shape: filter, range },
      ],
    });
  });
});
