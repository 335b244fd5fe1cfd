import {
  AttributeError,
  customGetters,
  Graph,
  globalVariables,
  IncompatibleShapeError,
  initializers,
  KeyError,
  Module,
  NotConnectedError,
  partitioners,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  UnderspecifiedError,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv1D, Conv2D, Conv3D, DepthwiseConv2D, InPlaneConv2D, SeparableConv1D, SeparableConv2D } from './index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** One module of each class, with inputs for it. */
const classes = [
  ['Conv1D', () => new Conv1D(2, 3), [2, 5, 3]],
  ['Conv2D', () => new Conv2D(2, 3), [2, 5, 4, 3]],
  ['Conv3D', () => new Conv3D(2, 3), [1, 3, 4, 3, 2]],
  ['DepthwiseConv2D', () => new DepthwiseConv2D(2, 3), [2, 5, 4, 3]],
  ['InPlaneConv2D', () => new InPlaneConv2D(3), [2, 5, 4, 3]],
  ['SeparableConv1D', () => new SeparableConv1D(2, 2, 3), [2, 5, 3]],
  ['SeparableConv2D', () => new SeparableConv2D(2, 2, 3), [2, 5, 4, 3]],
] as const;

describe.each(classes)('%s', (className, make, shape) => {
  const inputs = (): tf.Tensor => tf.zeros([...shape]);

  it('shares its variables between connections that differ in batch and sizes', () => {
    const module = make();
    expect(module(inputs()).shape[0]).toBe(shape[0]);
    const variables = module.variables.map(({ id }) => id);
    module(tf.zeros(shape.map((size, axis) => (axis === shape.length - 1 ? size : size + 1))));
    expect(module.variables.map(({ id }) => id)).toEqual(variables);
    expect(module.inputShape).toEqual(shape.map((size, axis) => (axis === shape.length - 1 ? size : size + 1)));
  });

  it('leaks nothing', () => {
    const module = make();
    const given = inputs();
    module(given).dispose();
    expectNoLeak(() => module(given)).dispose();
  });

  it('may be connected first inside a tidy or inside a gradient', () => {
    const given = inputs();
    const [tidied, differentiated] = [make(), make()];
    tf.tidy(() => tidied(given));
    expect(tidied(given).shape[0]).toBe(shape[0]);
    const { grads } = valueAndGrads(() => tf.sum(differentiated(given)));
    expect(Object.keys(grads)).toContain(`${differentiated.scopeName}/b`);
    expect(differentiated(given).shape[0]).toBe(shape[0]);
  });

  it('checks its inputs, by its full name, and changes nothing when they are wrong', () => {
    const module = make();
    const name = `${className} "${module.scopeName}"`;
    expect(() => module(tf.zeros([2, 3]))).toThrow(IncompatibleShapeError);
    expect(() => module(tf.zeros([2, 3]))).toThrow(
      `${name}: inputs must have rank ${shape.length}, as the data format`,
    );
    expect(() => module(tf.zeros([2, 3]))).toThrow('got rank 2 (inputs [2, 3]).');
    expect(() => module(tf.zeros([...shape], 'int32'))).toThrow(TypeError);
    expect(() => module(tf.zeros([...shape], 'int32'))).toThrow(`${name}: inputs must be float32; got int32.`);
    expect(() => module(tf.zeros([...shape.slice(0, -1), 0]))).toThrow(UnderspecifiedError);
    expect(module.isConnected).toBe(false);
    module(inputs());
    const other = tf.zeros([...shape.slice(0, -1), 7]);
    expect(() => module(other)).toThrow(ValueError);
    expect(() => module(other)).toThrow(`inputs must have ${shape.at(-1)} channels, as at its first connection`);
    expect(module.inputShape).toEqual([...shape]);
  });

  it('does not know its inputs and variables before it is connected', () => {
    const module = make();
    for (const read of [() => module.w, () => module.b, () => module.inputShape, () => module.inputChannels]) {
      expect(read).toThrow(NotConnectedError);
      expect(read).toThrow(`${className} "${module.scopeName}"`);
    }
    module(inputs());
    expect(module.inputChannels).toBe(shape.at(-1));
    expect(module.b.shape).toEqual([module.outputChannels]);
  });

  it('makes a clone with the same options and variables of its own', () => {
    const module = make();
    module(inputs());
    const [clone, named] = [module.clone(), module.clone({ name: 'copy' })];
    expect(clone).toBeInstanceOf(module.constructor);
    expect([clone.moduleName, named.moduleName]).toEqual([`${module.moduleName}_clone`, 'copy']);
    expect(clone(inputs()).shape).toEqual(module(inputs()).shape);
    expect(clone.b).not.toBe(module.b);
    for (const key of ['kernelShape', 'stride', 'rate', 'paddings', 'convOpPadding', 'dataFormat', 'mask'] as const) {
      expect(clone[key]).toEqual(module[key]);
    }
  });

  it('has the same names in two graphs', () => {
    const namesIn = (): string[] =>
      new Graph().asDefault(() => {
        const module = make();
        module(inputs());
        return module.variables.map(variableName);
      });
    expect(namesIn()).toEqual(namesIn());
  });
});

describe('the variables of a convolution', () => {
  it('are created in the order of the weights and the bias', () => {
    const conv = new Conv2D(4, [3, 2]);
    conv(tf.zeros([1, 4, 4, 2]));
    expect(conv.getVariables().map(variableName)).toEqual(['conv_2d/w', 'conv_2d/b']);
    expect(conv.w.shape).toEqual([3, 2, 2, 4]);
    expect([...conv.b.dataSync()]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['conv_1d', () => new Conv1D(600, 2)(tf.zeros([1, 4, 2])), 'w', 4],
    ['conv_2d', () => new Conv2D(300, 2)(tf.zeros([1, 4, 4, 2])), 'w', 8],
    ['conv_3d', () => new Conv3D(100, 2)(tf.zeros([1, 2, 2, 2, 2])), 'w', 16],
    ['conv_2d_depthwise', () => new DepthwiseConv2D(300, 2)(tf.zeros([1, 2, 2, 2])), 'w', 4],
    ['in_plane_conv2d', () => new InPlaneConv2D(32)(tf.zeros([1, 2, 2, 2])), 'w', 1024],
    ['separable_conv1d', () => new SeparableConv1D(1, 300, 4)(tf.zeros([1, 4, 2])), 'w_dw', 4],
    ['separable_conv2d', () => new SeparableConv2D(1, 300, 2)(tf.zeros([1, 4, 4, 2])), 'w_dw', 4],
    ['separable_conv2d', () => new SeparableConv2D(300, 2, 2)(tf.zeros([1, 4, 4, 2])), 'w_pw', 4],
  ] as const)('of %s are drawn from a truncated normal distribution', (name, connect, key, fanIn) => {
    connect();
    const w = globalVariables().find((variable) => variableName(variable) === `${name}/${key}`) as tf.Variable;
    const { mean, variance } = tf.moments(w);
    const largest = tf.max(tf.abs(w)).dataSync()[0] as number;
    const stddev = 1 / Math.sqrt(fanIn);
    expect(largest).toBeLessThanOrEqual(2 * stddev);
    expect(largest).toBeGreaterThan(1.9 * stddev);
    expect(Math.abs(mean.dataSync()[0] as number)).toBeLessThan(0.15 * stddev);
    expect(Math.sqrt(variance.dataSync()[0] as number) / stddev).toBeCloseTo(0.88, 1);
  });

  it('take initializers and regularizers', () => {
    const conv = new Conv1D(1, 2, {
      initializers: { w: initializers.ones(), b: initializers.constant(2) },
      regularizers: { w: regularizers.l1(0.5), b: regularizers.l2(0.5) },
    });
    expect([...conv(tf.ones([1, 2, 1])).dataSync()]).toEqual([4, 3]);
    expect(regularizationLosses().map(({ name, loss }) => [name, loss().dataSync()[0]])).toEqual([
      ['conv_1d/w/Regularizer/l1_regularizer', 1],
      ['conv_1d/b/Regularizer/l2_regularizer', 1],
    ]);
    expect(Object.keys(conv.initializers)).toEqual(['w', 'b']);
    expect(Object.keys(conv.regularizers)).toEqual(['w', 'b']);
    expect(conv.partitioners).toEqual({});
  });

  it('may be stored in slices', () => {
    const conv = new Conv2D(4, 2, { partitioners: { w: partitioners.fixedSize(2, { axis: 3 }) } });
    for (let i = 0; i < 2; i++) expect(conv(tf.zeros([1, 3, 3, 1])).shape).toEqual([1, 3, 3, 4]);
    expect(conv.getVariables().map(variableName)).toEqual(['conv_2d/w/part_0', 'conv_2d/w/part_1', 'conv_2d/b']);
    expect(conv.w.shape).toEqual([2, 2, 1, 4]);
  });

  it('go through a custom getter, and so do those of a clone and a transpose', () => {
    const conv = new Conv1D(1, 2, { customGetter: { w: customGetters.nonTrainable } });
    const [clone, transpose] = [conv.clone(), conv.transpose()];
    conv(tf.zeros([1, 3, 1]));
    clone(tf.zeros([1, 3, 1]));
    transpose(tf.zeros([1, 3, 1]));
    for (const module of [conv, clone, transpose]) {
      expect(module.trainableVariables.map(variableName)).toEqual([`${module.scopeName}/b`]);
    }
  });

  it('may lack the bias', () => {
    const conv = new Conv2D(2, 1, { useBias: false });
    conv(tf.zeros([1, 2, 2, 1]));
    expect(conv.hasBias).toBe(false);
    expect(conv.variables).toHaveLength(1);
    expect(() => conv.b).toThrow(AttributeError);
    expect(() => conv.b).toThrow('Conv2D "conv_2d": there is no bias, since it was made with useBias: false.');
    expect(() => new Conv2D(2, 1, { useBias: false, initializers: { b: initializers.zeros() } })).toThrow(KeyError);
  });

  it('are named by the keys of the options', () => {
    expect(Conv2D.getPossibleInitializerKeys()).toEqual(['w', 'b']);
    expect(Conv3D.getPossibleInitializerKeys({ useBias: false })).toEqual(['w']);
    const weights = { weights: initializers.ones() } as object;
    expect(() => new Conv2D(1, 3, { initializers: weights })).toThrow(KeyError);
    expect(() => new Conv2D(1, 3, { initializers: weights })).toThrow("Conv2D: Invalid initializer keys 'weights'");
    expect(() => new Conv2D(1, 3, { regularizers: { w: 1 as never } })).toThrow(TypeError);
    expect(() => new Conv2D(1, 3, { partitioners: { w: 1 as never } })).toThrow("Partitioner for 'w'");
  });
});

describe('the number of output channels', () => {
  it('may be a function that is called at the first connection', () => {
    let channels = 2;
    const conv = new Conv2D(() => channels, 3);
    expect(conv.outputChannels).toBe(2);
    channels = 5;
    expect(conv(tf.zeros([1, 2, 2, 1])).shape).toEqual([1, 2, 2, 5]);
  });

  it.each([0, -1, 1.5, Number.NaN, '2', null])('cannot be %j', (channels) => {
    expect(() => new Conv2D(channels as number, 3)).toThrow(ValueError);
    const late = new Conv1D(() => channels as number, 3, { name: 'late' });
    expect(() => late(tf.zeros([1, 2, 1]))).toThrow(ValueError);
    expect(() => late(tf.zeros([1, 2, 1]))).toThrow(
      'Conv1D "late": outputChannels must be a positive integer or a function that gives one; got',
    );
  });

  it('is asked for again after a connection that failed', () => {
    let channels = 0;
    const conv = new Conv1D(() => channels, 3);
    expect(() => conv(tf.zeros([1, 2, 1]))).toThrow(ValueError);
    channels = 2;
    expect(conv(tf.zeros([1, 2, 1])).shape).toEqual([1, 2, 2]);
    expect(conv.scopeName).toBe('conv_1d');
  });
});

describe('a data format', () => {
  it('must be one with that number of dimensions and channels', () => {
    expect(() => new Conv1D(1, 3, { dataFormat: 'NHWC' as never })).toThrow(ValueError);
    expect(() => new Conv1D(1, 3, { dataFormat: 'NHWC' as never })).toThrow(
      'Conv1D: dataFormat must be NWC or NCW; got NHWC.',
    );
    expect(() => new Conv2D(1, 3, { dataFormat: 'NHW' as never })).toThrow('must be NHWC or NCHW; got NHW.');
    expect(() => new Conv3D(1, 3, { dataFormat: 'nchw' as never })).toThrow('must be NDHWC or NCDHW; got nchw.');
  });

  it('with the channels first gives what the other one gives', () => {
    const channelsFirst = { dataFormat: 'NCHW', padding: ['FULL', 'CAUSAL'] } as const;
    const image = tf.reshape(tf.range(0, 24), [1, 3, 4, 2]);
    const pairs = [
      [new DepthwiseConv2D(2, 3, channelsFirst), new DepthwiseConv2D(2, 3, { padding: channelsFirst.padding })],
      [new InPlaneConv2D(3, channelsFirst), new InPlaneConv2D(3, { padding: channelsFirst.padding })],
    ] as const;
    for (const [first, last] of pairs) {
      const expected = last(image);
      first(tf.transpose(image, [0, 3, 1, 2]));
      (first.w as tf.Variable).assign(last.w);
      const got = tf.transpose(first(tf.transpose(image, [0, 3, 1, 2])), [0, 2, 3, 1]);
      expect(got.arraySync()).toEqual(expected.arraySync());
      expect(first.inputChannels).toBe(2);
    }
  });
});

it('forgets a connection that was rolled back with the one around it', () => {
  let channels = 2;
  const conv = new Conv2D(() => channels, 3);
  const outer = new Module((inputs: tf.Tensor, fails: boolean) => {
    const outputs = conv(inputs);
    if (fails) throw new Error('too bad');
    return outputs;
  });
  expect(() => outer(tf.zeros([1, 4, 4, 1]), true)).toThrow('too bad');
  expect(() => conv.inputShape).toThrow(NotConnectedError);
  channels = 3;
  expect(outer(tf.zeros([1, 4, 4, 5]), false).shape).toEqual([1, 4, 4, 3]);
  expect(conv.w.shape).toEqual([3, 3, 5, 3]);
});

it('leaves names alone when a constructor throws', () => {
  expect(() => new Conv2D(1, 3, { padding: 'NONE' as never })).toThrow(TypeError);
  expect(new Conv2D(1, 3).scopeName).toBe('conv_2d');
});
