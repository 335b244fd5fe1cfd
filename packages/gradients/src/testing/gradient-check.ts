import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { gradientOf, hessianProductOf, type Scalar } from './finite-differences.ts';
import type { NdArray } from './nd-array.ts';
import { type InputSpec, valuesOf } from './values.ts';

/** An op, the same function in float64, and the inputs by which both are differentiated. */
export interface GradientCase {
  op(...inputs: tf.Tensor[]): tf.Tensor;
  reference(...inputs: NdArray[]): NdArray;
  /** Shapes stand for uniform random values in [-2, 2). */
  readonly inputs: readonly (readonly number[] | InputSpec)[];
  /** Largest allowed error, relative to the largest element of the right result or to 1. Default 2e-5. */
  readonly tolerance?: number;
  /** Whether to check the gradient of the gradient too, at ten times the tolerance. Default true. */
  readonly secondOrder?: boolean;
}

function toTensor({ shape, data }: NdArray): tf.Tensor {
  return tf.tensor(Float32Array.from(data), [...shape], 'float32');
}

function expectClose(got: tf.Tensor, want: NdArray, tolerance: number, what: string): void {
  expect(got.shape, `shape of ${what}`).toEqual([...want.shape]);
  const values = got.dataSync();
  const scale = want.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const wrong = values.findIndex((value, i) => !(Math.abs(value - (want.data[i] as number)) <= tolerance * scale));
  expect(
    wrong,
    `${what}: element ${wrong} is ${values[wrong]}, expected ${want.data[wrong]}\n[${[...values]}]\n[${[...want.data]}]`,
  ).toBe(-1);
}

function weightedSum(x: NdArray, weights: NdArray, power: number): number {
  return x.data.reduce((sum, value, i) => sum + value ** power * (weights.data[i] as number), 0);
}

/** Runs a function that returns tensors, hands them on and frees them; fails when any other tensor stays alive. */
function withoutLeak(make: () => tf.Tensor[], use: (tensors: tf.Tensor[]) => void): void {
  const before = tf.memory().numTensors;
  const tensors = make();
  use(tensors);
  expect(new Set(tensors).size, 'gradients that are distinct tensors').toBe(tensors.length);
  expect(tf.memory().numTensors - before, 'tensors left alive').toBe(tensors.length);
  tf.dispose(tensors);
}

/** The gradient of the weighted sum of squares of the op's result, differentiably. */
function gradientsOfSquares(op: GradientCase['op'], weights: tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(weights, tf.square(op(...xs)))))(inputs);
}

/**
 * Compares an op on the current backend with a float64 reference: its value, its gradient, and the gradient of its
 * gradient. The second one is taken through the square of the op, so that it also runs through the output's gradient.
 */
export function expectRightGradient({
  op,
  reference,
  inputs,
  tolerance = 2e-5,
  secondOrder = true,
}: GradientCase): void {
  const specs = inputs.map(
    (input): InputSpec => ('shape' in input ? (input as InputSpec) : { shape: input as number[] }),
  );
  const arrays = specs.map((spec, i) => valuesOf(spec, i + 1));
  const value = reference(...arrays);
  const weights = valuesOf({ shape: value.shape }, 101);
  const directions = arrays.map(({ shape }, i) => valuesOf({ shape, range: [-1, 1] }, 201 + i));
  const tensors = arrays.map(toTensor);
  const [dy, ...vs] = [weights, ...directions].map(toTensor) as [tf.Tensor, ...tf.Tensor[]];

  withoutLeak(
    () => [tf.tidy(() => op(...tensors))],
    ([got]) => expectClose(got as tf.Tensor, value, tolerance, 'the value'),
  );

  const first: Scalar = (at) => weightedSum(reference(...at), weights, 1);
  withoutLeak(
    () => tf.grads(op)(tensors, dy),
    (got) => {
      expect(got).not.toContain(dy);
      gradientOf(first, arrays).forEach((want, i) => {
        expectClose(got[i] as tf.Tensor, want, tolerance, `the gradient by input ${i}`);
      });
    },
  );

  if (secondOrder) {
    const squares: Scalar = (at) => weightedSum(reference(...at), weights, 2);
    const alongDirections = (...xs: tf.Tensor[]): tf.Tensor =>
      tf.addN(gradientsOfSquares(op, dy, xs).map((gradient, i) => tf.sum(tf.mul(gradient, vs[i] as tf.Tensor))));
    withoutLeak(
      () => tf.grads(alongDirections)(tensors),
      (got) => {
        hessianProductOf(squares, arrays, directions).forEach((want, i) => {
          expectClose(got[i] as tf.Tensor, want, 10 * tolerance, `the second gradient by input ${i}`);
        });
      },
    );
  }
  expect(tensors.some((tensor) => tensor.isDisposed) || dy.isDisposed, 'inputs disposed').toBe(false);
  tf.dispose([...tensors, dy, ...vs]);
}
