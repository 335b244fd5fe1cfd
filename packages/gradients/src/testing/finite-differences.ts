import type { NdArray } from './nd-array.ts';

/** A function of several arrays with a scalar result. */
export type Scalar = (inputs: readonly NdArray[]) => number;

/** `inputs` with the same multiple of `directions` added to all of them. */
function moved(inputs: readonly NdArray[], directions: readonly NdArray[], by: number): NdArray[] {
  return inputs.map(({ shape, data }, i) => ({
    shape,
    data: data.map((value, j) => value + by * (directions[i]?.data[j] as number)),
  }));
}

/** The gradient by every input, by central differences in float64. */
export function gradientOf(fn: Scalar, inputs: readonly NdArray[], step = 1e-5): NdArray[] {
  return inputs.map((input, i) => ({
    shape: input.shape,
    data: input.data.map((_, j) => {
      const shifted = (by: number): NdArray[] =>
        inputs.map((other, k) =>
          k === i ? { ...other, data: other.data.with(j, (other.data[j] as number) + by) } : other,
        );
      return (fn(shifted(step)) - fn(shifted(-step))) / (2 * step);
    }),
  }));
}

/** The gradient of the derivative along `directions`: the product of the Hessian with them. */
export function hessianProductOf(
  fn: Scalar,
  inputs: readonly NdArray[],
  directions: readonly NdArray[],
  step = 1e-4,
): NdArray[] {
  const alongDirections: Scalar = (at) =>
    (fn(moved(at, directions, step)) - fn(moved(at, directions, -step))) / (2 * step);
  return gradientOf(alongDirections, inputs, step);
}
