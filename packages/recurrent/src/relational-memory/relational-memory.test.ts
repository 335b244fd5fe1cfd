import { NotConnectedError, resetDefaultGraph, ValueError, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { CoreWithExtraBuildArgs, dynamicRnn, RelationalMemory } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

describe('RelationalMemory', () => {
  it('begins with a memory whose slots differ', () => {
    expect([...new RelationalMemory(2, 3).initialState(1).dataSync()]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...new RelationalMemory(3, 2).initialState(1).dataSync()]).toEqual([1, 0, 0, 1, 0, 0]);
    expect(new RelationalMemory(2, 3, { numHeads: 2 }).initialState(4).shape).toEqual([4, 2, 6]);
  });

  it('has the sizes of its memory', () => {
    const core = new RelationalMemory(3, 4, { numHeads: 2 });
    expect([core.stateSize, core.outputSize]).toEqual([[3, 8], [24]]);
    const [outputs, memory] = dynamicRnn(core, tf.ones([2, 5, 3]));
    expect([outputs.shape, memory.shape]).toEqual([
      [2, 5, 24],
      [2, 3, 8],
    ]);
  });

  it.each(['unit', 'memory', null] as const)('has gates of style %s', (gateStyle) => {
    const core = new RelationalMemory(2, 3, { gateStyle, numBlocks: 2, keySize: 5, attentionMlpLayers: 1 });
    const [x, memory] = [tf.ones([2, 4]), core.initialState(2)];
    tf.dispose(core(x, memory));
    const size = { unit: 3, memory: 1 };
    const shape = gateStyle === null ? undefined : [2, 2, size[gateStyle]];
    expect([core.inputGate?.shape, core.forgetGate?.shape]).toEqual([shape, shape]);
    tf.dispose(expectNoLeak(() => core(x, memory)));
  });

  it('keeps the gates of the latest connection, which a loss may use', () => {
    const core = new RelationalMemory(2, 3);
    const loss = () => {
      core(tf.ones([2, 4]), core.initialState(2));
      return tf.mean(core.forgetGate as tf.Tensor) as tf.Scalar;
    };
    const { value, grads } = valueAndGrads(loss);
    expect(value.dataSync()[0]).toBeCloseTo(tf.mean(core.forgetGate as tf.Tensor).dataSync()[0] ?? 0, 6);
    expect(Object.values(grads).filter((gradient) => gradient !== null)).toHaveLength(6);
    const before = core.inputGate;
    core(tf.zeros([2, 4]), core.initialState(2));
    expect([before?.isDisposed, core.inputGate?.isDisposed]).toEqual([true, false]);
  });

  it('takes the inputs for a vector, or for a matrix', () => {
    const core = new RelationalMemory(2, 3);
    expect(core(tf.ones([2, 2, 5]), core.initialState(2))[0].shape).toEqual([2, 6]);
    const matrix = new RelationalMemory(2, 3);
    const [, memory] = matrix(tf.ones([2, 4, 5]), matrix.initialState(2), { treatInputAsMatrix: true });
    expect(memory.shape).toEqual([2, 2, 3]);
    expect(matrix.variables.find(({ name }) => name.endsWith('/linear/w'))?.shape).toEqual([5, 3]);
  });

  it('makes its variables in the same order when it is unrolled as when it is called', () => {
    const names = (connect: (core: RelationalMemory) => unknown) => {
      resetDefaultGraph();
      const core = new RelationalMemory(2, 3, { numBlocks: 2 });
      connect(core);
      return core.getVariables().map(variableName);
    };
    const called = names((core) => core(tf.ones([1, 4]), core.initialState(1)));
    expect(called.slice(0, 3)).toEqual(['relational_memory/linear/w', 'relational_memory/linear/b', called[2]]);
    expect(names((core) => dynamicRnn(core, tf.ones([1, 3, 4])))).toEqual(called);
  });

  it.each([
    { gateStyle: 'unit', treatInputAsMatrix: false },
    { gateStyle: 'memory', treatInputAsMatrix: true },
    { gateStyle: null, treatInputAsMatrix: true },
  ] as const)('unrolls as it is called: %o', ({ gateStyle, treatInputAsMatrix }) => {
    const core = new RelationalMemory(2, 3, { gateStyle });
    const inputs = tf.randomUniform([5, 2, 3, 4], -1, 1, 'float32', 1);
    const unrolled = new CoreWithExtraBuildArgs(core, { treatInputAsMatrix });
    const [outputs, last] = dynamicRnn(unrolled, inputs, { timeMajor: true });
    let memory = core.initialState(2);
    const expected = tf.unstack(inputs).map((x) => {
      const [output, next] = core(x, memory, { treatInputAsMatrix });
      memory = next;
      return output;
    });
    for (const difference of [tf.sub(outputs, tf.stack(expected)), tf.sub(last, memory)]) {
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
    }
  });

  it('says what is wrong', () => {
    expect(() => new RelationalMemory(2, 2, { numBlocks: 0 })).toThrow(ValueError);
    expect(() => new RelationalMemory(2, 2, { numBlocks: 0 })).toThrow('numBlocks must be an integer >= 1; got 0.');
    expect(() => new RelationalMemory(2, 2, { attentionMlpLayers: 0 })).toThrow('attentionMlpLayers');
    expect(() => new RelationalMemory(0, 2)).toThrow('memSlots must be a positive integer');
    expect(() => new RelationalMemory(2, 2.5)).toThrow('headSize must be a positive integer');
    expect(() => new RelationalMemory(2, 2, { gateStyle: 'bogus' as never })).toThrow(
      "gateStyle must be one of 'unit', 'memory' and null; got bogus.",
    );
    expect(() => new RelationalMemory(2, 2, { forgetBias: '1' as never })).toThrow('forgetBias must be a number');
    const core = new RelationalMemory(2, 2, { name: 'rmc' });
    expect(() => core.inputGate).toThrow(NotConnectedError);
    expect(() => core(tf.ones([3]), core.initialState(3))).toThrow(
      'of at least 2 dimensions, [batch, …]; got float32 [3]',
    );
    const matrix = { treatInputAsMatrix: true };
    expect(() => core(tf.ones([3, 2]), core.initialState(3), matrix)).toThrow('of at least 3 dimensions');
    expect(() => core(tf.ones([3, 2]), core.initialState(2))).toThrow('the memory must be float32 [3, 2, 2]');
    core(tf.ones([1, 4]), core.initialState(1));
    const other = () => core(tf.ones([1, 5]), core.initialState(1));
    expect(other).toThrow(ValueError);
    expect(other).toThrow('"rmc": each row of inputs must have 4 elements, as at its first connection; got 5.');
    expect(() => dynamicRnn(core, tf.ones([1, 2, 5]))).toThrow('must have 4 elements');
    expect(() => dynamicRnn(core, tf.ones([1, 2]))).toThrow('at least 2 dimensions, [batch, …]; got float32 [1].');
  });
});
