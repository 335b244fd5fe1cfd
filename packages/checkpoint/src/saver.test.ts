import {
  type AnyModule,
  addToCollection,
  Graph,
  GraphKeys,
  getVariable,
  getVariableScope,
  initializers,
  Module,
  partitioners,
  resetDefaultGraph,
  type VariableScope,
  variableScope,
} from '@sonnetjs/core';
import { BatchNorm, Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import { parseSafetensors } from './safetensors/parse.ts';
import { serializeSafetensors } from './safetensors/serialize.ts';
import { getSaver } from './saver.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const constant = (value: number) => ({ initializer: initializers.constant(value) });
const inputs = tf.ones([2, 3]);

function connected(outputSize: number, name: string): Linear {
  const linear = new Linear(outputSize, { name });
  linear(inputs);
  return linear;
}

async function valuesOf(module: AnyModule): Promise<number[][]> {
  return Promise.all(
    module
      .getAllVariables({ collection: GraphKeys.GLOBAL_VARIABLES })
      .map(async (variable) => [...(await variable.data())]),
  );
}

describe('getSaver', () => {
  it('names variables as they are called inside the module', async () => {
    const names = async (scope: Parameters<typeof getSaver>[0], context?: string) => {
      const bytes = await getSaver(scope, context === undefined ? {} : { context }).serialize();
      return [...parseSafetensors(bytes).tensors.keys()];
    };
    const model = new Module((x: tf.Tensor) => new Linear(2, { name: 'inner' })(x), { name: 'outer' });
    model(inputs);
    connected(1, 'other');
    expect(await names(model)).toEqual(['inner/b', 'inner/w']);
    expect(await names('outer/inner')).toEqual(['b', 'w']);
    expect(await names('outer/inner', 'outer')).toEqual(['inner/b', 'inner/w']);
    expect(await names(model, '')).toEqual(['outer/inner/b', 'outer/inner/w']);
    expect(await names('')).toEqual(['other/b', 'other/w', 'outer/inner/b', 'outer/inner/w']);
    const scope = variableScope('outer', () => getVariableScope()) as VariableScope;
    expect(await names(scope)).toEqual(['inner/b', 'inner/w']);
  });

  it('refuses what has no variables, or no such context', () => {
    expect(() => getSaver(new Linear(1))).toThrow(expect.objectContaining({ name: 'NotConnectedError' }));
    expect(() => getSaver(7 as unknown as string)).toThrow('Not a variable scope: 7');
    connected(1, 'a');
    expect(() => getSaver('a', { context: 'b' })).toThrow('The context "b" is not the scope "a"');
    const optimizer = { 'a:b': tf.train.sgd(1) };
    expect(() => getSaver('a', { optimizer })).toThrow('name cannot have a colon: "a:b"');
    expect(() => getSaver('a', { maxToKeep: -1 })).toThrow('maxToKeep must be an integer of at least 0; got -1');
  });

  it('takes the variables of the collections that it is told', async () => {
    const norm = new BatchNorm({ name: 'norm' });
    norm(inputs, { isTraining: true });
    const names = async (...collections: string[]) =>
      [...parseSafetensors(await getSaver(norm, { collections }).serialize()).tensors.keys()].sort();
    expect(await names(GraphKeys.TRAINABLE_VARIABLES)).toEqual(['beta']);
    expect(await names(GraphKeys.MOVING_AVERAGE_VARIABLES, GraphKeys.GLOBAL_VARIABLES)).toEqual([
      'beta',
      'moving_mean',
      'moving_variance',
    ]);
    expect(await names('none')).toEqual([]);
  });

  it('knows variables that are made after it', async () => {
    const saver = getSaver('');
    connected(1, 'late');
    const bytes = await saver.serialize();
    expect([...parseSafetensors(bytes).tensors.keys()]).toEqual(['late/b', 'late/w']);
  });

  it('refuses two variables of one name', () => {
    const graph = new Graph();
    graph.asDefault(() => getVariable('w', { shape: [] }));
    graph.addToCollection('mine', tf.variable(tf.scalar(1), false, 'w'));
    const collections = [GraphKeys.GLOBAL_VARIABLES, 'mine'];
    expect(() => graph.asDefault(() => getSaver('', { collections }))).toThrow('there are two variables "w"');
    graph.dispose();
    tf.disposeVariables();
  });

  it('refuses names that would be taken for something else', () => {
    addToCollection('mine', tf.variable(tf.scalar(1), false, 'a:b'));
    expect(() => getSaver('', { collections: ['mine'] })).toThrow('a colon in its name: "a:b"');
    tf.disposeVariables();
  });
});

describe('a saver', () => {
  it('restores another instance of the model, in any graph', async () => {
    const teacher = connected(4, 'teacher');
    const bytes = await getSaver(teacher).serialize();
    const graph = new Graph();
    const pupil = graph.asDefault(() => connected(4, 'pupil'));
    const saver = getSaver(pupil);
    await saver.restore(bytes);
    expect(await valuesOf(pupil)).toEqual(await valuesOf(teacher));
    graph.dispose();
    await expect(saver.restore(bytes)).rejects.toThrow('was disposed');
  });

  it('restores every dtype of TensorFlow.js to the bit', async () => {
    const floats = Float32Array.of(0.1, -0, 1e-45, Number.POSITIVE_INFINITY, 3.4e38);
    const given: Record<string, tf.Tensor> = {
      floats: tf.tensor(floats),
      ints: tf.tensor([-(2 ** 31), 2 ** 31 - 1], [2], 'int32'),
      bools: tf.tensor([true, false], [2], 'bool'),
      scalar: tf.scalar(7, 'int32'),
      empty: tf.zeros([0, 3]),
    };
    const make = (value: (name: string) => tf.Tensor) =>
      Object.entries(given).map(([name, { shape, dtype }]) =>
        getVariable(name, { shape, dtype, initializer: () => tf.clone(value(name)) }),
      );
    make((name) => given[name] as tf.Tensor);
    const bytes = await getSaver('').serialize();
    resetDefaultGraph();
    const restored = make((name) => tf.zerosLike(given[name] as tf.Tensor));
    await getSaver('').restore(bytes);
    for (const [i, tensor] of Object.values(given).entries()) {
      expect(await restored[i]?.data()).toEqual(await tensor.data());
    }
  });

  it('saves what was there when it was called', async () => {
    const w = getVariable('w', { shape: [2], ...constant(1) }) as tf.Variable;
    const saver = getSaver('');
    const saving = saver.serialize();
    w.assign(tf.fill([2], 2));
    await saver.restore(await saving);
    expect([...(await w.data())]).toEqual([1, 1]);
  });

  it('stores a variable that modules share once', async () => {
    const shared = new Linear(2, { name: 'shared' });
    const model = new Module((x: tf.Tensor) => tf.add(shared(x), shared(tf.neg(x))), { name: 'model' });
    model(inputs);
    const extra = { same: [shared.w, shared.w] };
    const bytes = await getSaver('').serialize({ extra });
    expect([...parseSafetensors(bytes).tensors.keys()]).toEqual(['shared/b', 'shared/w']);
    const restored = (await getSaver('').restore(bytes)).extra as { same: tf.Tensor[] };
    expect(restored.same[0]).toBe(restored.same[1]);
    expect(await restored.same[0]?.data()).toEqual(await shared.w.data());
  });

  it('leaves no tensors behind', async () => {
    const linear = connected(2, 'linear');
    const saver = getSaver(linear);
    const bytes = await expectNoLeak(() => saver.serialize());
    await expectNoLeak(() => saver.restore(bytes));
    await expectNoLeak(() => saver.restore(new Uint8Array(3)).catch(() => {}));
    await expectNoLeak(() => saver.serialize({ extra: new Date() }).catch(() => {}));
  });

  it('keeps variables in slices as one, so that they may be whole or in other slices elsewhere', async () => {
    const make = (name: string, shards: number | null, axis: number) => {
      const partitioner = shards === null ? null : partitioners.fixedSize(shards, { axis });
      return variableScope(name, () =>
        getVariable('w', { shape: [4, 3], partitioner, initializer: initializers.randomNormal() }),
      );
    };
    const read = (name: string, shards: number | null, axis: number) =>
      variableScope(name, { reuse: true }, () =>
        getVariable('w', {
          shape: [4, 3],
          partitioner: shards === null ? null : partitioners.fixedSize(shards, { axis }),
        }),
      );
    const kinds: [number | null, number][] = [
      [null, 0],
      [2, 0],
      [3, 0],
      [3, 1],
      [2, 1],
    ];
    for (const [i, [shards, axis]] of kinds.entries()) make(`m${i}`, shards, axis);
    for (const [from, to] of kinds.flatMap((_, i) => kinds.map((_, j) => [i, j] as const))) {
      const bytes = await getSaver(`m${from}`).serialize();
      expect(parseSafetensors(bytes).tensors.get('w')?.shape).toEqual([4, 3]);
      await getSaver(`m${to}`).restore(bytes);
      const [expected, found] = [from, to].map((i) => read(`m${i}`, ...(kinds[i] as [number | null, number])));
      expect(await found?.data()).toEqual(await expected?.data());
    }
  });

  it('refuses variables that were disposed', async () => {
    const w = getVariable('w', { shape: [2] });
    const saver = getSaver('');
    const bytes = await saver.serialize();
    w.dispose();
    await expect(saver.serialize()).rejects.toThrow('save: "w" was disposed.');
    await expect(saver.restore(bytes)).rejects.toThrow('restore: "w" was disposed.');
  });

  it('refuses a step that is none', async () => {
    await expect(getSaver('').serialize({ step: -1 })).rejects.toThrow('an integer of at least 0; got -1');
    await expect(getSaver('').serialize({ step: 0.5 })).rejects.toThrow('got 0.5');
  });
});

describe('restoring', () => {
  it('reports everything that does not fit at once, and changes nothing', async () => {
    getVariable('same', { shape: [2], ...constant(1) });
    getVariable('shape', { shape: [2, 3] });
    getVariable('dtype', { shape: [1], dtype: 'int32' });
    getVariable('gone', { shape: [] });
    const bytes = await getSaver('').serialize();
    resetDefaultGraph();
    const same = getVariable('same', { shape: [2], ...constant(9) });
    getVariable('shape', { shape: [3, 2] });
    getVariable('dtype', { shape: [1] });
    getVariable('new', { shape: [4] });
    const error: unknown = await getSaver('')
      .restore(bytes)
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as CheckpointError).message.split('\n')).toEqual([
      'The checkpoint does not fit; nothing was restored.',
      '  missing: "new" should be float32 [4]; the checkpoint has none',
      '  unexpected: "gone" is float32 [] in the checkpoint; here there is none',
      '  mismatched: "shape" should be float32 [3, 2]; in the checkpoint it is float32 [2, 3]',
      '  mismatched: "dtype" should be float32 [1]; in the checkpoint it is int32 [1]',
    ]);
    expect((error as CheckpointError).differences).toEqual({
      missing: [{ name: 'new', expected: { dtype: 'float32', shape: [4] } }],
      unexpected: [{ name: 'gone', found: { dtype: 'float32', shape: [] } }],
      mismatched: [
        { name: 'shape', expected: { dtype: 'float32', shape: [3, 2] }, found: { dtype: 'float32', shape: [2, 3] } },
        { name: 'dtype', expected: { dtype: 'float32', shape: [1] }, found: { dtype: 'int32', shape: [1] } },
      ],
    });
    expect([...(await same.data())]).toEqual([9, 9]);
  });

  it('says when names differ by a scope only, and how many there are when they are many', async () => {
    const linear = connected(2, 'linear');
    const bytes = await getSaver(linear, { context: '' }).serialize();
    await expect(getSaver(linear).restore(bytes)).rejects.toThrow('"w" here may be "linear/w" there');
    for (let i = 0; i < 25; i++) getVariable(`v${i}`, { shape: [] });
    await expect(getSaver('').restore(bytes)).rejects.toThrow('missing: … and 5 more');
  });

  it('leaves out what may be missing or unexpected', async () => {
    const make = (...names: string[]) => names.map((name) => getVariable(name, { shape: [], ...constant(1) }));
    make('a', 'b', 'c');
    const bytes = await getSaver('').serialize();
    resetDefaultGraph();
    const [, d] = make('a', 'd') as [tf.Tensor, tf.Tensor];
    const saver = getSaver('');
    await expect(saver.restore(bytes, { allowMissing: true })).rejects.toThrow('unexpected: "b"');
    await expect(saver.restore(bytes, { allowMissing: true, allowUnexpected: (name) => name === 'b' })).rejects.toThrow(
      '"c"',
    );
    const restored = await saver.restore(bytes, { allowMissing: (name) => name === 'd', allowUnexpected: true });
    expect(restored).toMatchObject({ missing: ['d'], unexpected: ['b', 'c'] });
    expect([...(await d.data())]).toEqual([1]);
  });

  it('finds variables under other names', async () => {
    const linear = connected(2, 'linear');
    const bytes = await getSaver(linear, { context: '' }).serialize();
    const other = connected(2, 'other');
    await getSaver(other).restore(bytes, { nameFn: (name) => `linear/${name}` });
    expect(await valuesOf(other)).toEqual(await valuesOf(linear));
  });

  it('takes the files of other programs', async () => {
    const w = getVariable('w', { shape: [2] });
    const file = serializeSafetensors(
      [['w', { dtype: 'bfloat16', shape: [2], data: Uint16Array.of(0x3f80, 0xc000) }]],
      {
        metadata: [['format', 'pt']],
      },
    );
    const restored = await getSaver('').restore(file);
    expect(restored).toEqual({ step: null, extra: undefined, missing: [], unexpected: [] });
    expect([...(await w.data())]).toEqual([1, -2]);
  });

  it('changes nothing when a value is out of range', async () => {
    const a = getVariable('a', { shape: [1], ...constant(5) });
    getVariable('b', { shape: [1], dtype: 'int32' });
    const file = serializeSafetensors([
      ['a', { dtype: 'float32', shape: [1], data: Float32Array.of(1) }],
      ['b', { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n << 40n) }],
    ]);
    await expect(expectNoLeak(() => getSaver('').restore(file))).rejects.toThrow('Element 0 of "b" is 1099511627776');
    expect([...(await a.data())]).toEqual([5]);
  });

  it('detects every flipped bit of a file of its own', async () => {
    const w = getVariable('w', { shape: [3], ...constant(5) });
    const saver = getSaver('');
    const bytes = await saver.serialize({ step: 3, extra: { epoch: 1 } });
    const cases = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => bit % 7 === 0);
    for (const bit of cases) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(saver.restore(damaged)).rejects.toThrow(CheckpointError);
    }
    expect([...(await w.data())]).toEqual([5, 5, 5]);
  });

  it('detects every truncation of a file', async () => {
    getVariable('w', { shape: [3] });
    const saver = getSaver('');
    const bytes = await saver.serialize();
    for (let length = 0; length < bytes.length; length++) {
      await expect(saver.restore(bytes.subarray(0, length))).rejects.toThrow(CheckpointError);
    }
  });

  it('refuses a file of its own that another program has rewritten, but takes its tensors', async () => {
    getVariable('w', { shape: [1] });
    const { tensors, metadata } = parseSafetensors(await getSaver('').serialize());
    const inputs = [...tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.bytes() }] as const);
    const state = [...metadata].filter(([key]) => key === 'sonnetjs');
    await expect(getSaver('').restore(serializeSafetensors(inputs, { metadata: state }))).rejects.toThrow(
      'must be left out',
    );
    await getSaver('').restore(serializeSafetensors(inputs));
  });
});
