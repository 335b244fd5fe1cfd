import {
  AttributeError,
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose } from './index.ts';

interface Axis {
  /** The size on the side of the transposed convolution's outputs. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
}

interface Example {
  readonly axes: readonly Axis[];
  readonly padding: 'SAME' | 'VALID';
  /** The channels on the side of the transposed convolution's outputs, and on that of its inputs. */
  readonly channels: readonly [number, number];
  readonly channelsFirst: boolean;
}

function examples(spatialDims: number): fc.Arbitrary<Example> {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 4 }),
  });
  return fc
    .record({
      axes: fc.array(axis, { minLength: spatialDims, maxLength: spatialDims }),
      padding: fc.constantFrom<'SAME' | 'VALID'>('SAME', 'VALID'),
      channels: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      channelsFirst: fc.boolean(),
    })
    .filter(({ axes, padding }) => padding === 'SAME' || axes.every(({ size, kernel }) => kernel <= size));
}

/** Numbers between -1 and 1 that look random. */
function numbers(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((count, n) => count * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 78.233 * seed)),
    [...shape],
  );
}

function dot(a: tf.Tensor, b: tf.Tensor): number {
  return tf.sum(tf.mul(a, b)).dataSync()[0] as number;
}

/** A convolution and the transpose of it that has the same weights. */
function pair({ axes, padding, channels, channelsFirst }: Example) {
  const kernelShape = axes.map(({ kernel }) => kernel);
  const w = numbers([...kernelShape, ...channels], 1);
  const stride = axes.map((axis) => axis.stride);
  const shared = { stride, padding, useBias: false };
  const initializer = { initializers: { w: () => tf.clone(w) } };
  const transposed = { ...shared, kernelShape, outputShape: axes.map(({ size }) => size) };
  if (axes.length === 1) {
    const dataFormat = channelsFirst ? 'NCW' : 'NWC';
    const rowed = { initializers: { w: () => tf.reshape(w, [1, ...w.shape]) } };
    const conv = new Conv1D(channels[1], kernelShape, { ...shared, ...initializer, dataFormat });
    return { conv, back: new Conv1DTranspose(channels[0], { ...transposed, ...rowed, dataFormat }) };
  }
  if (axes.length === 2) {
    const dataFormat = channelsFirst ? 'NCHW' : 'NHWC';
    const conv = new Conv2D(channels[1], kernelShape, { ...shared, ...initializer, dataFormat });
    return { conv, back: new Conv2DTranspose(channels[0], { ...transposed, ...initializer, dataFormat }) };
  }
  const dataFormat = channelsFirst ? 'NCDHW' : 'NDHWC';
  const conv = new Conv3D(channels[1], kernelShape, { ...shared, ...initializer, dataFormat });
  return { conv, back: new Conv3DTranspose(channels[0], { ...transposed, ...initializer, dataFormat }) };
}

function outerShape({ axes, channels, channelsFirst }: Example): number[] {
  const sizes = axes.map(({ size }) => size);
  return channelsFirst ? [2, channels[0], ...sizes] : [2, ...sizes, channels[0]];
}

beforeEach(() => {
  resetDefaultGraph();
});

describe.each([1, 2, 3])('a transposed convolution over %i dimensions', (spatialDims) => {
  it('is the transpose of the convolution with its weights, for any stride, size and data format', () => {
    fc.assert(
      fc.property(examples(spatialDims), (example) => {
        tf.tidy(() => {
          resetDefaultGraph();
          const { conv, back } = pair(example);
          const x = numbers(outerShape(example), 2);
          const outputs = conv(x);
          const y = numbers(outputs.shape, 3);
          expect(back(y).shape).toEqual(x.shape);
          expect(dot(outputs, y)).toBeCloseTo(dot(x, back(y)), 3);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('has the right gradients by the weights and the inputs', () => {
    fc.assert(
      fc.property(examples(spatialDims), (example) => {
        tf.tidy(() => {
          resetDefaultGraph();
          const { conv, back } = pair(example);
          const y = numbers(conv(tf.zeros(outerShape(example))).shape, 3);
          const cotangent = numbers(back(y).shape, 4);
          const loss = (): tf.Scalar => tf.sum(tf.mul(back(y), cotangent));
          const w = back.w as tf.Variable;
          const { grads } = valueAndGrads(loss, { variables: [w] });
          const byInputs = tf.grad((inputs) => tf.sum(tf.mul(back(inputs), cotangent)))(y);
          // The loss is linear in the weights and in the inputs: its change is the product with the gradient.
          const inputStep = numbers(y.shape, 5);
          expect(dot(back(inputStep), cotangent)).toBeCloseTo(dot(inputStep, byInputs), 3);
          const step = numbers(w.shape, 6);
          w.assign(step);
          expect(loss().dataSync()[0]).toBeCloseTo(dot(step, grads[variableName(w)] as tf.Tensor), 3);
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('the size of the outputs', () => {
  it('is the greatest that fits by default', () => {
    const inputs = tf.zeros([1, 3, 4, 2]);
    expect(new Conv2DTranspose(1, { kernelShape: 3, stride: 2 })(inputs).shape).toEqual([1, 6, 8, 1]);
    const valid = new Conv2DTranspose(1, { kernelShape: [3, 2], stride: 2, padding: 'VALID' });
    expect(valid(inputs).shape).toEqual([1, 8, 9, 1]);
    expect(valid.outputShape).toEqual([8, 9]);
    expect(valid(tf.zeros([1, 1, 1, 2])).shape).toEqual([1, 4, 3, 1]);
    expect(valid.outputShape).toEqual([4, 3]);
  });

  it('may be given, once or for each dimension, or as a function that is called at the connection', () => {
    let sizes = [7];
    const conv = new Conv1DTranspose(1, { kernelShape: 3, stride: 2, outputShape: () => sizes });
    expect(conv.outputShape).toEqual([7]);
    sizes = [8];
    expect(conv(tf.zeros([1, 4, 1])).shape).toEqual([1, 8, 1]);
    const square = new Conv2DTranspose(1, { kernelShape: 3, stride: 2, outputShape: 5 });
    expect(square(tf.zeros([1, 3, 3, 1])).shape).toEqual([1, 5, 5, 1]);
    expect(square.outputShape).toEqual([5, 5]);
  });

  it('is not known before the first connection, when it is not given', () => {
    const conv = new Conv3DTranspose(1, { kernelShape: 3 });
    expect(() => conv.outputShape).toThrow(NotConnectedError);
    expect(() => conv.outputShape).toThrow('Conv3DTranspose "conv_3d_transpose"');
  });

  it('must be one from which the convolution leads back to the inputs', () => {
    const conv = new Conv2DTranspose(1, { kernelShape: 3, stride: 2, outputShape: [20, 8] });
    const message =
      'Conv2DTranspose "conv_2d_transpose": outputs of spatial shape [20, 8] need inputs of spatial shape [10, 4], with ' +
      'the kernel shape [3, 3], the stride [2, 2] and SAME padding; got [4, 4].';
    expect(() => conv(tf.zeros([1, 4, 4, 1]))).toThrow(message);
    expect(() => conv(tf.zeros([1, 4, 4, 1]))).toThrow(ValueError);
    expect(conv.isConnected).toBe(false);
    expect(conv(tf.zeros([1, 10, 4, 1])).shape).toEqual([1, 20, 8, 1]);
  });

  it('must have a size for each dimension', () => {
    const options = { kernelShape: 3, outputShape: [3, 3] };
    expect(() => new Conv1DTranspose(1, options)).toThrow(IncompatibleShapeError);
    expect(() => new Conv1DTranspose(1, options)).toThrow(
      'Conv1DTranspose: invalid output shape: x is [3, 3], but must be a positive integer or an array of positive ' +
        'integers of size 1.',
    );
    const late = new Conv2DTranspose(1, { kernelShape: 3, outputShape: () => [3] });
    expect(() => late(tf.zeros([1, 3, 3, 1]))).toThrow(IncompatibleShapeError);
    expect(() => late(tf.zeros([1, 3, 3, 1]))).toThrow('2 spatial dimensions; the function gave [3]');
    const broken = new Conv2DTranspose(1, { kernelShape: 3, outputShape: () => null as never });
    expect(() => broken(tf.zeros([1, 3, 3, 1]))).toThrow('the function gave null');
  });
});

describe('the constructor of a transposed convolution', () => {
  it('demands a kernel shape', () => {
    expect(() => new Conv2DTranspose(2, {} as never)).toThrow(ValueError);
    expect(() => Reflect.construct(Conv2DTranspose, [2])).toThrow('Conv2DTranspose: kernelShape is required');
    expect(() => new Conv3DTranspose(2, { kernelShape: null as never })).toThrow(
      'Conv3DTranspose: kernelShape is required',
    );
  });

  it('knows only the paddings SAME and VALID', () => {
    expect(() => new Conv1DTranspose(2, { kernelShape: 3, padding: 'FULL' as never })).toThrow(ValueError);
    expect(() => new Conv1DTranspose(2, { kernelShape: 3, padding: 'FULL' as never })).toThrow(
      'Conv1DTranspose: padding must be SAME or VALID; got FULL.',
    );
  });

  it('takes strides with ones for the batch and the channels', () => {
    expect(new Conv2DTranspose(1, { kernelShape: 3, stride: [1, 2, 3, 1] }).stride).toEqual([1, 2, 3, 1]);
    const first = new Conv2DTranspose(1, { kernelShape: 3, stride: [1, 1, 2, 3], dataFormat: 'NCHW' });
    expect(first.stride).toEqual([1, 1, 2, 3]);
    expect(() => new Conv1DTranspose(1, { kernelShape: 3, stride: [2, 1, 1] })).toThrow(IncompatibleShapeError);
    expect(() => new Conv1DTranspose(1, { kernelShape: 3, stride: [2, 1, 1] })).toThrow(
      'the first and the last element must be 1',
    );
    expect(() => new Conv2DTranspose(1, { kernelShape: 3, stride: [1, 1, 1] })).toThrow(
      'x is [1, 1, 1], but must be a positive integer or an array of positive integers of size 2',
    );
  });

  it('refuses unknown keys, data formats and numbers of channels, and claims no name then', () => {
    const bad = { kernelShape: 3, initializers: { weights: initializers.ones() } as object };
    expect(() => new Conv2DTranspose(1, bad)).toThrow(KeyError);
    expect(() => new Conv2DTranspose(1, { kernelShape: 3, dataFormat: 'NWC' as never })).toThrow(
      'Conv2DTranspose: dataFormat must be NHWC or NCHW; got NWC.',
    );
    expect(() => new Conv2DTranspose(0, { kernelShape: 3 })).toThrow('outputChannels must be a positive integer');
    expect(() => new Conv2DTranspose(1, { kernelShape: 1.5 })).toThrow('invalid kernel shape: x is 1.5');
    expect(new Conv2DTranspose(1, { kernelShape: 3 }).scopeName).toBe('conv_2d_transpose');
  });
});

describe('the variables of a transposed convolution', () => {
  it('have their shapes, names and initial values', () => {
    const conv = new Conv1DTranspose(3, { kernelShape: 5, initializers: { b: initializers.ones() } });
    conv(tf.zeros([1, 4, 2]));
    expect(conv.getVariables().map(variableName)).toEqual(['conv_1d_transpose/w', 'conv_1d_transpose/b']);
    expect(conv.w.shape).toEqual([1, 5, 3, 2]);
    expect([...conv.b.dataSync()]).toEqual([1, 1, 1]);
  });

  it('are drawn with the fan in of the inputs', () => {
    const conv = new Conv2DTranspose(500, { kernelShape: 2 });
    conv(tf.zeros([1, 1, 1, 4]));
    const largest = tf.max(tf.abs(conv.w)).dataSync()[0] as number;
    // A truncated normal distribution ends at two standard deviations, of 1 / sqrt(2 * 2 * 4).
    expect(largest).toBeLessThanOrEqual(0.5);
    expect(largest).toBeGreaterThan(0.49);
  });

  it('add their regularization losses', () => {
    const conv = new Conv2DTranspose(2, { kernelShape: 2, regularizers: { w: regularizers.l1(0.5) } });
    conv(tf.zeros([1, 2, 2, 1]));
    expect(regularizationLosses().map(({ name }) => name)).toEqual(['conv_2d_transpose/w/Regularizer/l1_regularizer']);
    expect(conv.regularizers).toHaveProperty('w');
  });

  it('may lack the bias', () => {
    const conv = new Conv2DTranspose(2, { kernelShape: 2, useBias: false });
    expect(() => conv.b).toThrow(NotConnectedError);
    conv(tf.zeros([1, 2, 2, 1]));
    expect(conv.hasBias).toBe(false);
    expect(() => conv.b).toThrow(AttributeError);
    expect(() => conv.b).toThrow('Conv2DTranspose "conv_2d_transpose": there is no bias');
  });

  it('are shared by connections that differ in batch and size, which leak nothing', () => {
    const conv = new Conv3DTranspose(2, { kernelShape: 2, stride: 3 });
    const inputs = [tf.zeros([1, 2, 2, 2, 1]), tf.zeros([2, 1, 2, 3, 1])] as const;
    expectNoLeak(() => conv(inputs[0]), { kept: 2 }).dispose();
    expect(expectNoLeak(() => conv(inputs[1])).shape).toEqual([2, 3, 6, 9, 2]);
    expect(conv.variables).toHaveLength(2);
    expect(conv.inputChannels).toBe(1);
    expect(conv.inputShape).toEqual([2, 1, 2, 3, 1]);
  });
});

it('checks the inputs of a transposed convolution', () => {
  const conv = new Conv2DTranspose(2, { kernelShape: 3, dataFormat: 'NCHW' });
  expect(() => conv(tf.zeros([1, 4, 4]))).toThrow(IncompatibleShapeError);
  expect(() => conv(tf.zeros([1, 2, 4, 4], 'int32'))).toThrow(TypeError);
  conv(tf.zeros([1, 2, 4, 4]));
  expect(() => conv(tf.zeros([1, 3, 4, 4]))).toThrow(ValueError);
  expect(() => conv(tf.zeros([1, 3, 4, 4]))).toThrow(
    'Conv2DTranspose "conv_2d_transpose": inputs must have 2 channels, as at its first connection (inputs [1, 2, 4, 4], ' +
      'NCHW); got 3 (inputs [1, 3, 4, 4]).',
  );
});

describe('transpose() of a transposed convolution', () => {
  it('makes the convolution that leads back', () => {
    const up = new Conv2DTranspose(3, { kernelShape: 4, stride: 2, padding: 'VALID', name: 'up' });
    const down = up.transpose();
    expect(down).toBeInstanceOf(Conv2D);
    expect(down.scopeName).toBe('up_transpose');
    const inputs = tf.zeros([1, 3, 5, 7]);
    expect(down(up(inputs)).shape).toEqual(inputs.shape);
    expect(down.stride).toEqual([1, 2, 2, 1]);
    expect(down.padding).toBe('VALID');
  });

  it('exists for each number of dimensions and keeps the data format and the options', () => {
    const one = new Conv1DTranspose(2, { kernelShape: 3, useBias: false, dataFormat: 'NCW' });
    const back = one.transpose({ name: 'back' });
    expect(back).toBeInstanceOf(Conv1D);
    expect([back.moduleName, back.dataFormat, back.hasBias]).toEqual(['back', 'NCW', false]);
    const three = new Conv3DTranspose(2, { kernelShape: 2, stride: 2, dataFormat: 'NCDHW' });
    const volume = tf.zeros([1, 1, 2, 2, 2]);
    expect(three.transpose()(three(volume)).shape).toEqual(volume.shape);
  });

  it('cannot be connected before the module that it leads back to', () => {
    const back = new Conv1DTranspose(2, { kernelShape: 3, name: 'up' }).transpose();
    expect(() => back(tf.zeros([1, 4, 2]))).toThrow('Conv1DTranspose "up"');
    expect(() => back(tf.zeros([1, 4, 2]))).toThrow(NotConnectedError);
  });
});
