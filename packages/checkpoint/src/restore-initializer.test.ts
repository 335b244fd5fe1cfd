import {
  GraphKeys,
  getDefaultGraph,
  getVariable,
  initializers,
  partitioners,
  resetDefaultGraph,
  variableScope,
} from '@sonnetjs/core';
import { BatchNorm, Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { CheckpointError } from './checkpoint-error.ts';
import { restoreInitializer } from './restore-initializer.ts';
import { type SafetensorsInput, serializeSafetensors } from './safetensors/serialize.ts';

const float32 = (shape: number[], ...data: number[]): SafetensorsInput => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

function checkpointOf(tensors: Record<string, SafetensorsInput>): Promise<Checkpoint> {
  return readCheckpoint(serializeSafetensors(Object.entries(tensors)));
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('restoreInitializer', () => {
  it('gives new variables the values that a checkpoint has under their names', async () => {
    const checkpoint = await checkpointOf({ 'linear/w': float32([2, 1], 3, 4), 'linear/b': float32([1], 5) });
    const linear = new Linear(1, { customGetter: restoreInitializer(checkpoint) });
    expect([...(await linear(tf.ones([1, 2])).data())]).toEqual([12]);
    await expectNoLeak(() => linear(tf.ones([1, 2])).dispose(), { kept: 1 });
  });

  it('finds them under other names', async () => {
    const checkpoint = await checkpointOf({ w: float32([2], 3, 4) });
    const customGetter = restoreInitializer(checkpoint, { nameFn: (name) => name.slice('net/'.length) });
    const w = variableScope('net', { customGetter }, () => getVariable('w', { shape: [2] }));
    expect([...(await w.data())]).toEqual([3, 4]);
  });

  it('converts dtypes', async () => {
    const data = BigInt64Array.of(7n);
    const checkpoint = await checkpointOf({ step: { dtype: 'int64', shape: [], data } });
    const customGetter = restoreInitializer(checkpoint);
    const step = getVariable('step', { shape: [], dtype: 'int32', customGetter });
    expect([...(await step.data())]).toEqual([7]);
  });

  it('cuts what is stored whole into slices', async () => {
    const checkpoint = await checkpointOf({ w: float32([2, 3], 1, 2, 3, 4, 5, 6) });
    const customGetter = restoreInitializer(checkpoint);
    const partitioner = partitioners.fixedSize(2, { axis: 1 });
    const w = getVariable('w', { shape: [2, 3], partitioner, customGetter });
    expect([...(await w.data())]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(
      getDefaultGraph()
        .getCollection('variables')
        .map((slice) => (slice as tf.Variable).shape),
    ).toEqual([
      [2, 2],
      [2, 1],
    ]);
  });

  it('leaves variables of other collections alone', async () => {
    const checkpoint = await checkpointOf({ beta: float32([1, 3], 7, 8, 9) });
    const nameFn = (name: string) => name.slice('batch_norm/'.length);
    const collection = GraphKeys.TRAINABLE_VARIABLES;
    const customGetter = restoreInitializer(checkpoint, { nameFn, collection });
    const norm = variableScope('', { customGetter }, () => new BatchNorm());
    norm(tf.zeros([2, 3]), { isTraining: true });
    expect([...(await norm.beta.data())]).toEqual([7, 8, 9]);
    expect([...(await norm.movingMean.data())]).toEqual([0, 0, 0]);
  });

  it('asks for variables in no standard collection only when it is told', async () => {
    const checkpoint = await checkpointOf({ w: float32([1], 7) });
    const make = (collection?: null) =>
      getVariable('w', {
        shape: [1],
        trainable: false,
        collections: ['mine'],
        initializer: initializers.zeros(),
        customGetter: restoreInitializer(checkpoint, collection === undefined ? {} : { collection }),
      });
    expect([...(await make().data())]).toEqual([0]);
    resetDefaultGraph();
    expect([...(await make(null).data())]).toEqual([7]);
  });

  it.each<[string, Record<string, SafetensorsInput>, string]>([
    [
      'is missing',
      {},
      'Variable "linear/w" cannot be restored from "linear/w" in the checkpoint: there is no such tensor.',
    ],
    ['has another shape', { 'linear/w': float32([1, 2], 3, 4) }, 'that is float32 [1, 2], but this is float32 [2, 1].'],
    [
      'has another dtype',
      { 'linear/w': { dtype: 'int32', shape: [2, 1], data: new Int32Array(2) } },
      'that is int32 [2, 1]',
    ],
  ])('fails, and leaves nothing behind, when a variable %s', async (_, tensors, message) => {
    const linear = new Linear(1, { customGetter: restoreInitializer(await checkpointOf(tensors)) });
    expect(() => linear(tf.ones([1, 2]))).toThrow(CheckpointError);
    expect(() => linear(tf.ones([1, 2]))).toThrow(message);
    expect(getDefaultGraph().collectionNames).toEqual([]);
  });

  it('needs a checkpoint that is in memory', () => {
    expect(() => restoreInitializer('model.ckpt' as unknown as Checkpoint)).toThrow('await readCheckpoint(source)');
  });
});
