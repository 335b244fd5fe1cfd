import { type Expected, elementwiseTolerance, exactly, withinElementwise } from '../expected.ts';
import { broadcastOffsets, broadcastShape, type Dtype, type NdArray, sizeOf } from '../nd-array.ts';

/** A function of one element of each input. */
export type Pointwise = (...values: number[]) => number;

/** Calls a function for every element of the inputs broadcast together: with their values and their places. */
function forEachElement(
  inputs: readonly NdArray[],
  visit: (flat: number, values: number[], offsets: number[]) => void,
): void {
  const shape = broadcastShape(...inputs.map((input) => input.shape));
  const places = inputs.map((input) => broadcastOffsets(input.shape, shape));
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    const offsets = places.map((place) => place[flat] as number);
    const values = offsets.map((offset, i) => (inputs[i] as NdArray).data[offset] as number);
    visit(flat, values, offsets);
  }
}

/** A function of single elements, on inputs that broadcast. */
export function pointwise(inputs: readonly NdArray[], fn: Pointwise, dtype: Dtype = 'float32'): Expected {
  const shape = broadcastShape(...inputs.map((input) => input.shape));
  const data = new Float64Array(sizeOf(shape));
  forEachElement(inputs, (flat, values) => {
    data[flat] = fn(...values);
  });
  return dtype === 'float32' ? withinElementwise(shape, data) : exactly(shape, data, dtype);
}

/**
 * The gradient of such a function by one input: where the input is broadcast, a sum. Every term is under the elementwise
 * rule, so that the sum is under it with the sum of the terms' magnitudes in place of the value.
 */
export function pointwiseGradient(
  inputs: readonly NdArray[],
  dy: NdArray,
  by: number,
  partial: (...values: number[]) => number,
): Expected {
  const { shape } = inputs[by] as NdArray;
  const [data, magnitudes] = [new Float64Array(sizeOf(shape)), new Float64Array(sizeOf(shape))];
  forEachElement(inputs, (flat, values, offsets) => {
    const term = (dy.data[flat] as number) * partial(...values);
    (data[offsets[by] as number] as number) += term;
    (magnitudes[offsets[by] as number] as number) += Math.abs(term);
  });
  return { shape, dtype: 'float32', data, tolerance: magnitudes.map(elementwiseTolerance) };
}
