import {
  type AnyModule,
  Graph,
  Module,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { LayerNorm } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { AlexNetMini } from './alex-net/alex-net-mini.ts';
import { ConvNet2D } from './conv-net-2d/conv-net-2d.ts';
import { Dilation } from './dilation/dilation.ts';
import { MLP } from './mlp.ts';
import { CompressiveTransformer } from './transformer/compressive-transformer.ts';
import { ConvCompressor } from './transformer/conv-compressor.ts';
import { MultiheadAttention } from './transformer/multihead-attention.ts';
import { TransformerTower } from './transformer/transformer-tower.ts';
import { TransformerXL } from './transformer/transformer-xl.ts';

const TESTING = { isTraining: false };
const CONFIG = { valueSize: 2, numHeads: 2, numLayers: 1, mlpHiddenSizes: [3] };

/** A network, and a connection of it to inputs whose last dimension has a size. */
interface Subject {
  readonly net: AnyModule;
  readonly connect: (size: number) => unknown;
}

const subjects: readonly (readonly [name: string, make: () => Subject])[] = [
  ['MLP', () => subject(new MLP([2]), (net, size) => net(tf.ones([1, size])))],
  ['AlexNetMini', () => subject(new AlexNetMini(), (net, size) => net(tf.ones([1, 17, 17, size])))],
  [
    'ConvNet2D',
    () =>
      subject(new ConvNet2D([2, 2], [1], [1], ['SAME'], { normalizationCtor: LayerNorm }), (net, size) =>
        net(tf.ones([1, 2, 2, size])),
      ),
  ],
  ['Dilation', () => subject(new Dilation(2, { modelSize: 'large' }), (net, size) => net(tf.ones([1, 2, 2, size])))],
  ['MultiheadAttention', () => subject(new MultiheadAttention(2, 2, 2), (net, size) => net(tf.ones([1, 2, size])))],
  [
    'TransformerTower',
    () =>
      subject(new TransformerTower(2, 2, 1, { mlpHiddenSizes: [3] }), (net, size) =>
        net(tf.ones([1, 2, size]), TESTING),
      ),
  ],
  [
    'TransformerXL',
    () =>
      subject(new TransformerXL(CONFIG, 2, 2), (net, size) => net(tf.ones([1, 2, size]), net.initialState(1), TESTING)),
  ],
  [
    'CompressiveTransformer',
    () =>
      subject(new CompressiveTransformer(CONFIG, 2, 2, 2), (net, size) =>
        net(tf.ones([1, 2, size]), net.initialState(1), TESTING),
      ),
  ],
  [
    'ConvCompressor',
    () =>
      subject(new ConvCompressor(2, 2, 2), (net, size) => net(tf.ones([1, 2, size]), { needsLoss: false } as never)),
  ],
];

function subject<Net extends AnyModule>(net: Net, connect: (net: Net, size: number) => unknown): Subject {
  return { net, connect: (size) => connect(net, size) };
}

const describeVariables = (net: AnyModule): unknown[] =>
  net.getVariables().map((variable) => [variableName(variable), variable.shape]);

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe.each(subjects)('a first connection of %s', (_, make) => {
  it('leaves nothing when the connection around it fails: other inputs may follow', () => {
    const fresh = new Graph().asDefault(() => {
      const { net, connect } = make();
      connect(6);
      return describeVariables(net);
    });
    const { net, connect } = make();
    const failing = new Module(
      () => {
        connect(4);
        throw new ValueError('on purpose');
      },
      { name: 'failing' },
    );
    expect(() => failing()).toThrow('on purpose');
    expect(net.isConnected).toBe(false);
    for (const name of ['inputShape', 'convModules', 'linearModules']) {
      if (name in net) expect(() => Reflect.get(net, name), name).toThrow(NotConnectedError);
    }
    if ('attentionModules' in net) expect(net.attentionModules).toEqual([]);
    connect(6);
    expect(describeVariables(net)).toEqual(fresh);
    connect(6);
    expect(describeVariables(net)).toEqual(fresh);
  });
});
