import { type AnyModule, Module, partitioners, resetDefaultGraph, variableScope } from '@sonnetjs/core';
import { BatchFlatten, BatchNorm, Conv2D, Linear } from '@sonnetjs/layers';
import { MLP } from '@sonnetjs/nets';
import { DeepRNN, dynamicRnn, LSTM } from '@sonnetjs/recurrent';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { testData, testJson } from '../scripts/test-data.ts';
import { readCheckpoint } from './checkpoint.ts';
import { restoreInitializer } from './restore-initializer.ts';
import { getSaver, type RestoreOptions, type SaverOptions } from './saver.ts';

const TOLERANCE = 1e-5;

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Case {
  readonly inputs: readonly [Values];
  readonly outputs: readonly [Values];
}

/** A model of a checkpoint: what runs it, and the module or scope that has its variables. */
interface Model {
  readonly run: (inputs: tf.Tensor) => tf.Tensor;
  readonly scope: AnyModule | string;
}

interface Written {
  /** Makes the model the way it was made in Python. */
  readonly make: () => Model;
  readonly saver?: SaverOptions;
  readonly restore?: RestoreOptions;
  /** The name in the checkpoint of a variable with this full name. */
  readonly nameFn?: (name: string) => string;
}

function moduleModel(module: Module<[tf.Tensor], tf.Tensor> | MLP | Linear): Model {
  return { run: (inputs) => module(inputs) as tf.Tensor, scope: module };
}

function convBatchNorm(): Model {
  const build = (inputs: tf.Tensor) => {
    const channels = new Conv2D(4, 3, { name: 'conv' })(inputs);
    const normal = new BatchNorm({ name: 'bn' })(channels, { isTraining: false, testLocalStats: false });
    return new Linear(2, { name: 'out' })(new BatchFlatten()(tf.relu(normal)));
  };
  return moduleModel(new Module(build, { name: 'net' }));
}

function deepLstm(): Model {
  const core = new DeepRNN([new LSTM(4, { name: 'l1' }), new LSTM(3, { name: 'l2' })], {
    skipConnections: true,
    name: 'core',
  });
  const run = (inputs: tf.Tensor) => {
    const initialState = core.initialState(inputs.shape[1] as number);
    return dynamicRnn(core, inputs, { initialState, timeMajor: true })[0] as tf.Tensor;
  };
  // The cores of a DeepRNN are made outside of it, and so are their variables.
  return { run, scope: '' };
}

/** The checkpoints that Sonnet 1.36 wrote. */
const checkpoints: Readonly<Record<string, Written>> = {
  mlp: { make: () => moduleModel(new MLP([8, 5], { name: 'policy' })), saver: { context: '' } },
  mlp_module_saver: {
    make: () => moduleModel(new MLP([8, 5], { name: 'policy' })),
    nameFn: (name) => name.replace('policy/', ''),
  },
  partitioned_linear: {
    make: () => moduleModel(new Linear(4, { name: 'big', partitioners: { w: partitioners.fixedSize(3) } })),
    saver: { context: '' },
  },
  conv_batch_norm: {
    make: convBatchNorm,
    saver: { context: '' },
    restore: { allowUnexpected: (name) => name === 'global_step' },
  },
  deep_lstm: { make: deepLstm },
};

const place = (name: string) => testData(`${name}/model.ckpt-1000`);

async function caseOf(name: string): Promise<{ inputs: tf.Tensor; outputs: Values }> {
  const { inputs, outputs } = (await testJson(`${name}/case.json`)) as Case;
  return { inputs: tf.tensor(inputs[0].data, inputs[0].shape), outputs: outputs[0] };
}

async function expectOutputs(found: tf.Tensor, expected: Values): Promise<void> {
  expect(found.shape).toEqual(expected.shape);
  const values = await found.data();
  const distances = expected.data.map((value, i) => Math.abs(value - (values[i] ?? Number.NaN)));
  expect(Math.max(...distances)).toBeLessThan(TOLERANCE);
}

beforeEach(() => {
  resetDefaultGraph();
});

describe.each(Object.entries(checkpoints))('the checkpoint "%s" of Sonnet', (name, written) => {
  it('gives the outputs of Python when a connected model is restored', async () => {
    const { inputs, outputs } = await caseOf(name);
    const { run, scope } = written.make();
    run(inputs);
    await getSaver(scope, written.saver).restore(place(name), written.restore);
    await expectOutputs(run(inputs), outputs);
  });

  it('gives the outputs of Python when a model is initialized from it', async () => {
    const { inputs, outputs } = await caseOf(name);
    const checkpoint = await readCheckpoint(place(name));
    const customGetter = restoreInitializer(checkpoint, { nameFn: written.nameFn ?? ((variable) => variable) });
    const found = variableScope('', { customGetter }, () => written.make().run(inputs));
    await expectOutputs(found, outputs);
  });
});
