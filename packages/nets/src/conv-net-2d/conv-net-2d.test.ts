import {
  customGetters,
  GraphKeys,
  getCollection,
  initializers,
  KeyError,
  minimize,
  NotConnectedError,
  NotImplementedError,
  partitioners,
  regularizers,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { BatchNorm, Conv2D, LayerNorm } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConvNet2D, type ConvNet2DOptions } from './conv-net-2d.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const ones = { w: initializers.ones() };
const images = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i)),
    shape,
  );

function make(options: ConvNet2DOptions = {}): ConvNet2D {
  return new ConvNet2D([2, 3], [3], [1], ['SAME'], options);
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a ConvNet2D', () => {
  it('applies its layers with the activation between them', () => {
    const net = new ConvNet2D([1, 1], [1], [1], ['VALID'], { initializers: { ...ones, b: initializers.constant(-2) } });
    expect(valuesOf(net(tf.tensor4d([1, 5], [1, 1, 2, 1])))).toEqual([-2, 1]);
  });

  it('applies the activation after the last layer, too, when told so', () => {
    const options = { activation: tf.square, activateFinal: true, initializers: ones, useBias: false };
    const net = new ConvNet2D([1], [1], [1], ['VALID'], options);
    expect(valuesOf(net(tf.tensor4d([-3], [1, 1, 1, 1])))).toEqual([9]);
    expect([net.activation, net.activateFinal]).toEqual([tf.square, true]);
  });

  it('names its variables by layer, in the order of the layers', () => {
    const net = make();
    net(images(1, 4, 4, 1));
    expect(net.getVariables().map(variableName)).toEqual([
      'conv_net_2d/conv_2d_0/w',
      'conv_net_2d/conv_2d_0/b',
      'conv_net_2d/conv_2d_1/w',
      'conv_net_2d/conv_2d_1/b',
    ]);
    expect(net.nameScopes).toEqual(['conv_net_2d_1']);
    expect(make().scopeName).toBe('conv_net_2d_1');
  });

  it('shares its variables between connections', () => {
    const net = make();
    const inputs = images(1, 4, 4, 1);
    expect(valuesOf(net(inputs))).toEqual(valuesOf(net(inputs)));
    expect(net.variables).toHaveLength(4);
  });

  it('takes kernels, strides, paddings and rates for each layer, or once for all', () => {
    const net = new ConvNet2D([2, 2, 4], [[3, 2], 2, 1], [2, [1, 1], 1], ['SAME', ['VALID', 'CAUSAL'], 'FULL']);
    expect(net(images(1, 8, 8, 2)).shape).toEqual([1, 3, 4, 4]);
    expect(net.kernelShapes).toEqual([[3, 2], 2, 1]);
    expect(net.strides).toEqual([2, [1, 1], 1]);
    expect(net.paddings).toEqual(['SAME', ['VALID', 'CAUSAL'], 'FULL']);
    expect(net.rates).toEqual([1, 1, 1]);
    const dilated = new ConvNet2D([1, 1], [3], [1], ['VALID'], { rates: [2] });
    expect(dilated(images(1, 9, 9, 1)).shape).toEqual([1, 1, 1, 1]);
    expect(dilated.rates).toEqual([2, 2]);
  });

  it('takes the numbers of channels as functions, which it calls when it is connected', () => {
    let channels = 0;
    const net = new ConvNet2D([() => channels, 2], [1], [1], ['SAME']);
    channels = 5;
    expect(net(images(1, 2, 2, 1)).shape).toEqual([1, 2, 2, 2]);
    expect(net.outputChannels).toEqual([5, 2]);
  });

  it('has biases for some layers only, when told so, and gives their initializer to these', () => {
    const net = make({ useBias: [true, false], initializers: { b: initializers.constant(3) } });
    net(images(1, 4, 4, 1));
    expect(net.variables.map(variableName)).toEqual([
      'conv_net_2d/conv_2d_0/b',
      'conv_net_2d/conv_2d_0/w',
      'conv_net_2d/conv_2d_1/w',
    ]);
    expect(valuesOf(net.variables[0] as tf.Variable)).toEqual([3, 3]);
    expect(net.useBias).toEqual([true, false]);
    expect(ConvNet2D.getPossibleInitializerKeys()).toEqual(['w', 'b']);
    expect(ConvNet2D.getPossibleInitializerKeys({ useBias: [false, false] })).toEqual(['w']);
  });

  it('takes images with their channels first', () => {
    const [last, first] = [make(), make({ dataFormat: 'NCHW' })];
    const inputs = images(1, 4, 5, 2);
    const outputs = last(inputs);
    first(tf.transpose(inputs, [0, 3, 1, 2]));
    first.variables.forEach((variable, i) => {
      variable.assign(last.variables[i] as tf.Variable);
    });
    const got = tf.transpose(first(tf.transpose(inputs, [0, 3, 1, 2])), [0, 2, 3, 1]);
    expect(got.shape).toEqual([1, 4, 5, 3]);
    expect(valuesOf(got)).toEqual(valuesOf(outputs));
  });

  it('gives regularizers, partitioners and custom getters to its variables', () => {
    const options = {
      regularizers: { w: regularizers.l2(1) },
      partitioners: { b: partitioners.fixedSize(2) },
      customGetter: { 'conv_2d_1/w': customGetters.nonTrainable },
    };
    const net = make(options);
    net(images(1, 4, 4, 1));
    expect(getCollection(GraphKeys.REGULARIZATION_LOSSES)).toHaveLength(2);
    expect(net.nonTrainableVariables.map(variableName)).toEqual(['conv_net_2d/conv_2d_1/w']);
    expect(net.variables.map(variableName)).toContain('conv_net_2d/conv_2d_0/b/part_1');
    expect(net.regularizers).toEqual(options.regularizers);
    expect(net.partitioners).toEqual(options.partitioners);
    expect(net.initializers).toEqual({});
  });

  it('knows its layers, and the shape of its latest inputs once it is connected', () => {
    const net = make();
    expect(() => net.inputShape).toThrow(NotConnectedError);
    expect(() => net.inputShape).toThrow('ConvNet2D "conv_net_2d"');
    net(images(2, 4, 4, 1));
    expect(net.inputShape).toEqual([2, 4, 4, 1]);
    expect(net.layers.map((layer) => [layer instanceof Conv2D, layer.scopeName])).toEqual([
      [true, 'conv_net_2d/conv_2d_0'],
      [true, 'conv_net_2d/conv_2d_1'],
    ]);
  });

  it('learns', () => {
    const net = new ConvNet2D([4, 1], [3], [1], ['SAME'], { normalizationCtor: LayerNorm, activation: tf.tanh });
    const inputs = images(2, 5, 5, 1);
    const targets = tf.square(inputs);
    const loss = (): tf.Scalar => tf.mean(tf.squaredDifference(net(inputs), targets)) as tf.Scalar;
    const [before = 0] = valuesOf(loss());
    const optimizer = tf.train.adam(0.02);
    for (let step = 0; step < 60; step++) minimize(optimizer, loss);
    expect(valuesOf(loss())[0]).toBeLessThan(before / 4);
  });

  it('leaks nothing over 100 calls', () => {
    const net = make({ normalizationCtor: BatchNorm, normalizeFinal: true });
    const inputs = images(2, 4, 4, 1);
    net(inputs, { isTraining: true }).dispose();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) net(inputs, { isTraining: true }).dispose();
    });
  });
});

describe('the transpose of a ConvNet2D', () => {
  it('maps back through the same layers', () => {
    const net = new ConvNet2D([2, 4], [[3, 2], 3], [[2, 1], 1], ['SAME', 'VALID'], { useBias: [true, false] });
    const transpose = net.transpose();
    const outputs = net(images(1, 7, 6, 3));
    expect(transpose(outputs).shape).toEqual([1, 7, 6, 3]);
    expect(transpose.outputChannels).toEqual([2, 3]);
    expect(transpose.outputShapes).toEqual([
      [4, 6],
      [7, 6],
    ]);
    expect([transpose.kernelShapes, transpose.strides]).toEqual([
      [3, [3, 2]],
      [1, [2, 1]],
    ]);
    expect([transpose.paddings, transpose.useBias]).toEqual([
      ['VALID', 'SAME'],
      [false, true],
    ]);
    expect(transpose.scopeName).toBe('conv_net_2d_transpose');
  });

  it('cannot be connected before the network', () => {
    const net = make();
    const transpose = net.transpose();
    expect(() => transpose(images(1, 4, 4, 3))).toThrow(NotConnectedError);
    net(images(1, 4, 4, 1));
    expect(transpose(images(1, 4, 4, 3)).shape).toEqual([1, 4, 4, 1]);
  });

  it('has the options of the network', () => {
    const options = { activation: tf.tanh, activateFinal: true, normalizeFinal: false, initializers: ones };
    const transpose = make({ ...options, normalizationCtor: LayerNorm, normalizationKwargs: { eps: 1 } }).transpose();
    expect(transpose.activation).toBe(tf.tanh);
    expect([transpose.activateFinal, transpose.normalizeFinal]).toEqual([true, false]);
    expect(transpose.initializers).toEqual(ones);
    expect([transpose.normalizationCtor, transpose.normalizationKwargs]).toEqual([LayerNorm, { eps: 1 }]);
  });

  it('takes other options', () => {
    const transpose = make({ normalizationCtor: LayerNorm }).transpose({
      name: 'decoder',
      outputChannels: [7, 8],
      kernelShapes: [5],
      strides: [2],
      paddings: ['VALID'],
      activation: tf.elu,
      activateFinal: true,
      normalizeFinal: true,
      useBias: false,
      useBatchNorm: true,
      normalizationCtor: null,
      batchNormConfig: { scale: true },
    });
    expect([transpose.moduleName, transpose.outputChannels]).toEqual(['decoder', [7, 8]]);
    expect([transpose.kernelShapes, transpose.strides, transpose.paddings]).toEqual([
      [5, 5],
      [2, 2],
      ['VALID', 'VALID'],
    ]);
    expect([transpose.activateFinal, transpose.normalizeFinal, transpose.useBias]).toEqual([
      true,
      true,
      [false, false],
    ]);
    expect([transpose.useBatchNorm, transpose.batchNormConfig]).toEqual([true, { scale: true }]);
    expect(make({ useBatchNorm: true }).transpose({ useBatchNorm: false }).normalizationCtor).toBeNull();
  });

  it('works with the channels first', () => {
    const net = make({ dataFormat: 'NCHW' });
    const transpose = net.transpose();
    expect(transpose(net(images(1, 2, 4, 5))).shape).toEqual([1, 2, 4, 5]);
  });

  it('does not exist for dilated convolutions', () => {
    const net = make({ rates: [[1, 2]] });
    expect(() => net.transpose()).toThrow(NotImplementedError);
    expect(() => net.transpose()).toThrow('ConvNet2D "conv_net_2d": transposes of dilated');
    expect(make({ rates: [[1, 1]] }).transpose().scopeName).toBe('conv_net_2d_1_transpose');
  });

  it('needs as many channels as there are layers, and a known data format', () => {
    const net = make();
    expect(() => net.transpose({ outputChannels: [1] })).toThrow('each of the 2 layers; got 1');
    expect(() => net.transpose({ dataFormat: 'NHCW' as 'NHWC' })).toThrow(ValueError);
    expect(net.transpose().scopeName).toBe('conv_net_2d_transpose');
  });
});

describe('a ConvNet2D refuses', () => {
  type Arguments = ConstructorParameters<typeof ConvNet2D>;

  it.each<[string, unknown[], new (...args: never) => Error, string]>([
    ['channels that are not iterable', [3, [3], [1], ['SAME']], TypeError, 'outputChannels must be iterable'],
    ['kernel shapes that are not iterable', [[3], 3, [1], ['SAME']], TypeError, 'kernelShapes must be iterable'],
    ['strides that are not iterable', [[3], [3], 1, ['SAME']], TypeError, 'strides must be iterable'],
    ['paddings that are not iterable', [[3], [3], [1], 5], TypeError, 'paddings must be iterable'],
    ['a single padding', [[3], [3], [1], 'SAME'], TypeError, 'paddings must be iterable'],
    ['no channels', [[], [3], [1], ['SAME']], ValueError, 'outputChannels must not be empty'],
    [
      'too many kernel shapes',
      [[1, 2, 3], [3, 3], [1], ['SAME']],
      ValueError,
      'kernelShapes must be of length 1, or of the length of outputChannels, 3; got 2',
    ],
    ['too many strides', [[1, 2, 3], [3], [1, 1], ['SAME']], ValueError, 'strides must be of length 1'],
    ['too many paddings', [[1, 2, 3], [3], [1], ['SAME', 'SAME']], ValueError, 'paddings must be of length 1'],
    ['an unknown padding', [[1], [3], [1], ['SOME']], TypeError, 'SOME'],
    ['channels that are not positive', [[1, 0], [3], [1], ['SAME']], ValueError, 'got 0'],
  ])('%s', (_, args, error, message) => {
    expect(() => new ConvNet2D(...(args as unknown as Arguments))).toThrow(error);
    expect(() => new ConvNet2D(...(args as unknown as Arguments))).toThrow(message);
    expect(make().scopeName).toBe('conv_net_2d');
  });

  it.each<[string, object, new (...args: never) => Error, string]>([
    ['rates that are not iterable', { rates: 2 }, TypeError, 'rates must be iterable'],
    ['too many rates', { rates: [1, 1, 1] }, ValueError, 'rates must be of length 1'],
    ['too many biases', { useBias: [true, true, true] }, ValueError, 'useBias must be of length 1'],
    [
      'an activation that is not a function',
      { activation: 'relu' },
      TypeError,
      'activation must be callable; got relu',
    ],
    ['an unknown data format', { dataFormat: 'NHCW' }, ValueError, 'NHWC or NCHW; got NHCW'],
    ['batch normalization of some layers', { useBatchNorm: [true] }, TypeError, 'useBatchNorm must be a boolean'],
    [
      'two normalizations',
      { useBatchNorm: true, normalizationCtor: LayerNorm },
      ValueError,
      'there must be no normalizationCtor',
    ],
    ['a normalization that is not callable', { normalizationCtor: 4 }, ValueError, 'got 4'],
    ['an unknown normalization', { normalizationCtor: 'snt.GroupNorm' }, ValueError, 'GroupNorm'],
    ['an unknown initializer', { initializers: { q: initializers.ones() } }, KeyError, "'q'"],
    ['an unknown regularizer', { regularizers: { q: regularizers.l1(1) } }, KeyError, "'q'"],
    ['an unknown partitioner', { partitioners: { q: partitioners.fixedSize(1) } }, KeyError, "'q'"],
    ['an initializer that is not a function', { initializers: { w: 3 } }, TypeError, "'w'"],
    [
      'an initializer for biases that do not exist',
      { useBias: false, initializers: { b: initializers.ones() } },
      KeyError,
      "'b'",
    ],
  ])('%s', (_, options, error, message) => {
    expect(() => make(options)).toThrow(error);
    expect(() => make(options)).toThrow(message);
    expect(make().scopeName).toBe('conv_net_2d');
  });

  it('inputs of another rank, or another number of channels than at the first connection', () => {
    const net = make();
    expect(() => net(images(4, 4, 1))).toThrow('Conv2D "conv_net_2d/conv_2d_0"');
    expect(net(images(1, 4, 4, 1)).shape).toEqual([1, 4, 4, 3]);
    expect(() => net(images(1, 4, 4, 2))).toThrow(ValueError);
  });
});
