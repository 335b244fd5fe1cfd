import * as tf from '@tensorflow/tfjs-core';
import { fromInputs, fromInputsAndOutput, fromManyOutputs } from '../gradient-config.ts';
import { acrossTables, scatterRows } from '../indexing/gather-and-scatter.ts';
import { add, multiply, reshape, runKernel, zeros } from '../kernel-calls.ts';
import { hasGoodKernel } from '../kernel-choice.ts';
import { type PoolSettings, poolGeometry } from './pool-geometry.ts';
import { firstLargest, placeAtPosition, valuesAtPositions, windowPositions } from './window-positions.ts';

/** Hands each window's gradient to the first of its largest elements, position by position of the window. */
function composedGradient(dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, settings: PoolSettings): tf.Tensor {
  const geometry = poolGeometry(x.shape, settings);
  const chosen = firstLargest(valuesAtPositions(x, geometry, Number.NEGATIVE_INFINITY), y);
  return windowPositions(geometry)
    .map((position, i) => placeAtPosition(multiply(chosen[i] as tf.Tensor, dy), position, geometry))
    .reduce(add);
}

/** The transpose of that: for each window, what `ddx` holds at the window's first largest element. */
function atLargest(ddx: tf.Tensor, x: tf.Tensor, y: tf.Tensor, settings: PoolSettings): tf.Tensor {
  const geometry = poolGeometry(x.shape, settings);
  const chosen = firstLargest(valuesAtPositions(x, geometry, Number.NEGATIVE_INFINITY), y);
  return valuesAtPositions(ddx, geometry, 0)
    .map((values, i) => multiply(chosen[i] as tf.Tensor, values))
    .reduce(add);
}

function maxPool(kernelName: string, gradientKernel: string): tf.GradConfig {
  return fromInputsAndOutput(kernelName, ['x'], (dy, [x], y, attrs: PoolSettings) => ({
    x: () => {
      if (!hasGoodKernel(gradientKernel)) return composedGradient(dy, x, y, attrs);
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const kernelAttrs = { filterSize, strides, pad, dimRoundingMode };
      return runKernel(gradientKernel, { dy, input: x, output: y }, kernelAttrs);
    },
  }));
}

/** Which element is the largest does not change with small changes, so input and output have no gradient of their own. */
function maxPoolGradient(kernelName: string): tf.GradConfig {
  return fromInputs(kernelName, ['input', 'output'], (ddx, [input, output], attrs: PoolSettings) => ({
    dy: () => atLargest(ddx, input, output, attrs),
    input: () => zeros(input.shape),
    output: () => zeros(output.shape),
  }));
}

/** Largest elements of windows. */
export const maxPools: readonly tf.GradConfig[] = [
  maxPool(tf.MaxPool, tf.MaxPoolGrad),
  maxPoolGradient(tf.MaxPoolGrad),
  maxPool(tf.MaxPool3D, tf.MaxPool3DGrad),
  maxPoolGradient(tf.MaxPool3DGrad),
  fromManyOutputs(
    tf.MaxPoolWithArgmax,
    ['x'],
    [false, true],
    (dys, [x], [positions], { includeBatchInIndex }: tf.MaxPoolWithArgmaxAttrs) => ({
      x: () => {
        const dy = dys[0] as tf.Tensor;
        const batch = x.shape[0] as number;
        const flat = includeBatchInIndex
          ? (positions as tf.Tensor)
          : acrossTables(positions as tf.Tensor, batch, x.size / batch);
        return reshape(scatterRows(reshape(dy, [dy.size, 1]), flat, x.size), x.shape);
      },
    }),
  ),
];
