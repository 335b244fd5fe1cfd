import fc from 'fast-check';
import { shape } from '../../sizes.ts';

/** One operand's part in a broadcast: which leading axes it lacks, and which axes have size 1. */
const operand: fc.Arbitrary<{ missing: number; ones: boolean[] }> = fc.record({
  missing: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 6 }) }),
  ones: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }), {
    minLength: 6,
    maxLength: 6,
  }),
});

/** Shapes that broadcast together, of which now and then none has the whole result's shape. */
export function broadcastShapes(count: number): fc.Arbitrary<number[][]> {
  return fc
    .tuple(shape({ maxRank: 5 }), fc.array(operand, { minLength: count, maxLength: count }))
    .map(([whole, operands]) =>
      operands.map(({ missing, ones }) =>
        whole.map((size, axis) => (ones[axis] === true ? 1 : size)).slice(Math.min(missing, whole.length)),
      ),
    );
}

/** A shape and one that broadcasts to it. */
export const shapeAndSmaller: fc.Arbitrary<number[][]> = fc
  .tuple(shape({ maxRank: 5 }), operand)
  .map(([whole, { missing, ones }]) => [
    whole,
    whole.map((size, axis) => (ones[axis] === true ? 1 : size)).slice(Math.min(missing, whole.length)),
  ]);
