import { type Entry, entry, type OpCase } from '../../entry.ts';
import type { NdArray } from '../../nd-array.ts';
import { type Moves, moved, movedBack } from '../../references/moves.ts';
import type { InputSpec } from '../../values.ts';

/** An op whose results are made of its inputs' elements. */
export interface MovingOp<Attrs> extends Pick<Entry<Attrs>, 'op' | 'cases' | 'run' | 'examples'> {
  readonly moves: (inputs: readonly NdArray[], attrs: Attrs) => Moves[];
  /** Inputs that only say where from and where to. Default: none. */
  readonly indices?: readonly number[];
}

export function movingEntry<Attrs>({ moves, indices = [], ...definition }: MovingOp<Attrs>): Entry {
  return entry<Attrs>({
    ...definition,
    family: 'shape',
    reference: (inputs, attrs) => {
      const values = inputs.find((_, i) => !indices.includes(i)) as NdArray;
      return moves(inputs, attrs).map((result) => moved(result, inputs, values.dtype));
    },
    adjoint: (inputs, attrs, dys) => {
      const results = moves(inputs, attrs);
      return inputs.map(({ shape }, i) => (indices.includes(i) ? null : movedBack(results, dys, i, shape)));
    },
  });
}

/** A call; its gradient is checked where the inputs at hand are ordinary floats. */
export function movingCase<Attrs>(inputs: readonly InputSpec[], attrs: Attrs, seed: number): OpCase<Attrs> {
  const values = inputs.filter(({ below }) => below === undefined);
  return { inputs, attrs, seed, gradient: values.every(({ dtype, wide }) => dtype === undefined && wide !== true) };
}

/** What the elements of moved arrays may be. */
export const kinds: readonly Omit<InputSpec, 'shape'>[] = [
  {},
  {},
  { wide: true },
  { dtype: 'int32', range: [-100, 100] },
  { dtype: 'bool' },
];
