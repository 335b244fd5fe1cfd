import * as tf from '@tensorflow/tfjs-core';
import type { Entry, OpCase } from './entry.ts';
import { agrees, type Expected } from './expected.ts';
import type { NdArray } from './nd-array.ts';
import { arrayOf } from './values.ts';

/** What part of an op is wrong. */
export type Part = 'value' | 'gradient';

/** A result that is not what it has to be. */
export class ParityError extends Error {
  override readonly name = 'ParityError';
  readonly part: Part;

  constructor(part: Part, message: string) {
    super(message);
    this.part = part;
  }
}

function toTensor({ shape, dtype, data }: NdArray): tf.Tensor {
  const values = dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data);
  return tf.tensor(dtype === 'bool' ? Uint8Array.from(data) : values, [...shape], dtype);
}

function placeOf(flat: number, shape: readonly number[]): number[] {
  return shape.map((size, axis) => Math.floor(flat / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);
}

function compare(part: Part, what: string, got: tf.Tensor, want: Expected): void {
  if (got.dtype !== want.dtype) throw new ParityError(part, `${what} is ${got.dtype}, expected ${want.dtype}`);
  if (got.shape.join() !== want.shape.join()) {
    throw new ParityError(part, `${what} has shape [${got.shape}], expected [${want.shape}]`);
  }
  const values = got.dataSync();
  const wrong: number[] = [];
  want.data.forEach((value, i) => {
    if (!agrees(values[i] as number, value, want.tolerance?.[i] ?? 0)) wrong.push(i);
  });
  const first = wrong[0];
  if (first === undefined) return;
  throw new ParityError(
    part,
    `${what}, shape [${want.shape}]: element [${placeOf(first, want.shape)}] is ${values[first]}, expected ` +
      `${want.data[first]} ± ${(want.tolerance?.[first] ?? 0).toPrecision(3)}; ` +
      `${wrong.length} of ${want.data.length} elements are wrong`,
  );
}

function listOf(results: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(results) ? results : [results];
}

/** Runs a part and says what it threw as the failure of that part. */
function attempt<T>(part: Part, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ParityError) throw error;
    throw new ParityError(part, `it throws: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The inputs of a case, the same for every backend. */
export function inputsOf(call: OpCase<unknown>): NdArray[] {
  return call.inputs.map((spec, i) => arrayOf(spec, call.seed * 31 + i));
}

function checkValues(
  entry: Entry,
  call: OpCase<unknown>,
  arrays: readonly NdArray[],
  tensors: tf.Tensor[],
): Expected[] {
  const wants = entry.reference(arrays, call.attrs);
  attempt('value', () =>
    tf.tidy(() => {
      const gots = listOf(entry.run(tensors, call.attrs));
      if (gots.length !== wants.length) {
        throw new ParityError('value', `it has ${gots.length} results, expected ${wants.length}`);
      }
      const name = (i: number): string => (wants.length === 1 ? 'the result' : `result ${i}`);
      for (const [i, got] of gots.entries()) compare('value', name(i), got, wants[i] as Expected);
    }),
  );
  return wants;
}

/** The gradients of the inner product of the results with `dys` (null: left out), by the inputs at `positions`. */
function gradients(
  entry: Entry,
  attrs: unknown,
  tensors: tf.Tensor[],
  positions: number[],
  dys: (tf.Tensor | null)[],
): tf.Tensor[] {
  const results = (xs: tf.Tensor[]): tf.Tensor[] => {
    const inputs = tensors.map((tensor, i) =>
      positions.includes(i) ? (xs[positions.indexOf(i)] as tf.Tensor) : tensor,
    );
    return listOf(entry.run(inputs, attrs)).filter((_, i) => dys[i] !== null);
  };
  const xs = positions.map((i) => tensors[i] as tf.Tensor);
  const weights = dys.filter((dy) => dy !== null);
  if (weights.length === 1) return tf.grads((...at) => results(at)[0] as tf.Tensor)(xs, weights[0]);
  const inner = (...at: tf.Tensor[]): tf.Tensor =>
    tf.addN(results(at).map((result, i) => tf.sum(tf.mul(result, weights[i] as tf.Tensor))));
  return tf.grads(inner)(xs);
}

function checkGradients(
  entry: Entry,
  call: OpCase<unknown>,
  arrays: readonly NdArray[],
  tensors: tf.Tensor[],
  results: readonly Expected[],
): void {
  const dys = results.map(({ shape }, i) => arrayOf({ shape }, call.seed * 31 + 17 + i));
  const wants = entry.adjoint?.(arrays, call.attrs, dys) ?? [];
  const positions = wants.flatMap((want, i) => (want === null ? [] : [i]));
  if (positions.length === 0) return;
  attempt('gradient', () =>
    tf.tidy(() => {
      const weights = dys.map((dy, i) => (results[i]?.dtype === 'float32' ? toTensor(dy) : null));
      const gots = gradients(entry, call.attrs, tensors, positions, weights);
      for (const [i, got] of gots.entries()) {
        const position = positions[i] as number;
        compare('gradient', `the gradient by input ${position}`, got, wants[position] as Expected);
      }
    }),
  );
}

function expectUntouched(part: Part, arrays: readonly NdArray[], tensors: readonly tf.Tensor[]): void {
  for (const [i, tensor] of tensors.entries()) {
    compare(part, `input ${i} after the call`, tensor, arrays[i] as NdArray);
  }
}

/**
 * Runs one call on the current backend and compares its results and its gradients with the references. Inputs have to stay
 * as they are, and no tensor may be left.
 *
 * @throws ParityError with the first difference.
 */
export function checkCase(entry: Entry, call: OpCase<unknown>, parts: readonly Part[] = ['value', 'gradient']): void {
  const arrays = inputsOf(call);
  const before = tf.memory().numTensors;
  const tensors = arrays.map(toTensor);
  try {
    const results = parts.includes('value')
      ? checkValues(entry, call, arrays, tensors)
      : entry.reference(arrays, call.attrs);
    if (parts.includes('gradient') && call.gradient !== false && entry.adjoint !== undefined) {
      checkGradients(entry, call, arrays, tensors, results);
    }
    expectUntouched('value', arrays, tensors);
  } finally {
    tf.dispose(tensors);
  }
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new ParityError('value', `it leaves ${left} tensors`);
}
