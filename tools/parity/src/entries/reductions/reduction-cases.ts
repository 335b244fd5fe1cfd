import fc from 'fast-check';
import type { OpCase } from '../../entry.ts';
import { axis, type ShapeBounds, seed, shape, someAxes } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';

export interface Reduction {
  /** Left out: all axes. */
  readonly axis?: number | number[];
  readonly keepDims: boolean;
}

type Kind = Omit<InputSpec, 'shape'>;

function axesOf(rank: number): fc.Arbitrary<number | number[] | undefined> {
  if (rank === 0) return fc.constant(undefined);
  return fc.oneof(fc.constant(undefined), axis(rank), someAxes(rank, 1));
}

/** Calls of a reduction over one axis, several or all of them. Gradients are checked where the values are the first kind. */
export function reductionCases(kinds: readonly Kind[], bounds: ShapeBounds = {}): fc.Arbitrary<OpCase<Reduction>> {
  return shape({ maxRank: 5, ...bounds })
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        axis: axesOf(sizes.length),
        keepDims: fc.boolean(),
        kind: fc.constantFrom(...kinds),
        seed,
      }),
    )
    .map(({ sizes, axis: along, keepDims, kind, seed: values }) => ({
      inputs: [{ shape: sizes, ...kind }],
      attrs: { axis: along, keepDims },
      seed: values,
      gradient: kind.dtype === undefined,
    }));
}
