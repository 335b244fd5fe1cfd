import {
  customGetters,
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { BatchNorm, Conv2DTranspose, LayerNorm } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConvNet2DTranspose, type ConvNet2DTransposeOptions } from './conv-net-2d-transpose.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

function make(options: ConvNet2DTransposeOptions = {}): ConvNet2DTranspose {
  return new ConvNet2DTranspose(
    [2, 1],
    [
      [4, 4],
      [8, 8],
    ],
    [3],
    [2],
    ['SAME'],
    options,
  );
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a ConvNet2DTranspose', () => {
  it('applies its layers with the activation between them', () => {
    const options = { initializers: { w: initializers.ones(), b: initializers.constant(-2) } };
    const net = new ConvNet2DTranspose([1, 1], [2], [1], [1], ['VALID'], options);
    expect(valuesOf(net(tf.tensor4d([1, 5, 2, 3], [1, 2, 2, 1])))).toEqual([-2, 1, -2, -1]);
  });

  it('names its variables by layer, in the order of the layers', () => {
    const net = make();
    expect(net(tf.ones([3, 2, 2, 5])).shape).toEqual([3, 8, 8, 1]);
    expect(net.getVariables().map(variableName)).toEqual([
      'conv_net_2d_transpose/conv_2d_transpose_0/w',
      'conv_net_2d_transpose/conv_2d_transpose_0/b',
      'conv_net_2d_transpose/conv_2d_transpose_1/w',
      'conv_net_2d_transpose/conv_2d_transpose_1/b',
    ]);
    expect(net.nameScopes).toEqual(['conv_net_2d_transpose_1']);
    expect(net.layers.every((layer) => layer instanceof Conv2DTranspose)).toBe(true);
  });

  it('takes output shapes for each layer or once, as sizes or functions', () => {
    let size = 0;
    const net = new ConvNet2DTranspose([2, 1], [() => [size, size]], [3], [1], ['SAME']);
    size = 3;
    expect(net(tf.ones([1, 3, 3, 1])).shape).toEqual([1, 3, 3, 1]);
    expect(net.outputShapes).toEqual([
      [3, 3],
      [3, 3],
    ]);
    expect(make().outputShapes).toEqual([
      [4, 4],
      [8, 8],
    ]);
    expect(new ConvNet2DTranspose([1], [5], [3], [2], ['VALID'])(tf.ones([1, 2, 2, 1])).shape).toEqual([1, 5, 5, 1]);
  });

  it('normalizes after its layers', () => {
    const net = make({ normalizationCtor: BatchNorm, normalizeFinal: true });
    net(tf.ones([1, 2, 2, 1]), { isTraining: true });
    expect(net.trainableVariables.map((variable) => variableName(variable).slice(22))).toEqual([
      'batch_norm_0/beta',
      'batch_norm_1/beta',
      'conv_2d_transpose_0/b',
      'conv_2d_transpose_0/w',
      'conv_2d_transpose_1/b',
      'conv_2d_transpose_1/w',
    ]);
    expect(() => make({ useBatchNorm: true })(tf.ones([1, 2, 2, 1]))).toThrow('isTraining must be given');
  });

  it('gives a custom getter to its variables', () => {
    const net = make({ customGetter: customGetters.nonTrainable });
    net(tf.ones([1, 2, 2, 1]));
    expect(net.trainableVariables).toEqual([]);
  });

  it('knows what it was made with', () => {
    const net = make({ activation: tf.elu, activateFinal: true, useBias: [true, false], normalizationCtor: LayerNorm });
    expect([net.outputChannels, net.kernelShapes, net.strides]).toEqual([
      [2, 1],
      [3, 3],
      [2, 2],
    ]);
    expect([net.paddings, net.rates, net.useBias]).toEqual([
      ['SAME', 'SAME'],
      [1, 1],
      [true, false],
    ]);
    expect([net.activation, net.activateFinal, net.normalizeFinal]).toEqual([tf.elu, true, true]);
    expect([net.normalizationCtor, net.useBatchNorm]).toEqual([LayerNorm, false]);
    expect(() => net.inputShape).toThrow(NotConnectedError);
  });

  it('leaks nothing over 100 calls', () => {
    const net = make();
    const inputs = tf.ones([1, 2, 2, 1]);
    net(inputs).dispose();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) net(inputs).dispose();
    });
  });
});

describe('the transpose of a ConvNet2DTranspose', () => {
  it('maps back through the same layers', () => {
    const net = make({ useBias: [true, false] });
    const transpose = net.transpose();
    expect(transpose(net(tf.ones([1, 2, 2, 5]))).shape).toEqual([1, 2, 2, 5]);
    expect(transpose.outputChannels).toEqual([2, 5]);
    expect(transpose.useBias).toEqual([false, true]);
    expect(transpose.variables.map(variableName)).toEqual([
      'conv_net_2d_transpose_transpose/conv_2d_0/w',
      'conv_net_2d_transpose_transpose/conv_2d_1/b',
      'conv_net_2d_transpose_transpose/conv_2d_1/w',
    ]);
  });

  it('takes other options', () => {
    const transpose = make().transpose({ name: 'encoder', outputChannels: [1, 2], paddings: ['FULL'], strides: [1] });
    expect([transpose.moduleName, transpose.outputChannels]).toEqual(['encoder', [1, 2]]);
    expect([transpose.paddings, transpose.strides]).toEqual([
      ['FULL', 'FULL'],
      [1, 1],
    ]);
  });

  it('needs as many channels as there are layers', () => {
    expect(() => make().transpose({ outputChannels: [1, 2, 3] })).toThrow(
      'ConvNet2DTranspose "conv_net_2d_transpose": outputChannels of the transpose must have one item for each of the 2',
    );
  });
});

describe('a ConvNet2DTranspose refuses', () => {
  type Arguments = ConstructorParameters<typeof ConvNet2DTranspose>;

  it.each<[string, unknown[], new (...args: never) => Error, string]>([
    ['channels that are not iterable', [3, [[4, 4]], [3], [1], ['SAME']], TypeError, 'outputChannels must be iterable'],
    ['output shapes that are not iterable', [[3], 4, [3], [1], ['SAME']], TypeError, 'outputShapes must be iterable'],
    ['too many output shapes', [[3], [4, 4], [3], [1], ['SAME']], ValueError, 'outputShapes must be of length 1'],
    ['no channels', [[], [4], [3], [1], ['SAME']], ValueError, 'outputChannels must not be empty'],
    ['another padding than SAME and VALID', [[3], [4], [3], [1], ['FULL']], ValueError, 'FULL'],
    ['an unknown data format', [[3], [4], [3], [1], ['SAME'], { dataFormat: 'CHWN' }], ValueError, 'got CHWN'],
    ['an unknown initializer', [[3], [4], [3], [1], ['SAME'], { initializers: { q: tf.ones } }], KeyError, "'q'"],
    ['a regularizer that is no function', [[3], [4], [3], [1], ['SAME'], { regularizers: { w: 1 } }], TypeError, "'w'"],
    ['an activation that is no function', [[3], [4], [3], [1], ['SAME'], { activation: 1 }], TypeError, 'got 1'],
    ['no normalization', [[3], [4], [3], [1], ['SAME'], { normalizationCtor: 4 }], ValueError, 'got 4'],
  ])('%s', (_, args, error, message) => {
    expect(() => new ConvNet2DTranspose(...(args as unknown as Arguments))).toThrow(error);
    expect(() => new ConvNet2DTranspose(...(args as unknown as Arguments))).toThrow(message);
    expect(make().scopeName).toBe('conv_net_2d_transpose');
  });

  it('inputs of another rank', () => {
    expect(() => make()(tf.ones([2, 2, 1]))).toThrow(IncompatibleShapeError);
  });
});
