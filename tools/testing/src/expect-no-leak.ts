import * as tf from '@tensorflow/tfjs-core';

/** Tensors that a function may leave behind besides the ones that it returns. */
export interface LeakAllowance {
  /** How many new tensors may stay, for example the variables of a first connection. Default 0. */
  readonly kept?: number;
}

/**
 * Runs a function and fails unless the tensors that it left are the ones that it returned.
 *
 * @param fn What is tested; its result may be a tensor, a nested structure of tensors, a promise of either, or nothing.
 * @returns What `fn` returned; the caller disposes it.
 * @throws Error when the number of living tensors differs from what is allowed.
 */
export function expectNoLeak<T>(fn: () => T, { kept = 0 }: LeakAllowance = {}): T {
  const before = new Set<object>();
  const numBefore = tf.memory().numTensors;
  const check = <R>(result: R): R => {
    const returned = tensorsIn(result, before).size;
    const grown = tf.memory().numTensors - numBefore;
    if (grown !== returned + kept) {
      throw new Error(
        `expectNoLeak: ${grown} tensors are alive that were not before; expected ${returned + kept} ` +
          `(${returned} returned, ${kept} allowed to stay).`,
      );
    }
    return result;
  };
  const result = fn();
  return result instanceof Promise ? (result.then(check) as T) : check(result);
}

/** The distinct tensors in a nested structure. */
function tensorsIn(value: unknown, found: Set<object>): Set<object> {
  if (value instanceof tf.Tensor) found.add(value);
  else if (value instanceof Map) for (const item of value.values()) tensorsIn(item, found);
  else if (Array.isArray(value)) for (const item of value) tensorsIn(item, found);
  else if (value !== null && typeof value === 'object') {
    for (const item of Object.values(value)) tensorsIn(item, found);
  }
  return found;
}
