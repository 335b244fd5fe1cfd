import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

const startedOn = tf.getBackend();
beforeAll(() => wasm().initialize());
afterAll(() => tf.setBackend(startedOn));

type Pair = [number, number];
type Shape4D = [number, number, number, number];

interface Case {
  readonly input: Shape4D;
  readonly filter: Pair;
  readonly outChannels: number;
  readonly strides: number | Pair;
  readonly dilations: number | Pair;
  readonly pad: 'same' | 'valid' | number | [Pair, Pair, Pair, Pair];
}

const between = (min: number, max: number) => fc.integer({ min, max });
const steps = fc.oneof(
  fc.record({ strides: fc.tuple(between(1, 4), between(1, 4)), dilations: fc.constant(1) }),
  fc.record({ strides: fc.constant(1), dilations: fc.tuple(between(1, 3), between(1, 3)) }),
);
const aCase: fc.Arbitrary<Case> = fc
  .record({
    input: fc.tuple(between(1, 3), between(1, 12), between(1, 12), between(1, 9)),
    filter: fc.tuple(between(1, 4), between(1, 4)),
    outChannels: between(1, 18),
    steps,
    pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), between(0, 4)),
  })
  .map(({ steps: { strides, dilations }, ...rest }) => ({ ...rest, strides, dilations }));

/** Windows that slide by one column, from or to a single channel: they have functions of their own. */
const aSlidingCase: fc.Arbitrary<Case> = fc
  .record({
    size: fc.tuple(between(1, 3), between(1, 9), between(1, 11)),
    channels: fc.oneof(
      fc.tuple(fc.constant(1), fc.constantFrom(8, 16, 24)),
      fc.tuple(fc.constantFrom(4, 8, 12, 40), fc.constant(1)),
    ),
    filter: fc.tuple(between(1, 5), fc.constantFrom(3, 5)),
    rows: fc.oneof(fc.record({ stride: between(1, 3) }), fc.record({ dilation: between(1, 3) })),
    pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), between(0, 4)),
  })
  .map(({ size, channels: [channels, outChannels], filter, rows, pad }) => ({
    ...{ input: [...size, channels], filter, outChannels, pad },
    strides: 'stride' in rows ? [rows.stride, 1] : 1,
    dilations: 'dilation' in rows ? [rows.dilation, 1] : 1,
  }));

function infoOf({ input, filter, outChannels, strides, dilations, pad }: Case) {
  return tf.backend_util.computeConv2DInfo(input, [...filter, input[3], outChannels], strides, dilations, pad);
}

function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
}

/** Sums of products in float64, with what is needed to judge an error. */
class Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
  readonly terms: Float64Array;

  constructor(size: number) {
    this.values = new Float64Array(size);
    this.magnitudes = new Float64Array(size);
    this.terms = new Float64Array(size);
  }

  add(at: number, term: number): void {
    this.values[at] = (this.values[at] as number) + term;
    this.magnitudes[at] = (this.magnitudes[at] as number) + Math.abs(term);
    this.terms[at] = (this.terms[at] as number) + 1;
  }

  expectNear(actual: ArrayLike<number>, what: string): void {
    this.values.forEach((value, i) => {
      const error = Math.abs((actual[i] as number) - value);
      const allowed = 1e-6 * Math.sqrt(this.terms[i] as number) * (this.magnitudes[i] as number);
      if (!(error <= allowed)) throw new Error(`${what}: element ${i} is wrong by ${error}`);
    });
  }
}

/** The convolution and its two gradients by their definition. */
function reference(c: Case, x: Float32Array, filter: Float32Array, dy: Float32Array) {
  const info = infoOf(c);
  const [batch, height, width, channels] = c.input;
  const result = { y: new Sums(dy.length), dx: new Sums(x.length), dFilter: new Sums(filter.length) };
  const visit = (b: number, p: number, q: number, u: number, v: number): void => {
    const i = p * info.strideHeight + u * info.dilationHeight - info.padInfo.top;
    const j = q * info.strideWidth + v * info.dilationWidth - info.padInfo.left;
    if (i < 0 || i >= height || j < 0 || j >= width) return;
    for (let k = 0; k < channels * info.outChannels; k++) {
      const [channel, out] = [Math.floor(k / info.outChannels), k % info.outChannels];
      const xAt = ((b * height + i) * width + j) * channels + channel;
      const filterAt = ((u * info.filterWidth + v) * channels + channel) * info.outChannels + out;
      const yAt = ((b * info.outHeight + p) * info.outWidth + q) * info.outChannels + out;
      const [xValue, weight, slope] = [x[xAt] as number, filter[filterAt] as number, dy[yAt] as number];
      result.y.add(yAt, xValue * weight);
      result.dx.add(xAt, slope * weight);
      result.dFilter.add(filterAt, slope * xValue);
    }
  };
  for (let at = 0; at < batch * info.outHeight * info.outWidth; at++) {
    const [b, p, q] = [
      Math.floor(at / (info.outHeight * info.outWidth)),
      Math.floor(at / info.outWidth) % info.outHeight,
      at % info.outWidth,
    ];
    for (let u = 0; u < info.filterHeight; u++) for (let v = 0; v < info.filterWidth; v++) visit(b, p, q, u, v);
  }
  return result;
}

function check(c: Case): void {
  const info = infoOf(c);
  const filterShape: Shape4D = [...c.filter, c.input[3], c.outChannels];
  const [xValues, filterValues, dyValues] = [c.input, filterShape, info.outShape].map((shape, i) =>
    numbers(tf.util.sizeFromShape(shape), i + 1),
  ) as [Float32Array, Float32Array, Float32Array];
  const expected = reference(c, xValues, filterValues, dyValues);
  tf.tidy(() => {
    const x = tf.tensor(xValues, c.input);
    const filter = tf.tensor(filterValues, filterShape);
    const dy = tf.tensor(dyValues, info.outShape);
    const attrs = { strides: c.strides, pad: c.pad, dilations: c.dilations, dataFormat: 'NHWC' };
    const run = (name: string, inputs: tf.NamedTensorMap, more = {}): tf.Tensor =>
      tf.engine().runKernel(name, inputs, { ...attrs, ...more } as unknown as tf.NamedAttrMap) as tf.Tensor;
    const y = run(tf.Conv2D, { x, filter });
    expect(y.shape).toEqual(info.outShape);
    expected.y.expectNear(y.dataSync(), 'Conv2D');
    const dx = run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: c.input });
    expected.dx.expectNear(dx.dataSync(), 'Conv2DBackpropInput');
    const dFilter = run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape });
    expected.dFilter.expectNear(dFilter.dataSync(), 'Conv2DBackpropFilter');
  });
}

function convolve(x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
}

describe('Conv2D and its gradients', () => {
  it.each([
    ['all windows, strides, dilations and paddings', aCase],
    ['windows that slide from or to one channel', aSlidingCase],
  ])('agree with the definition for %s', (_, cases) => {
    fc.assert(
      fc.property(cases, (c) => {
        const info = infoOf(c);
        fc.pre(info.outHeight > 0 && info.outWidth > 0);
        check(c);
      }),
      { numRuns: 200 },
    );
  });

  const same = { outChannels: 9, strides: 1, dilations: 1, pad: 'same' } as const;
  const cases: Readonly<Record<string, Case>> = {
    'one channel': { ...same, input: [2, 28, 28, 1], filter: [3, 3], outChannels: 32 },
    'one channel, by some that fill vectors': { ...same, input: [2, 9, 11, 1], filter: [3, 3], outChannels: 16 },
    'one channel, every other pixel': { ...same, input: [2, 13, 11, 1], filter: [4, 3], outChannels: 8, strides: 2 },
    'a result of one channel': { ...same, input: [3, 9, 7, 8], filter: [3, 2], outChannels: 1, dilations: 2 },
    'several images at a time': { ...same, input: [40, 7, 7, 3], filter: [3, 3] },
    'one row of windows at a time': { ...same, input: [1, 80, 70, 2], filter: [3, 3], pad: 'valid' },
    'more channels than are summed at once': { ...same, input: [1, 3, 3, 500], filter: [2, 2] },
    'points of images': { ...same, input: [3, 5, 5, 12], filter: [1, 1] },
    'every other point': { ...same, input: [2, 6, 6, 12], filter: [1, 1], strides: 2 },
    'strides longer than the filter': { ...same, input: [2, 11, 9, 3], filter: [2, 3], strides: 4 },
    'paddings of all sides': {
      ...same,
      input: [1, 5, 6, 2],
      filter: [3, 3],
      pad: [
        [0, 0],
        [4, 1],
        [2, 5],
        [0, 0],
      ],
    },
  };
  it.each(Object.keys(cases))('are right for %s', (name) => check(cases[name] as Case));

  it('take empty batches and filters without channels', () => {
    const none = convolve(tf.zeros([0, 4, 4, 2]), tf.zeros([3, 3, 2, 5]));
    expect(none.shape).toEqual([0, 4, 4, 5]);
    const slope = tf.grad((filter) => convolve(tf.zeros([0, 4, 4, 2]), filter));
    expect(slope(tf.ones([3, 3, 2, 5])).dataSync()).toEqual(new Float32Array(90));
    expect(convolve(tf.zeros([1, 4, 4, 0]), tf.zeros([3, 3, 0, 5])).dataSync()).toEqual(new Float32Array(80));
  });

  it.each<[string, number, Shape4D]>([
    ['to one channel', 8, [3, 3, 8, 1]],
    ['to one channel, two columns wide', 8, [3, 2, 8, 1]],
    ['from one channel', 1, [3, 3, 1, 16]],
    ['from one channel, five columns wide', 1, [2, 5, 1, 16]],
  ])('add a bias and an activation: %s', (_, channels, filterShape) => {
    const x = tf.tensor(numbers(2 * 9 * 7 * channels, 1), [2, 9, 7, channels]) as tf.Tensor4D;
    const filter = tf.tensor(numbers(tf.util.sizeFromShape(filterShape), 2), filterShape) as tf.Tensor4D;
    const biases = numbers(filterShape[3], 3);
    const bias = tf.tensor1d(biases);
    const fused = tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation: 'relu' }).dataSync();
    const plain = convolve(x, filter).dataSync();
    plain.forEach((y, i) => {
      expect(fused[i]).toBeCloseTo(Math.max(0, y + (biases[i % biases.length] as number)), 5);
    });
  });

  it('let NaN through', () => {
    const y = convolve(tf.zeros([1, 4, 4, 2]), tf.fill([3, 3, 2, 5], Number.NaN));
    expect([...y.dataSync()].every(Number.isNaN)).toBe(true);
  });

  it('say what they do not take', () => {
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 5], inputShape: [1, 4, 4, 2] };
    const run = (name: string, inputs: tf.NamedTensorMap, more = {}) =>
      tf.engine().runKernel(name, inputs, { ...attrs, ...more } as unknown as tf.NamedAttrMap);
    const [x, dy, filter] = [tf.zeros([1, 4, 4, 2]), tf.zeros([1, 3, 4, 5]), tf.zeros([3, 3, 2, 5])];
    expect(() => run(tf.Conv2DBackpropFilter, { x, dy })).toThrow('dy must have the shape [1,4,4,5]');
    expect(() => run(tf.Conv2DBackpropInput, { dy, filter })).toThrow('not [1,3,4,5]');
    expect(() => run(tf.Conv2DBackpropFilter, { x, dy }, { dataFormat: 'NCHW' })).toThrow('in NCHW');
    expect(() => run(tf.Conv2D, { x, filter }, { dataFormat: 'NCHW' })).toThrow();
  });
});

describe('FusedConv2D', () => {
  it.each(['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu', 'prelu'] as const)(
    'adds a bias and applies %s',
    (activation) => {
      tf.tidy(() => {
        const x = tf.tensor4d(numbers(3 * 6 * 6 * 2, 1), [3, 6, 6, 2]);
        const filter = tf.tensor4d(numbers(3 * 3 * 2 * 5, 2), [3, 3, 2, 5]);
        for (const biasShape of [[], [5], [6, 1, 5], [3, 6, 6, 5]]) {
          const bias = tf.tensor(numbers(tf.util.sizeFromShape(biasShape), 3), biasShape);
          const slopes = tf.tensor(numbers(5, 4), [5]);
          const settings = { x, filter, strides: 1, pad: 'same' as const, bias, activation, leakyreluAlpha: 0.3 };
          const fused = tf.fused.conv2d({
            ...settings,
            ...(activation === 'prelu' && { preluActivationWeights: slopes }),
          });
          const before = tf.add(tf.conv2d(x, filter, 1, 'same'), bias);
          const after = {
            linear: () => before,
            relu: () => tf.relu(before),
            relu6: () => tf.relu6(before),
            sigmoid: () => tf.sigmoid(before),
            elu: () => tf.elu(before),
            leakyrelu: () => tf.leakyRelu(before, 0.3),
            prelu: () => tf.prelu(before, slopes),
          };
          const expected = after[activation]().dataSync();
          for (const [i, value] of fused.dataSync().entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
        }
      });
    },
  );
});
