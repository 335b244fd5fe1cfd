import { initializers, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Conv1D,
  Conv2D,
  Conv3D,
  type DataFormat1D,
  type DataFormat2D,
  type DataFormat3D,
  type Padding,
} from './index.ts';

/** One spatial dimension of a convolution. */
interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly rate: number;
  readonly padding: Padding;
}

interface Convolution {
  readonly axes: readonly Axis[];
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly channelsFirst: boolean;
}

/** For each output position of an axis, the input position under each position of the kernel; outside there are zeros. */
function windowsOf({ size, kernel, stride, rate, padding }: Axis, byOp: boolean): number[][] {
  const reach = (kernel - 1) * rate;
  const needed = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach + 1 - size);
  const same = byOp ? needed : reach;
  const [before, after] = {
    SAME: [Math.floor(same / 2), Math.ceil(same / 2)],
    VALID: [0, 0],
    FULL: [reach, reach],
    CAUSAL: [reach, 0],
    REVERSE_CAUSAL: [0, reach],
  }[padding] as [number, number];
  const count = Math.floor((size + before + after - reach - 1) / stride) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) =>
    Array.from({ length: kernel }, (_, k) => i * stride - before + k * rate),
  );
}

/** All combinations of one item of each list. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((found, list) => found.flatMap((items) => list.map((item) => [...items, item])), [[]]);
}

function offsetOf(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((offset, i, axis) => offset * (shape[axis] as number) + i, 0);
}

/** The convolution by its definition, in double precision: [batch, ...spatial, channels]. */
function convolved(x: tf.Tensor, w: tf.Tensor, windows: readonly number[][][]): number[] {
  const [xs, ws] = [x.dataSync(), w.dataSync()];
  const [inputChannels, outputChannels] = w.shape.slice(-2) as [number, number];
  const batches = Array.from({ length: x.shape[0] as number }, (_, b) => b);
  const outputs = Array.from({ length: outputChannels }, (_, o) => o);
  return batches.flatMap((b) =>
    product(windows).flatMap((window) =>
      outputs.map((o) => {
        let sum = 0;
        for (const place of product(window.map((positions) => positions.map((input, k) => ({ input, k }))))) {
          if (place.some(({ input }, axis) => input < 0 || input >= (x.shape[axis + 1] as number))) continue;
          for (let c = 0; c < inputChannels; c++) {
            const xAt = offsetOf([b, ...place.map(({ input }) => input), c], x.shape);
            const wAt = offsetOf([...place.map(({ k }) => k), c, o], w.shape);
            sum += (xs[xAt] as number) * (ws[wAt] as number);
          }
        }
        return sum;
      }),
    ),
  );
}

/** Numbers between -1 and 1 that look random. */
function numbers(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((count, n) => count * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 78.233 * seed)),
    [...shape],
  );
}

const paddings = fc.constantFrom<Padding>('SAME', 'VALID', 'FULL', 'CAUSAL', 'REVERSE_CAUSAL');

function axisOf(dilated: boolean): fc.Arbitrary<Axis> {
  return fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: dilated ? fc.constant(1) : fc.integer({ min: 1, max: 4 }),
    rate: dilated ? fc.integer({ min: 1, max: 3 }) : fc.constant(1),
    padding: paddings,
  });
}

function convolutions(spatialDims: number): fc.Arbitrary<Convolution> {
  const axes = fc
    .boolean()
    .chain((dilated) => fc.array(axisOf(dilated), { minLength: spatialDims, maxLength: spatialDims }))
    // Half of the cases have one padding for all dimensions, of which SAME is left to the op.
    .chain((list) =>
      fc.constantFrom(
        list,
        list.map((axis) => ({ ...axis, padding: (list[0] as Axis).padding })),
      ),
    )
    .filter((list) => list.every(fits));
  return fc.record({
    axes,
    batch: fc.integer({ min: 1, max: 2 }),
    inputChannels: fc.integer({ min: 1, max: 3 }),
    outputChannels: fc.integer({ min: 1, max: 3 }),
    channelsFirst: fc.boolean(),
  });
}

function fits({ size, kernel, rate, padding }: Axis): boolean {
  return padding !== 'VALID' || (kernel - 1) * rate + 1 <= size;
}

function construct({ axes, outputChannels, channelsFirst }: Convolution, w: tf.Tensor): Conv1D | Conv2D | Conv3D {
  const kernel = axes.map((axis) => axis.kernel);
  const options = {
    stride: axes.map((axis) => axis.stride),
    rate: axes.map((axis) => axis.rate),
    padding: axes.map((axis) => axis.padding),
    initializers: { w: () => tf.clone(w), b: initializers.constant(0.5) },
  };
  const formats = [
    ['NWC', 'NCW'],
    ['NHWC', 'NCHW'],
    ['NDHWC', 'NCDHW'],
  ][axes.length - 1] as string[];
  const dataFormat = formats[channelsFirst ? 1 : 0];
  if (axes.length === 1) {
    return new Conv1D(outputChannels, kernel, { ...options, dataFormat: dataFormat as DataFormat1D });
  }
  return axes.length === 2
    ? new Conv2D(outputChannels, kernel, { ...options, dataFormat: dataFormat as DataFormat2D })
    : new Conv3D(outputChannels, kernel, { ...options, dataFormat: dataFormat as DataFormat3D });
}

/** The order of axes that puts the channels of [batch, ...spatial, channels] first. */
function channelsFirstOrder(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

/** Makes a module of a convolution and inputs for it, in its data format. */
function example(convolution: Convolution) {
  const { axes, batch, inputChannels, outputChannels, channelsFirst } = convolution;
  const x = numbers([batch, ...axes.map((axis) => axis.size), inputChannels], 1);
  const w = numbers([...axes.map((axis) => axis.kernel), inputChannels, outputChannels], 2);
  const inputs = channelsFirst ? tf.transpose(x, channelsFirstOrder(x.rank)) : x;
  return { x, w, inputs, conv: construct(convolution, w) };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
}

beforeEach(() => {
  resetDefaultGraph();
});

describe.each([1, 2, 3])('a convolution over %i dimensions', (spatialDims) => {
  it('computes what its definition says, with any paddings, strides, rates and data format', () => {
    fc.assert(
      fc.property(convolutions(spatialDims), (convolution) => {
        tf.tidy(() => {
          resetDefaultGraph();
          const { x, w, inputs, conv } = example(convolution);
          const byOp = convolution.axes.every(({ padding }) => padding === 'SAME');
          const windows = convolution.axes.map((axis) => windowsOf(axis, byOp));
          const outputs = conv(inputs);
          const rank = spatialDims + 2;
          const order = channelsFirstOrder(rank);
          const inverse = order.map((_, axis) => order.indexOf(axis));
          const lastOutputs = convolution.channelsFirst ? tf.transpose(outputs, inverse) : outputs;
          expect(lastOutputs.shape.slice(1, -1)).toEqual(windows.map((list) => list.length));
          const expected = convolved(x, w, windows).map((value) => value + 0.5);
          expect(largestDifference(lastOutputs.dataSync(), expected)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: spatialDims === 3 ? 40 : 100 },
    );
  });

  it('has the right gradients by the weights and the inputs', () => {
    fc.assert(
      fc.property(convolutions(spatialDims), (convolution) => {
        tf.tidy(() => {
          resetDefaultGraph();
          const { inputs, conv } = example(convolution);
          const cotangent = numbers(conv(inputs).shape, 3);
          const [w, b] = [conv.w as tf.Variable, conv.b as tf.Variable];
          b.assign(tf.zerosLike(b));
          const loss = (): tf.Scalar => tf.sum(tf.mul(conv(inputs), cotangent));
          const { grads } = valueAndGrads(loss);
          const byInputs = tf.grad((x) => tf.sum(tf.mul(conv(x), cotangent)))(inputs);
          // The loss is linear in the weights and in the inputs: its change is the product with the gradient.
          const step = numbers(w.shape, 4);
          const expectedByWeights = tf
            .sum(tf.mul(step, grads[`${conv.scopeName}/w`] as tf.Tensor))
            .dataSync()[0] as number;
          const inputStep = numbers(inputs.shape, 5);
          const expectedByInputs = tf.sum(tf.mul(inputStep, byInputs)).dataSync()[0] as number;
          const gotByInputs = tf.sum(tf.mul(conv(inputStep), cotangent)).dataSync()[0] as number;
          w.assign(step);
          expect(loss().dataSync()[0]).toBeCloseTo(expectedByWeights, 3);
          expect(gotByInputs).toBeCloseTo(expectedByInputs, 3);
          const byBias = tf.sum(cotangent, biasAxes(convolution)).dataSync();
          expect(largestDifference(grads[`${conv.scopeName}/b`]?.dataSync() ?? [], byBias)).toBeLessThan(1e-4);
        });
      }),
      { numRuns: spatialDims === 3 ? 20 : 50 },
    );
  });
});

function biasAxes({ axes, channelsFirst }: Convolution): number[] {
  const channel = channelsFirst ? 1 : axes.length + 1;
  return Array.from({ length: axes.length + 2 }, (_, axis) => axis).filter((axis) => axis !== channel);
}
