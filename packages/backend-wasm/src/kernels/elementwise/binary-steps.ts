import type { FunctionBuilder, I32, Local, V128 } from '../../emitter/index.ts';
import type { Load, Store } from './map.ts';

/**
 * A function of two arguments in steps: each gets the operands and what the step before it left, two vectors at most; the last
 * one leaves the result. A lane of what a step leaves belongs to the lane's element.
 */
export type BinarySteps = readonly ((
  f: FunctionBuilder,
  a: Local<'v128'>,
  b: Local<'v128'>,
  left: readonly [Local<'v128'>, Local<'v128'>],
) => readonly V128[])[];

/** The variables of the operands, and code that reads them. */
interface Operands {
  readonly a: Local<'v128'>;
  readonly b: Local<'v128'>;
  readonly read: (load: Load) => void;
}

/** The steps with what they read and write: each leaves its vectors at the places. */
export function stepsOf(
  f: FunctionBuilder,
  steps: BinarySteps,
  { a, b, read }: Operands,
  places: readonly [I32, I32],
): ((load: Load, store: Store) => void)[] {
  const left = [f.local('v128'), f.local('v128')] as const;
  /** How many vectors each step leaves. */
  const counts: number[] = [];
  return steps.map((step, index) => (load, store) => {
    read(load);
    for (let i = 0; i < (counts[index - 1] ?? 0); i++) f.set(left[i] as Local<'v128'>, load(places[i] as I32));
    const values = step(f, a, b, left);
    for (const [i, value] of values.entries()) store(places[i] as I32, value);
    counts[index] = values.length;
  });
}
