import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

const startedOn = tf.getBackend();
beforeAll(() => wasm().initialize());
afterAll(() => tf.setBackend(startedOn));

type Shape5D = [number, number, number, number, number];
type Triple = [number, number, number];

interface Case {
  readonly x: Shape5D;
  readonly filter: Shape5D;
  readonly strides: Triple;
  readonly dilations: Triple;
  readonly pad: 'same' | 'valid';
}

function aCase(x: Shape5D, filter: Shape5D, more: Partial<Case> = {}): Case {
  return { x, filter, strides: [1, 1, 1], dilations: [1, 1, 1], pad: 'same', ...more };
}

/** Numbers in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
}

function outShapeOf({ x, filter, strides, dilations, pad }: Case): Shape5D {
  return tf.backend_util.computeConv3DInfo(x, filter, strides, dilations, pad).outShape;
}

/** Where the taps of a window on one axis are. */
function positions(c: Case, axis: 0 | 1 | 2, window: number, windows: number): readonly (number | undefined)[] {
  const [length, taps] = [c.x[axis + 1] as number, c.filter[axis] as number];
  const [stride, dilation] = [c.strides[axis], c.dilations[axis]];
  const missing = (windows - 1) * stride + (taps - 1) * dilation + 1 - length;
  const before = c.pad === 'same' ? Math.max(0, Math.floor(missing / 2)) : 0;
  return Array.from({ length: taps }, (_, tap) => {
    const position = window * stride - before + tap * dilation;
    return position >= 0 && position < length ? position : undefined;
  });
}

/** Calls `term` with the first places of a result, of a pixel and of a tap that meet. */
function forMeetings(c: Case, meet: (y: number, x: number, tap: number) => void): void {
  const [batch, depth, rows, columns] = outShapeOf(c);
  for (let volume = 0; volume < batch; volume++) {
    for (let d = 0; d < depth; d++) {
      for (let r = 0; r < rows; r++) {
        for (let w = 0; w < columns; w++) {
          const y = ((volume * depth + d) * rows + r) * columns + w;
          positions(c, 0, d, depth).forEach((z, kz) => {
            positions(c, 1, r, rows).forEach((row, ky) => {
              positions(c, 2, w, columns).forEach((column, kx) => {
                if (z === undefined || row === undefined || column === undefined) return;
                const x = ((volume * c.x[1] + z) * c.x[2] + row) * c.x[3] + column;
                meet(y, x, (kz * c.filter[1] + ky) * c.filter[2] + kx);
              });
            });
          });
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
  const outShape = outShapeOf(c);
  const [x, filter, dy] = [c.x, c.filter, outShape].map((shape, i) => numbers(tf.util.sizeFromShape(shape), i + 1)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const [channels, outChannels] = [c.x[4], c.filter[4]];
  const expected = { y: new Sums(dy.length), dx: new Sums(x.length), dw: new Sums(filter.length) };
  forMeetings(c, (atY, atX, tap) => {
    for (let i = 0; i < channels; i++) {
      for (let o = 0; o < outChannels; o++) {
        const [yAt, xAt, wAt] = [atY * outChannels + o, atX * channels + i, (tap * channels + i) * outChannels + o];
        expected.y.add(yAt, (x[xAt] as number) * (filter[wAt] as number));
        expected.dx.add(xAt, (dy[yAt] as number) * (filter[wAt] as number));
        expected.dw.add(wAt, (dy[yAt] as number) * (x[xAt] as number));
      }
    }
  });
  const before = tf.memory().numDataBuffers;
  tf.tidy(() => {
    const [volumes, taps, slopes] = [tf.tensor(x, c.x), tf.tensor(filter, c.filter), tf.tensor(dy, outShape)];
    const { strides, dilations, pad } = c;
    const attrs = { strides, dilations, pad, dataFormat: 'NDHWC' };
    // The second call finds what the first one planned.
    for (let i = 0; i < 2; i++) {
      expected.y.expectFrom(run(tf.Conv3D, { x: volumes, filter: taps }, attrs));
      const inputAttrs = { ...attrs, inputShape: c.x };
      expected.dx.expectFrom(run(tf.Conv3DBackpropInputV2, { dy: slopes, filter: taps }, inputAttrs));
      const filterAttrs = { ...attrs, filterShape: c.filter };
      expected.dw.expectFrom(run(tf.Conv3DBackpropFilterV2, { x: volumes, dy: slopes }, filterAttrs));
    }
  });
  expect(tf.memory().numDataBuffers).toBe(before);
}

describe('convolution over volumes', () => {
  it.each([
    ['windows that are worked on slice by slice', aCase([1, 17, 18, 19, 3], [3, 3, 3, 3, 4])],
    ['windows that are worked on row by row', aCase([2, 3, 41, 42, 1], [3, 3, 3, 1, 2])],
    ['more volumes than are worked on at a time', aCase([70, 2, 3, 3, 2], [2, 2, 2, 2, 3])],
    ['windows without padding', aCase([2, 6, 7, 20, 8], [3, 2, 3, 8, 9], { pad: 'valid' })],
    ['windows as large as a pixel', aCase([2, 5, 6, 7, 9], [1, 1, 1, 9, 17])],
    ['strides', aCase([2, 9, 10, 11, 4], [3, 3, 3, 4, 8], { strides: [2, 2, 2] })],
    ['strides above the window', aCase([2, 9, 8, 7, 3], [2, 1, 2, 3, 5], { strides: [4, 3, 3] })],
    ['dilations', aCase([1, 7, 9, 11, 4], [2, 3, 3, 4, 4], { dilations: [3, 2, 2] })],
    ['strides and dilations', aCase([1, 8, 9, 11, 2], [2, 3, 2, 2, 3], { strides: [2, 1, 3], dilations: [2, 2, 3] })],
    ['windows larger than the volume', aCase([2, 2, 3, 4, 3], [5, 5, 7, 3, 2])],
    ['deep products', aCase([1, 2, 3, 4, 150], [3, 3, 3, 150, 20])],
  ])('computes %s, and the gradients', (_, c) => check(c));

  it('gives zeros where there is nothing to add', () => {
    const attrs = { strides: [1, 1, 1], pad: 'same', filterShape: [2, 2, 2, 3, 1] };
    const inputs = { x: tf.zeros([0, 4, 4, 4, 3]), dy: tf.zeros([0, 4, 4, 4, 1]) };
    expect([...run(tf.Conv3DBackpropFilterV2, inputs, attrs).dataSync()]).toEqual(new Array(24).fill(0));
  });

  it('refuses gradients of another shape and other dtypes', () => {
    const attrs = { strides: [1, 1, 1], pad: 'same', inputShape: [1, 4, 4, 4, 3] };
    const [dy, filter] = [tf.zeros([1, 3, 4, 4, 2]), tf.zeros([2, 2, 2, 3, 2])];
    expect(() => run(tf.Conv3DBackpropInputV2, { dy, filter }, attrs)).toThrow(
      "dy must have the shape [1,4,4,4,2] of the convolution's result, not [1,3,4,4,2]",
    );
    const integers = { x: tf.zeros([1, 4, 4, 4, 3], 'int32'), filter };
    expect(() => run(tf.Conv3D, integers, attrs)).toThrow('needs float32 in the format NDHWC, not int32 and float32');
  });
});
