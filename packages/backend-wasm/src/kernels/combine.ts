import { type FunctionBuilder, i8x16, type Local, type V128 } from '../emitter/index.ts';

/** Writes the code that combines the four lanes of a vector: the result is in all of them. */
export function combineLanes(f: FunctionBuilder, value: V128, combine: (a: V128, b: V128) => V128): Local<'v128'> {
  const result = f.local('v128', value);
  for (const lanes of [[2, 3, 0, 1] as const, [1, 0, 3, 2] as const]) {
    f.set(result, combine(result, i8x16.shuffle32(result, result, lanes)));
  }
  return result;
}

/** All values, at least one, combined half by half: few steps wait for each other, and sums have small rounding errors. */
export function inPairs(values: readonly V128[], combine: (a: V128, b: V128) => V128): V128 {
  const half = values.length >> 1;
  if (half === 0) return values[0] as V128;
  return combine(inPairs(values.slice(0, half), combine), inPairs(values.slice(half), combine));
}
