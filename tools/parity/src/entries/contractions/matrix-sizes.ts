import fc from 'fast-check';
import { capped, size } from '../../sizes.ts';

/** Rows, inner size and columns; now and then one of them is 0. */
export function matrixSizes(most = 150_000): fc.Arbitrary<[rows: number, inner: number, columns: number]> {
  const side = fc.oneof({ weight: 40, arbitrary: size() }, { weight: 1, arbitrary: fc.constant(0) });
  return fc.tuple(side, side, side).map((sides) => capped(sides, most) as [number, number, number]);
}
