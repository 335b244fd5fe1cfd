import { getDefaultGraph, namedTuple, nextRandomStream, resetDefaultGraph, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCheckpoint } from './checkpoint.ts';
import { serializeSafetensors } from './safetensors/serialize.ts';
import { getSaver } from './saver.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('the step and the extra', () => {
  const roundTrip = async (extra: unknown) =>
    (await getSaver('').restore(await getSaver('').serialize({ extra }))).extra;

  it('come back', async () => {
    const bytes = await getSaver('').serialize({ step: 12, extra: null });
    expect(await getSaver('').restore(bytes)).toMatchObject({ step: 12, extra: null });
    expect((await readCheckpoint(bytes)).step).toBe(12);
    expect((await getSaver('').restore(await getSaver('').serialize())).extra).toBeUndefined();
  });

  it('may hold whatever JSON holds, and the numbers that it lacks', async () => {
    const extra = {
      text: 'ü"\\\n\u{1f600}',
      list: [1, -1.5, 1e300, true, false, null, [], {}],
      numbers: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
      $: 'mine',
      inner: { $: { $: 'tensor', name: 'x' } },
    };
    expect(await roundTrip(extra)).toEqual(extra);
    expect(await roundTrip({ a: undefined })).toEqual({});
  });

  it('may hold arrays of numbers, as they were when they were saved', async () => {
    const order = Int32Array.of(2, 0, 1);
    const extra = {
      order,
      again: order,
      floats: Float64Array.of(0.1, Number.NaN),
      big: BigInt64Array.of(-(1n << 62n)),
      bytes: new Uint8Array([1, 2, 3]).subarray(1),
      none: new Float32Array(),
    };
    const saving = getSaver('').serialize({ extra });
    order.fill(9);
    const restored = (await getSaver('').restore(await saving)).extra as typeof extra;
    expect(restored).toEqual({ ...extra, order: Int32Array.of(2, 0, 1), again: Int32Array.of(2, 0, 1) });
    expect(restored.again).toBe(restored.order);
  });

  it('may hold tensors, in named tuples too', async () => {
    const State = namedTuple('State', ['hidden', 'cell']);
    const extra = { state: [new State(tf.ones([2]), tf.scalar(true, 'bool'))] };
    const restored = (await roundTrip(extra)) as { state: { hidden: tf.Tensor; cell: tf.Tensor }[] };
    expect(Object.keys(restored.state[0] ?? {})).toEqual(['hidden', 'cell']);
    expect([...((await restored.state[0]?.hidden.data()) ?? [])]).toEqual([1, 1]);
    expect(restored.state[0]?.cell.dtype).toBe('bool');
  });

  const endless: unknown[] = [];
  endless.push(endless);

  it.each<[string, unknown, string]>([
    ['a function', { f: () => 1 }, 'extra.f is function'],
    ['a date', [new Date()], 'extra.0 is a Date'],
    ['a map', { a: { b: new Map() } }, 'extra.a.b is a Map'],
    ['a bigint', 1n, 'extra is bigint 1'],
    ['a gap', [undefined], 'extra.0 is undefined undefined'],
    ['itself', endless, 'nests more than 50 levels deep'],
    ['the key __proto__', JSON.parse('{"__proto__": 1}'), 'the key __proto__'],
    ['a tensor of texts', tf.tensor(['a']), 'a tensor of dtype string'],
  ])('must not hold %s', async (_, extra, message) => {
    await expect(getSaver('').serialize({ extra })).rejects.toThrow(TypeError);
    await expect(getSaver('').serialize({ extra })).rejects.toThrow(message);
  });
});

describe('random numbers', () => {
  const draw = async () => [...(await variableScope('noise', () => nextRandomStream().uniform([3])).data())];

  it('go on where they were', async () => {
    resetDefaultGraph({ seed: 5 });
    await draw();
    const bytes = await getSaver('').serialize();
    const expected = [await draw(), await draw()];
    resetDefaultGraph({ seed: 6 });
    await getSaver('').restore(bytes);
    expect([await draw(), await draw()]).toEqual(expected);
    expect(getDefaultGraph().seed).toBe(5);
  });

  it('are left alone when one says so, and by checkpoints that have none', async () => {
    const bytes = await getSaver('').serialize();
    resetDefaultGraph({ seed: 6 });
    await draw();
    const { seed, counters } = getDefaultGraph().randomState;
    await getSaver('').restore(bytes, { randomState: false });
    await getSaver('').restore(serializeSafetensors([]));
    expect(getDefaultGraph().randomState).toEqual({ seed, counters });
    expect(counters.get('noise')).toBe(1);
  });
});
