import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { RandomStream } from '../random/random-stream.ts';
import { constant, ones, zeros } from './constant.ts';
import type { Initializer, InitializerContext } from './initializer.ts';

const context: InitializerContext = { name: 'mlp/w', random: RandomStream.fromSeed(0) };

function values(initializer: Initializer, shape: number[], dtype: tf.DataType = 'float32', where = context): number[] {
  const tensor = expectNoLeak(() => initializer(shape, dtype, where));
  expect([tensor.shape, tensor.dtype]).toEqual([shape, dtype]);
  const result = [...tensor.dataSync()];
  tensor.dispose();
  return result;
}

describe('zeros and ones', () => {
  it('fill every data type that holds numbers', () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      expect(values(zeros(), [2, 2], dtype)).toEqual([0, 0, 0, 0]);
      expect(values(ones(), [3], dtype)).toEqual([1, 1, 1]);
    }
    expect(values(ones(), [])).toEqual([1]);
    expect(values(zeros(), [0, 2])).toEqual([]);
  });

  it('refuse other data types and bad shapes, naming the variable', () => {
    expect(() => zeros()([2], 'string', context)).toThrow(TypeError);
    expect(() => ones()([2], 'float64' as 'float32', context)).toThrow(
      'initializers.ones for "mlp/w": expected dtype float32 or int32 or bool, got float64.',
    );
    expect(() => zeros()([2, -1], 'float32', context)).toThrow('must be integers >= 0; got [2,-1]');
  });
});

describe('constant', () => {
  it('fills with one number', () => {
    expect(values(constant(2.5), [2, 2])).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(values(constant(), [2])).toEqual([0, 0]);
    expect(values(constant(-3), [2], 'int32')).toEqual([-3, -3]);
    expect(values(constant(true), [2], 'bool')).toEqual([1, 1]);
    expect(values(constant(7), [])).toEqual([7]);
  });

  it('takes nested and typed arrays in row-major order, whatever their shape', () => {
    expect(
      values(
        constant([
          [1, 2],
          [3, 4],
        ]),
        [2, 2],
      ),
    ).toEqual([1, 2, 3, 4]);
    expect(
      values(
        constant([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        [3, 2],
      ),
    ).toEqual([1, 2, 3, 4, 5, 6]);
    expect(values(constant(Float32Array.of(0.5, 1.5)), [2])).toEqual([0.5, 1.5]);
    expect(values(constant([true, false]), [2], 'bool')).toEqual([1, 0]);
    expect(values(constant([1, 2]), [2], 'int32')).toEqual([1, 2]);
  });

  it('continues with the last element', () => {
    expect(values(constant([1, 2]), [2, 2])).toEqual([1, 2, 2, 2]);
  });

  it('refuses too many elements, and none', () => {
    expect(() => constant([1, 2, 3])([2], 'float32', context)).toThrow(ValueError);
    expect(() => constant([1, 2, 3])([2], 'float32', context)).toThrow(
      'initializers.constant for "mlp/w": shape [2] takes 1 to 2 elements; the value has 3.',
    );
    expect(() => constant([])([2], 'float32', context)).toThrow(ValueError);
    expect(values(constant([]), [0])).toEqual([]);
  });

  it('compares shapes with verifyShape', () => {
    const initializer = constant([[1, 2, 3]], { verifyShape: true });
    expect(values(initializer, [1, 3])).toEqual([1, 2, 3]);
    expect(() => initializer([3], 'float32', context)).toThrow(TypeError);
    expect(() => initializer([3], 'float32', context)).toThrow("variable's shape [3]; got [1,3]");
  });

  it('refuses values that the data type cannot hold', () => {
    expect(() => constant(1.5)([2], 'int32', context)).toThrow('dtype int32 cannot hold the value 1.5');
    expect(() => constant([1, 2 ** 31])([2], 'int32', context)).toThrow(TypeError);
    expect(() => constant(2)([2], 'bool', context)).toThrow(TypeError);
  });

  it('refuses what is not an array of one shape', () => {
    expect(() => constant([[1, 2], [3]])).toThrow(ValueError);
    expect(() => constant([[1, 2], 3])).toThrow('must have one shape; got [2] and []');
    expect(() => constant('1' as unknown as number)).toThrow(TypeError);
    expect(() => constant([null] as unknown as number[])).toThrow(TypeError);
  });

  it('is not changed by later changes of the value', () => {
    const array = [1, 2];
    const initializer = constant(array);
    array[0] = 9;
    expect(values(initializer, [2])).toEqual([1, 2]);
  });

  it('gives a slice its part of the whole', () => {
    const initializer = constant([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const slice = { ...context, partition: { fullShape: [2, 3], offset: [0, 1] } };
    expect(values(initializer, [2, 2], 'float32', slice)).toEqual([2, 3, 5, 6]);
  });

  it('carries its name and configuration', () => {
    const initializer = constant([1], { verifyShape: true });
    expect(initializer.initializerName).toBe('constant');
    expect(initializer.config).toEqual({ value: [1], verifyShape: true });
  });
});
