import { MultiheadAttention } from '@sonnetjs/nets';
import * as tf from '@tensorflow/tfjs-core';
import { type InputArg, type Json, type ModuleEntry, tensor } from '../entry.ts';

/** A module of `@sonnetjs/nets`. */
function net(
  name: string,
  args: readonly Json[],
  inputs: readonly InputArg[],
  more: Partial<ModuleEntry> = {},
): ModuleEntry {
  return { name, package: '@sonnetjs/nets', config: { module: `snt.nets.${name}`, args }, inputs, ...more };
}

const tanh: Json = { activation: { fn: 'tanh' } };
const notTraining: InputArg = { json: { isTraining: false } };
const tower: Json = { valueSize: 2, numHeads: 2, numLayers: 1, mlpHiddenSizes: [4] };
const transformer = { golden: ['transformer'] };

/** The state that a core begins with, for a batch of two. */
const initialState: InputArg = {
  make: (module) => (module as unknown as { initialState(batchSize: number): unknown }).initialState(2),
};

/** What a compressor of memories gets besides the memory: how the memory was attended to. */
const attention: InputArg = {
  make: () => {
    const attentionModule = new MultiheadAttention(2, 2, 2, { name: 'attended' });
    const [, attentionState] = attentionModule(tf.ones([2, 4, 4]));
    return { attentionState, attentionModule, needsLoss: true };
  },
};

const kinks = 'relu and max pooling have kinks, beside which differences say nothing';
const nearest =
  'the codes are the nearest ones: a step function of the inputs, which the gradient passes straight through';

/** The modules of `@sonnetjs/nets`. */
export const netsModules: readonly ModuleEntry[] = [
  net('AlexNet', ['MINI'], [tensor(1, 17, 17, 2)], { except: { gradient: kinks } }),
  net('AlexNetFull', [], [tensor(1, 195, 195, 1)], {
    golden: ['AlexNet'],
    except: { gradient: kinks },
  }),
  net('AlexNetMini', [], [tensor(1, 17, 17, 2)], { golden: ['AlexNet'], except: { gradient: kinks } }),
  net('CompressiveTransformer', [tower, 2, 4, 3], [tensor(2, 2, 4), initialState, notTraining], {
    ...transformer,
    except: { gradient: 'the next memory is cut off from the gradients' },
  }),
  net('ConvCompressor', [2, 4, 4], [tensor(2, 4, 4), attention], {
    ...transformer,
    except: { gradient: 'no gradient leads to the memory, by design' },
  }),
  net('ConvNet2D', [[2, 3], [3], [1], ['SAME'], tanh], [tensor(2, 4, 4, 2)]),
  net(
    'ConvNet2DTranspose',
    [
      [2, 3],
      [
        [6, 6],
        [12, 12],
      ],
      [3],
      [2],
      ['SAME'],
      tanh,
    ],
    [tensor(2, 3, 3, 2)],
  ),
  net('Dilation', [2], [{ tensor: { shape: [1, 3, 3, 2], values: Array.from({ length: 18 }, (_, i) => 1 + i / 7) } }]),
  net('MLP', [[4, 2], tanh], [tensor(3, 5)]),
  net('MultiheadAttention', [2, 3, 2], [tensor(2, 3, 4)], transformer),
  net('PoolCompressor', [2, 4, 4], [tensor(2, 4, 4)], transformer),
  net('TransformerTower', [2, 2, 1, { mlpHiddenSizes: [4] }], [tensor(2, 3, 4), notTraining], transformer),
  net('TransformerXL', [tower, 4, 2], [tensor(2, 2, 4), initialState, notTraining], {
    ...transformer,
    except: { gradient: 'the next memory is cut off from the gradients' },
  }),
  net('VectorQuantizer', [3, 5, 0.25], [tensor(4, 3), notTraining], { except: { gradient: nearest } }),
  net('VectorQuantizerEMA', [3, 5, 0.25, 0.9], [tensor(4, 3), notTraining], { except: { gradient: nearest } }),
];
