import { type Expected, exactly, Sums } from '../expected.ts';
import { type Dtype, forEachIndex, type NdArray, type Shape, sizeOf } from '../nd-array.ts';

/** Where every element of a result comes from: an element of an input, or a constant. */
export interface Moves {
  readonly shape: Shape;
  /** The input, or -1 for the constant. */
  readonly input: Int32Array;
  /** The place in the input's data. */
  readonly at: Int32Array;
  readonly constant: number;
}

/** A place in the data of an input; undefined stands for the constant. */
export type Source = readonly [input: number, at: number] | undefined;

export function movesOf(shape: Shape, source: (index: readonly number[]) => Source, constant = 0): Moves {
  const [input, at] = [new Int32Array(sizeOf(shape)).fill(-1), new Int32Array(sizeOf(shape))];
  forEachIndex(shape, (index, flat) => {
    const from = source(index);
    if (from === undefined) return;
    [input[flat], at[flat]] = from;
  });
  return { shape, input, at, constant };
}

/** The moved elements. */
export function moved(moves: Moves, inputs: readonly NdArray[], dtype: Dtype): Expected {
  const data = Float64Array.from(moves.input, (input, flat) =>
    input < 0 ? moves.constant : ((inputs[input] as NdArray).data[moves.at[flat] as number] as number),
  );
  return exactly(moves.shape, data, dtype);
}

/** The gradient by one input: the sum over all places to which its elements were moved. */
export function movedBack(moves: readonly Moves[], dys: readonly NdArray[], input: number, shape: Shape): Expected {
  const sums = new Sums(shape);
  for (const [result, { input: from, at }] of moves.entries()) {
    from.forEach((which, flat) => {
      if (which === input) sums.add(at[flat] as number, (dys[result] as NdArray).data[flat] as number);
    });
  }
  return sums.expected();
}
