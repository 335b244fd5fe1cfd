import { resetDefaultGraph, runUpdates, ValueError, variableName } from '@sonnetjs/core';
import { BatchNorm, BatchNormV2, LayerNorm } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConvNet2D, type ConvNet2DOptions } from './conv-net-2d.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
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

describe('normalization in a ConvNet2D', () => {
  const names = (net: ConvNet2D): string[] => net.variables.map((variable) => variableName(variable).slice(12));

  it('comes after each layer but the last, before the activation', () => {
    const order: string[] = [];
    class Recorder extends LayerNorm {
      protected override build(inputs: tf.Tensor): tf.Tensor {
        order.push(this.moduleName);
        return inputs;
      }
    }
    const activation = (x: tf.Tensor): tf.Tensor => {
      order.push('activation');
      return x;
    };
    const net = new ConvNet2D([1, 1, 1], [1], [1], ['SAME'], { normalizationCtor: Recorder, activation });
    net(images(1, 2, 2, 1));
    expect(order).toEqual(['batch_norm_0', 'activation', 'batch_norm_1', 'activation']);
    expect(net.normalizeFinal).toBe(false);
  });

  it('comes after the last layer, too, with normalizeFinal or activateFinal', () => {
    const withFinal = make({ normalizationCtor: LayerNorm, normalizeFinal: true });
    withFinal(images(1, 2, 2, 1));
    expect(names(withFinal)).toContain('batch_norm_1/gamma');
    expect(make({ activateFinal: true }).normalizeFinal).toBe(true);
    expect(make({ activateFinal: true, normalizeFinal: false }).normalizeFinal).toBe(false);
  });

  it('gets its options, and those of the call that it takes', () => {
    const net = make({ normalizationCtor: LayerNorm, normalizationKwargs: { offset: false } });
    net(images(1, 2, 2, 1), { isTraining: true });
    expect(names(net)).toEqual(
      ['conv_2d_0/b', 'conv_2d_0/w', 'batch_norm_0/gamma', 'conv_2d_1/b', 'conv_2d_1/w'].sort(),
    );
    expect(net.normalizationKwargs).toEqual({ offset: false });
    expect(net.normalizationCtor).toBe(LayerNorm);
  });

  it('may be made by a function, or given by name', () => {
    const byFunction = make({
      normalizationCtor: (options: { name: string }) => new LayerNorm({ ...options, scale: false }),
    });
    byFunction(images(1, 2, 2, 1));
    expect(names(byFunction)).toContain('batch_norm_0/beta');
    expect(names(byFunction)).not.toContain('batch_norm_0/gamma');
    expect(make({ normalizationCtor: 'snt.LayerNorm' }).normalizationCtor).toBe(LayerNorm);
    expect(make({ normalizationCtor: 'BatchNormV2' }).normalizationCtor).toBe(BatchNormV2);
  });

  it('updates moving averages in training calls, or when told so', () => {
    const inputs = images(2, 4, 4, 1);
    const movingMean = (net: ConvNet2D): number[] =>
      valuesOf(net.nonTrainableVariables.find((v) => v.name.endsWith('moving_mean')) as tf.Variable);
    const inline = make({ normalizationCtor: BatchNorm });
    inline(inputs, { isTraining: true });
    expect(movingMean(inline)).not.toEqual([0, 0]);
    const deferred = make({ normalizationCtor: BatchNorm, normalizationKwargs: { updateOpsCollection: 'later' } });
    deferred(inputs, { isTraining: true });
    expect(movingMean(deferred)).toEqual([0, 0]);
    runUpdates('later');
    expect(movingMean(deferred)).not.toEqual([0, 0]);
  });

  it('may be said the old way', () => {
    const net = make({ useBatchNorm: true, batchNormConfig: { scale: true } });
    net(images(1, 2, 2, 1), { isTraining: false, testLocalStats: false });
    expect([net.useBatchNorm, net.normalizationCtor]).toEqual([true, BatchNorm]);
    expect(net.batchNormConfig).toEqual({ scale: true });
    expect(names(net)).toContain('batch_norm_0/gamma');
    expect(make({ useBatchNorm: false, normalizationCtor: LayerNorm }).normalizationCtor).toBe(LayerNorm);
    expect(make().useBatchNorm).toBe(false);
  });

  it.each([BatchNorm, BatchNormV2])('must be told isTraining: %o', (normalizationCtor) => {
    const net = make({ normalizationCtor });
    expect(() => net(images(1, 2, 2, 1))).toThrow(ValueError);
    expect(() => net(images(1, 2, 2, 1))).toThrow('ConvNet2D "conv_net_2d": isTraining must be given');
    expect(net.isConnected).toBe(false);
  });
});
