import { type FunctionBuilder, i8x16, type Local, type V128 } from '../emitter/index.ts';

/** Writes the code that combines the four lanes of a vector: the result is in all of them. */
export function combineLanes(f: FunctionBuilder, value: V128, combine: (a: V128, b: V128) => V128): Local<'v128'> {
  const result = f.local('v128', value);
  for (const lanes of [[2, 3, 0, 1] as const, [1, 0, 3, 2] as const]) {
    f.set(result, combine(result, i8x16.shuffle32(result, result, lanes)));
  }
  return result;
}
