import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

const startedOn = tf.getBackend();
beforeAll(() => wasm().initialize());
afterAll(() => tf.setBackend(startedOn));

type Shape4D = [number, number, number, number];

interface Case {
  readonly x: Shape4D;
  readonly filter: Shape4D;
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly pad: 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
}

function aCase(x: Shape4D, filter: Shape4D, more: Partial<Case> = {}): Case {
  return { x, filter, strides: [1, 1], dilations: [1, 1], pad: 'same', ...more };
}

/** Numbers in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
}

function infoOf({ x, filter, strides, dilations, pad }: Case) {
  return tf.backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, undefined, true);
}

/** Calls `term` with the places of a result, of an element of the images and of an element of the filter that meet. */
function forTerms(c: Case, term: (y: number, x: number, filter: number) => void): void {
  const info = infoOf(c);
  const [, , channels, multiplier] = c.filter;
  for (let image = 0; image < info.batchSize; image++) {
    for (let row = 0; row < info.outHeight; row++) {
      for (let column = 0; column < info.outWidth; column++) {
        for (let ky = 0; ky < info.filterHeight; ky++) {
          const y = row * info.strideHeight - info.padInfo.top + ky * info.dilationHeight;
          if (y < 0 || y >= info.inHeight) continue;
          for (let kx = 0; kx < info.filterWidth; kx++) {
            const x = column * info.strideWidth - info.padInfo.left + kx * info.dilationWidth;
            if (x < 0 || x >= info.inWidth) continue;
            const from = ((image * info.inHeight + y) * info.inWidth + x) * channels;
            const to = ((image * info.outHeight + row) * info.outWidth + column) * channels * multiplier;
            const tap = (ky * info.filterWidth + kx) * channels * multiplier;
            for (let channel = 0; channel < channels; channel++) {
              for (let j = 0; j < multiplier; j++) {
                term(to + channel * multiplier + j, from + channel, tap + channel * multiplier + j);
              }
            }
          }
        }
      }
    }
  }
}

/** Sums in float64, with the sums of the terms' magnitudes. */
class Sums {
  readonly sums: Float64Array;
  readonly magnitudes: Float64Array;

  constructor(size: number) {
    this.sums = new Float64Array(size);
    this.magnitudes = new Float64Array(size);
  }

  add(at: number, value: number): void {
    this.sums[at] = (this.sums[at] as number) + value;
    this.magnitudes[at] = (this.magnitudes[at] as number) + Math.abs(value);
  }

  /** Compares: rounding errors are a small share of the terms' magnitudes. */
  expectFrom(actual: tf.Tensor): void {
    const values = actual.dataSync();
    expect(values.length).toBe(this.sums.length);
    const wrong = this.sums.findIndex((sum, i) => {
      return !(Math.abs((values[i] as number) - sum) <= 3e-7 * (this.magnitudes[i] as number));
    });
    expect(wrong, `element ${wrong}: ${values[wrong]}, expected ${this.sums[wrong]}`).toBe(-1);
  }
}

function run(kernelName: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap);
}

/** Compares the convolution and its gradients with sums in float64. */
function check(c: Case): void {
  const { outShape } = infoOf(c);
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const [x, filter, dy] = [numbers(size(c.x), 1), numbers(size(c.filter), 2), numbers(size(outShape), 3)];
  const expected = { y: new Sums(dy.length), dx: new Sums(x.length), dfilter: new Sums(filter.length) };
  forTerms(c, (atY, atX, atFilter) => {
    const [xValue, tap, slope] = [x[atX] as number, filter[atFilter] as number, dy[atY] as number];
    expected.y.add(atY, xValue * tap);
    expected.dx.add(atX, slope * tap);
    expected.dfilter.add(atFilter, slope * xValue);
  });
  const before = tf.memory().numDataBuffers;
  tf.tidy(() => {
    const [images, taps, slopes] = [tf.tensor(x, c.x), tf.tensor(filter, c.filter), tf.tensor(dy, outShape)];
    const { strides, dilations, pad } = c;
    const attrs = { strides, dilations, pad, dataFormat: 'NHWC' };
    // The second call finds what the first one planned.
    for (let i = 0; i < 2; i++) {
      expected.y.expectFrom(run(tf.DepthwiseConv2dNative, { x: images, filter: taps }, attrs));
      const inputAttrs = { ...attrs, inputShape: c.x };
      expected.dx.expectFrom(run(tf.DepthwiseConv2dNativeBackpropInput, { dy: slopes, filter: taps }, inputAttrs));
      const filterAttrs = { ...attrs, filterShape: c.filter };
      expected.dfilter.expectFrom(run(tf.DepthwiseConv2dNativeBackpropFilter, { x: images, dy: slopes }, filterAttrs));
    }
  });
  expect(tf.memory().numDataBuffers).toBe(before);
}

describe('depthwise convolution', () => {
  it.each([
    ['more channels than are worked on at a time', aCase([2, 7, 21, 300], [3, 3, 300, 1])],
    ['the same with images that are copied', aCase([2, 5, 5, 500], [3, 3, 500, 1])],
    ['a power of two of channels', aCase([2, 5, 6, 512], [3, 3, 512, 1])],
    ['few channels in many windows', aCase([2, 13, 19, 3], [3, 5, 3, 1])],
    ['few channels in long rows', aCase([2, 3, 61, 6], [3, 3, 6, 1])],
    ['few channels without padding', aCase([1, 12, 40, 1], [3, 3, 1, 1], { pad: 'valid' })],
    ['many channels for each of the input', aCase([2, 9, 10, 3], [3, 3, 3, 11])],
    ['strides above the window', aCase([2, 11, 12, 9], [2, 1, 9, 1], { strides: [4, 3] })],
    ['strides and long rows', aCase([1, 15, 64, 12], [3, 3, 12, 2], { strides: [2, 2] })],
    ['dilations', aCase([1, 20, 23, 8], [3, 3, 8, 1], { dilations: [3, 2] })],
    ['strides and dilations', aCase([1, 20, 23, 5], [3, 2, 5, 2], { strides: [2, 3], dilations: [2, 3] })],
    ['windows wider than the image', aCase([2, 3, 4, 10], [7, 9, 10, 1])],
    [
      'windows that see nothing',
      aCase([1, 3, 4, 4], [2, 2, 4, 1], {
        pad: [
          [0, 0],
          [5, 4],
          [4, 6],
          [0, 0],
        ],
      }),
    ],
    ['one padding for all sides', aCase([2, 6, 6, 5], [3, 3, 5, 1], { pad: 2 })],
  ])('computes %s, and the gradients', (_, c) => check(c));

  it('begins with a bias, whatever its shape, and limits or curves the results', () => {
    const [x, filter] = [
      tf.tensor(numbers(2 * 6 * 17 * 5, 1), [2, 6, 17, 5]),
      tf.tensor(numbers(9 * 10, 2), [3, 3, 5, 2]),
    ];
    const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'same', dataFormat: 'NHWC' };
    const plain = run(tf.DepthwiseConv2dNative, { x, filter }, attrs);
    for (const shape of [[10], [1], [2, 6, 17, 10], [17, 1]]) {
      const bias = tf.tensor(numbers(tf.util.sizeFromShape(shape), 4), shape);
      for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const) {
        const preluActivationWeights = tf.tensor(numbers(10, 5), [10]);
        const inputs = { x, filter, bias, ...(activation === 'prelu' && { preluActivationWeights }) };
        const fused = run(tf.FusedDepthwiseConv2D, inputs, { ...attrs, activation, leakyreluAlpha: 0.3 });
        const sum = tf.add(plain, bias);
        const expected = {
          linear: () => sum,
          relu: () => tf.relu(sum),
          relu6: () => tf.relu6(sum),
          elu: () => tf.elu(sum),
          sigmoid: () => tf.sigmoid(sum),
          leakyrelu: () => tf.leakyRelu(sum, 0.3),
          prelu: () => tf.prelu(sum, preluActivationWeights),
        }[activation]();
        const difference = tf.max(tf.abs(tf.sub(fused, expected))).dataSync()[0];
        expect(difference, `${activation}, bias [${shape}]`).toBeLessThan(1e-5);
      }
    }
  });

  it('keeps NaN through limits', () => {
    const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'valid', dataFormat: 'NHWC', activation: 'relu6' };
    const [x, filter] = [tf.tensor([Number.NaN, -3, 9], [1, 1, 1, 3]), tf.ones([1, 1, 3, 1])];
    expect([...run(tf.FusedDepthwiseConv2D, { x, filter }, attrs).dataSync()]).toEqual([Number.NaN, 0, 6]);
  });

  it('gives the same bits in every call', () => {
    const [x, filter] = [
      tf.tensor(numbers(7 * 30 * 21, 1), [1, 7, 30, 21]),
      tf.tensor(numbers(9 * 21, 2), [3, 3, 21, 1]),
    ];
    const once = () => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same').dataSync();
    expect(once()).toEqual(once());
  });

  it('gives zeros where there is nothing to add', () => {
    const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'same', dataFormat: 'NHWC' };
    const gradient = run(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { x: tf.zeros([0, 4, 4, 3]), dy: tf.zeros([0, 4, 4, 3]) },
      { ...attrs, filterShape: [2, 2, 3, 1] },
    );
    expect([...gradient.dataSync()]).toEqual(new Array(12).fill(0));
  });

  it('refuses gradients of another shape and other formats', () => {
    const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'same', inputShape: [1, 4, 4, 3] };
    const [dy, filter] = [tf.zeros([1, 3, 4, 3]), tf.zeros([2, 2, 3, 1])];
    expect(() => run(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter }, attrs)).toThrow(
      "dy must have the shape [1,4,4,3] of the convolution's result, not [1,3,4,3]",
    );
    const first = { ...attrs, dataFormat: 'NCHW' };
    expect(() => run(tf.DepthwiseConv2dNative, { x: dy, filter }, first)).toThrow(
      'not float32 and float32 in the format NCHW',
    );
  });
});
