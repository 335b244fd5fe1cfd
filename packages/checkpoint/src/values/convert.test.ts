import type * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { canBecome, convertValues, naturalDtype } from './convert.ts';

/** A tensor of one axis whose bytes lie at an odd place, as they may in a file. */
function convert(dtype: string, data: ArrayBufferView, to: tf.DataType): number[] {
  const file = new Uint8Array(data.byteLength + 3);
  const bytes = file.subarray(3);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const result = convertValues('x', { dtype, shape: [], bytes: () => bytes }, to);
  expect(result.buffer).not.toBe(file.buffer);
  return [...result];
}

describe('convertValues', () => {
  it('keeps the bits of what TensorFlow.js has', () => {
    const floats = Float32Array.of(0, -0, 1e-45, 3.4e38, Number.POSITIVE_INFINITY, Number.NaN);
    expect(convert('float32', floats, 'float32')).toEqual([...floats]);
    expect(convert('int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1), 'int32')).toEqual([-(2 ** 31), 2 ** 31 - 1]);
    expect(convert('bool', Uint8Array.of(0, 1), 'bool')).toEqual([0, 1]);
  });

  it('rounds float64 to float32', () => {
    const doubles = Float64Array.of(0.1, 1 + 2 ** -24, 1e-50, Number.NEGATIVE_INFINITY, Number.NaN);
    expect(convert('float64', doubles, 'float32')).toEqual([...doubles].map(Math.fround));
  });

  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3555, 0.333251953125],
    [0xc500, -5],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads the float16 %i as %d', (bits, value) => {
    expect(convert('float16', Uint16Array.of(bits), 'float32')).toEqual([value]);
  });

  it('reads bfloat16 as the upper half of float32', () => {
    fc.assert(
      fc.property(fc.uint16Array({ minLength: 1 }), (halves) => {
        const floats = new Float32Array(Uint32Array.from(halves, (half) => half * 65536).buffer);
        expect(convert('bfloat16', halves, 'float32')).toEqual([...floats]);
      }),
    );
  });

  it('takes integers of all sizes', () => {
    expect(convert('int64', BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n), 'int32')).toEqual([
      -(2 ** 31),
      2 ** 31 - 1,
    ]);
    expect(convert('uint64', BigUint64Array.of(7n), 'int32')).toEqual([7]);
    expect(convert('uint32', Uint32Array.of(7), 'int32')).toEqual([7]);
    expect(convert('int16', Int16Array.of(-300), 'int32')).toEqual([-300]);
    expect(convert('uint16', Uint16Array.of(65535), 'int32')).toEqual([65535]);
    expect(convert('int8', Int8Array.of(-1), 'int32')).toEqual([-1]);
    expect(convert('uint8', Uint8Array.of(255), 'int32')).toEqual([255]);
  });

  it.each([
    ['int64', BigInt64Array.of(0n, 2n ** 31n), 'int32', 'Element 1 of "x" is 2147483648'],
    ['int64', BigInt64Array.of(-(2n ** 31n) - 1n), 'int32', '-2147483649'],
    ['uint64', BigUint64Array.of(2n ** 63n), 'int32', '9223372036854775808'],
    ['uint32', Uint32Array.of(2 ** 31), 'int32', '2147483648'],
    ['float64', Float64Array.of(1e300), 'float32', '1e+300'],
    ['bool', Uint8Array.of(0, 2), 'bool', 'Element 1 of "x" is 2'],
  ] as const)('refuses a %s that has no place', (dtype, data, to, message) => {
    expect(() => convert(dtype, data, to)).toThrow(CheckpointError);
    expect(() => convert(dtype, data, to)).toThrow(message);
  });

  it('refuses to make numbers of another kind', () => {
    expect(() => convert('int32', Int32Array.of(1), 'float32')).toThrow('"x" is int32 [] and cannot become float32.');
    expect(() => convert('float32', Float32Array.of(1), 'bool')).toThrow(CheckpointError);
    expect(() => convert('string', Uint8Array.of(1), 'int32')).toThrow(CheckpointError);
    expect(() => convert('constructor', Uint8Array.of(1), 'int32')).toThrow(CheckpointError);
  });
});

it('knows which dtype of TensorFlow.js holds one of a file', () => {
  expect(naturalDtype('bfloat16')).toBe('float32');
  expect(naturalDtype('int64')).toBe('int32');
  expect(naturalDtype('bool')).toBe('bool');
  expect(naturalDtype('complex64')).toBeNull();
  expect(canBecome('float32', 'complex64')).toBe(false);
});
