import {
  customGetters,
  GraphKeys,
  getCollection,
  IncompatibleShapeError,
  initializers,
  KeyError,
  NotConnectedError,
  regularizers,
  resetDefaultGraph,
  SonnetError,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { AlexNet, type AlexNetMode } from './alex-net.ts';
import { AlexNetFull } from './alex-net-full.ts';
import { AlexNetMini } from './alex-net-mini.ts';

const images = (): tf.Tensor => tf.fill([1, 17, 17, 1], 0.5);
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
/** Weights by which all outputs are positive. */
const positive = { w: initializers.constant(0.01), b: initializers.constant(0.1) };

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('an AlexNet', () => {
  it('has the layers of its mode', () => {
    const net = new AlexNet(AlexNet.MINI);
    expect(net(images()).shape).toEqual([1, 1024]);
    expect(net.convModules.map((conv) => [conv.kernelShape, conv.outputChannels])).toEqual([
      [[3, 3], 48],
      [[3, 3], 128],
      [[3, 3], 192],
      [[3, 3], 192],
      [[3, 3], 128],
    ]);
    expect(net.linearModules.map((linear) => linear.w.shape)).toEqual([
      [128, 1024],
      [1024, 1024],
    ]);
    expect(net.getVariables().map(variableName).slice(8)).toEqual([
      'alex_net/conv_4/w',
      'alex_net/conv_4/b',
      'alex_net/fc_0/w',
      'alex_net/fc_0/b',
      'alex_net/fc_1/w',
      'alex_net/fc_1/b',
    ]);
    expect(net.nameScopes).toEqual(['alex_net']);
  });

  it('knows the smallest size of its inputs', () => {
    expect(new AlexNet(AlexNet.MINI).minInputSize).toBe(17);
    expect(new AlexNet(AlexNet.FULL).minInputSize).toBe(195);
  });

  it('shares its variables between connections', () => {
    const net = new AlexNetMini();
    expect(valuesOf(net(images()))).toEqual(valuesOf(net(images())));
    expect(net.variables).toHaveLength(14);
  });

  it('has its layers from the first connection on', () => {
    const net = new AlexNetMini();
    expect(() => net.convModules).toThrow(NotConnectedError);
    expect(() => net.linearModules).toThrow('AlexNetMini "alex_net_mini"');
  });

  it('gives initializers, regularizers and custom getters to its variables', () => {
    const net = new AlexNetMini({
      initializers: positive,
      regularizers: { b: regularizers.l1(1) },
      customGetter: { 'fc_.*': customGetters.nonTrainable },
    });
    net(images());
    expect(getCollection(GraphKeys.REGULARIZATION_LOSSES)).toHaveLength(7);
    expect(net.nonTrainableVariables).toHaveLength(4);
    expect(net.initializers).toEqual(positive);
    expect(Object.keys(net.regularizers)).toEqual(['b']);
    expect(net.partitioners).toEqual({});
    expect(AlexNet.getPossibleInitializerKeys()).toEqual(['w', 'b']);
  });

  it('has gradients by all its variables', () => {
    const net = new AlexNetMini({ initializers: positive });
    const { grads, value } = valueAndGrads(() => tf.mean(net(images())) as tf.Scalar);
    expect(value.dataSync()[0]).toBeGreaterThan(0);
    expect(Object.values(grads).every((grad) => grad !== null && valuesOf(tf.abs(tf.sum(grad)))[0] !== 0)).toBe(true);
  }, 60_000);

  it('leaks nothing over 100 calls', () => {
    const net = new AlexNetMini({ initializers: positive });
    const inputs = images();
    const call = (): void => net(inputs, { isTraining: true, keepProb: 0.5 }).dispose();
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  }, 60_000);
});

describe('batch normalization in an AlexNet', () => {
  const betas = (net: AlexNet): string[] =>
    net.trainableVariables.map(variableName).filter((name) => name.endsWith('beta'));

  it('comes after the convolutions, and by default after the fully connected layers', () => {
    const net = new AlexNet(AlexNet.MINI, { useBatchNorm: true });
    net(images(), { isTraining: true });
    expect(betas(net)).toHaveLength(7);
    expect(betas(net)[0]).toBe('alex_net/batch_norm/beta');
    expect(betas(net)[6]).toBe('alex_net/batch_norm_6/beta');
  });

  it.each([
    ['AlexNetMini', () => new AlexNetMini({ useBatchNorm: true })],
    ['bnOnFcLayers: false', () => new AlexNet(AlexNet.MINI, { useBatchNorm: true, bnOnFcLayers: false })],
  ])('comes after the convolutions only: %s', (_, make) => {
    const net = make();
    net(images(), { isTraining: true });
    expect(betas(net)).toHaveLength(5);
  });

  it('gets its options, and those of the call', () => {
    const net = new AlexNetMini({ useBatchNorm: true, batchNormConfig: { scale: true, decayRate: 0 } });
    const local = net(images(), { isTraining: false });
    const moving = net(images(), { isTraining: false, testLocalStats: false });
    expect(net.trainableVariables.map(variableName)).toContain('alex_net_mini/batch_norm/gamma');
    expect(valuesOf(local)).not.toEqual(valuesOf(moving));
  });
});

describe('dropout in an AlexNet', () => {
  const zeros = (tensor: tf.Tensor): number => valuesOf(tensor).filter((x) => x === 0).length;

  it('takes place with keepProb only', () => {
    const net = new AlexNetMini({ initializers: positive });
    expect(zeros(net(images(), { isTraining: true }))).toBe(0);
    const dropped = zeros(net(images(), { isTraining: true, keepProb: 0.5 }));
    expect(dropped).toBeGreaterThan(400);
    expect(dropped).toBeLessThan(624);
    expect(zeros(net(images(), { isTraining: tf.scalar(true), keepProb: tf.scalar(0.5) }))).toBeGreaterThan(400);
  });

  it('must not drop anything without training', () => {
    const net = new AlexNetMini({ initializers: positive });
    expect(zeros(net(images(), { isTraining: false, keepProb: 1 }))).toBe(0);
    for (const keepProb of [0.5, tf.scalar(0.5)]) {
      expect(() => net(images(), { isTraining: false, keepProb })).toThrow(ValueError);
      expect(() => net(images(), { isTraining: false, keepProb })).toThrow('keepProb must be absent or 1');
    }
  });
});

describe('AlexNetFull and AlexNetMini', () => {
  it('are AlexNets with names of their own', () => {
    expect(new AlexNetFull()).toBeInstanceOf(AlexNet);
    expect(new AlexNetFull().scopeName).toBe('alex_net_full_1');
    expect(new AlexNetMini({ name: 'eyes' }).scopeName).toBe('eyes');
    expect([new AlexNetFull().minInputSize, new AlexNetMini().minInputSize]).toEqual([195, 17]);
  });
});

describe('an AlexNet refuses', () => {
  it('an unknown mode', () => {
    const make = (): AlexNet => new AlexNet('BIG' as AlexNetMode);
    expect(make).toThrow(SonnetError);
    expect(make).toThrow("AlexNet: the mode must be 'FULL' or 'MINI'; got 'BIG'.");
    expect(new AlexNet('MINI').scopeName).toBe('alex_net');
  });

  it.each([
    [{ initializers: { q: initializers.ones() } }, KeyError],
    [{ partitioners: { q: initializers.ones() } }, KeyError],
    [{ regularizers: { q: initializers.ones() } }, KeyError],
    [{ regularizers: { w: 3 } }, TypeError],
  ])('the options %j', (options, error) => {
    expect(() => new AlexNetMini(options as object)).toThrow(error);
    expect(new AlexNetMini().scopeName).toBe('alex_net_mini');
  });

  it('images that are too small', () => {
    const net = new AlexNetMini();
    expect(() => net(tf.ones([1, 8, 30, 3]))).toThrow(IncompatibleShapeError);
    expect(() => net(tf.ones([1, 8, 30, 3]))).toThrow('AlexNetMini "alex_net_mini": images must be at least 17');
    expect(() => net(tf.ones([1, 30, 16, 3]))).toThrow('(30, 16) < 17');
    expect(() => net(tf.ones([30, 30, 3]))).toThrow('rank 4');
    expect(net.isConnected).toBe(false);
  });

  it('not to be told isTraining with batch normalization or dropout', () => {
    expect(() => new AlexNetMini({ useBatchNorm: true })(images())).toThrow(ValueError);
    expect(() => new AlexNetMini()(images(), { keepProb: 1 })).toThrow('isTraining must be given');
  });
});
