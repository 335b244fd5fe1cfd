import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { defineInitializer } from './define-initializer.ts';
import type { Initializer, InitializerContext } from './initializer.ts';

/** Numbers or booleans, alone, in nested arrays, or in a typed array (whose shape is its length). */
export type ConstantValue =
  | number
  | boolean
  | readonly ConstantValue[]
  | Float32Array
  | Int32Array
  | Uint8Array
  | Float64Array;

/** Options of {@link constant}. */
export interface ConstantOptions {
  /** Whether the value must have exactly the variable's shape. Default false. */
  readonly verifyShape?: boolean;
}

/**
 * Initializes with zeros: float32, int32, or bool.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const value = initializers.zeros()([2], 'float32', { name: 'b', random: RandomStream.fromSeed(0) });
 * assert.deepStrictEqual([...(await value.data())], [0, 0]);
 * ```
 *
 * @throws TypeError from the initializer, for another data type.
 */
export function zeros(): Initializer {
  return defineInitializer('zeros', {}, ['float32', 'int32', 'bool'], (shape, dtype) => tf.zeros(shape, dtype));
}

/**
 * Initializes with ones: float32, int32, or bool (true).
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const value = initializers.ones()([2], 'int32', { name: 'gamma', random: RandomStream.fromSeed(0) });
 * assert.deepStrictEqual([...(await value.data())], [1, 1]);
 * ```
 *
 * @throws TypeError from the initializer, for another data type.
 */
export function ones(): Initializer {
  return defineInitializer('ones', {}, ['float32', 'int32', 'bool'], (shape, dtype) => tf.ones(shape, dtype));
}

/**
 * Initializes with given values, in row-major order.
 *
 * A value with fewer elements than the variable is continued with its last element, as TensorFlow does; a single number
 * fills the variable. A slice of a partitioned variable gets its part of the whole.
 *
 * @param value A number, a nested array of numbers, or a typed array. Default 0.
 * @throws TypeError when a value is not a number or boolean; from the initializer when the dtype cannot hold a value, or
 *   with `verifyShape` the shapes differ.
 * @throws ValueError when the rows of a nested array differ in length; from the initializer when there are more elements
 *   than the variable has, or none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { initializers, RandomStream } from '@sonnetjs/core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * const initializer = initializers.constant([[1, 2], [3, 4]]);
 * const value = initializer([2, 2], 'float32', { name: 'w', random: RandomStream.fromSeed(0) });
 * assert.deepStrictEqual([...(await value.data())], [1, 2, 3, 4]);
 * ```
 *
 * TensorFlow 1: `tf.constant_initializer`.
 */
export function constant(value: ConstantValue = 0, { verifyShape = false }: ConstantOptions = {}): Initializer {
  const elements: number[] = [];
  const valueShape = readValue(value, elements);
  return defineInitializer(
    'constant',
    { value, verifyShape },
    ['float32', 'int32', 'bool'],
    (shape, dtype, context) => {
      const fullShape = context.partition?.fullShape ?? shape;
      checkSize(elements, fullShape, context.name);
      checkRange(elements, dtype, context.name);
      if (verifyShape && !tf.util.arraysEqual(valueShape, fullShape)) {
        throw new TypeError(
          `initializers.constant for "${context.name}": the value must have the variable's shape [${fullShape}]; ` +
            `got [${valueShape}].`,
        );
      }
      return fill(elements, shape, dtype, context);
    },
  );
}

/** Appends the numbers of a nested value to `elements` and returns its shape. */
function readValue(value: ConstantValue, elements: number[]): number[] {
  if (typeof value === 'number' || typeof value === 'boolean') {
    elements.push(Number(value));
    return [];
  }
  if (ArrayBuffer.isView(value)) {
    for (const element of value) elements.push(element);
    return [value.length];
  }
  if (!Array.isArray(value)) {
    throw new TypeError(
      `initializers.constant: expected numbers or booleans, or (nested or typed) arrays of them; got ${String(value)}.`,
    );
  }
  const shapes = value.map((item: ConstantValue) => readValue(item, elements));
  const [first = []] = shapes;
  const odd = shapes.find((shape) => !tf.util.arraysEqual(shape, first));
  if (odd) {
    throw new ValueError(
      `initializers.constant: the items of a nested array must have one shape; got [${first}] and [${odd}].`,
    );
  }
  return [value.length, ...first];
}

function checkSize(elements: readonly number[], fullShape: number[], variable: string): void {
  const size = tf.util.sizeFromShape(fullShape);
  if (elements.length > size || (elements.length === 0 && size > 0)) {
    throw new ValueError(
      `initializers.constant for "${variable}": shape [${fullShape}] takes ${size > 0 ? '1 to ' : ''}${size} elements; ` +
        `the value has ${elements.length}.`,
    );
  }
}

function checkRange(elements: readonly number[], dtype: tf.DataType, variable: string): void {
  if (dtype === 'float32') return;
  const fits = dtype === 'bool' ? (x: number) => x === 0 || x === 1 : (x: number) => (x | 0) === x;
  const misfit = elements.find((x) => !fits(x));
  if (misfit !== undefined) {
    throw new TypeError(`initializers.constant for "${variable}": dtype ${dtype} cannot hold the value ${misfit}.`);
  }
}

function fill(
  elements: readonly number[],
  shape: number[],
  dtype: tf.DataType,
  context: InitializerContext,
): tf.Tensor {
  const last = elements.at(-1) ?? 0;
  if (elements.length <= 1) return tf.fill(shape, last, dtype as 'float32');
  const fullShape = context.partition?.fullShape ?? shape;
  const values = new Float64Array(tf.util.sizeFromShape(fullShape)).fill(last);
  values.set(elements);
  const typed = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
  return tf.tidy(() => {
    const whole = tf.cast(tf.tensor(typed, fullShape, dtype === 'float32' ? 'float32' : 'int32'), dtype);
    return context.partition ? tf.slice(whole, context.partition.offset, shape) : whole;
  });
}
