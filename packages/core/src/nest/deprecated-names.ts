import { deprecationWarning } from '../deprecation.ts';
import { flatten, isSequence } from './flatten.ts';
import { packSequenceAs } from './pack.ts';

const warnedOf = new Set<string>();

/**
 * Wraps a function so that its first call prints a deprecation warning, once for each message.
 *
 * @param fn Any function.
 * @param extraMessage What to use instead.
 * @returns A function with the arguments and result of `fn`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { nest } from '@sonnetjs/core';
 *
 * const oldFlatten = nest.withDeprecationWarning(nest.flatten, '`oldFlatten` is renamed to `flatten`.');
 * assert.strictEqual(typeof oldFlatten, 'function');
 * ```
 *
 * Sonnet: `snt.nest.with_deprecation_warning`.
 */
export function withDeprecationWarning<F extends (...args: never[]) => unknown>(fn: F, extraMessage = ''): F {
  const wrapped = (...args: never[]): unknown => {
    if (!warnedOf.has(extraMessage)) {
      warnedOf.add(extraMessage);
      deprecationWarning(`This function of nest is deprecated. ${extraMessage}`.trim());
    }
    return fn(...args);
  };
  return wrapped as F;
}

/**
 * The former name of {@link flatten}.
 *
 * @deprecated Use {@link flatten}.
 */
export const flattenIterable: typeof flatten = /* @__PURE__ */ withDeprecationWarning(
  flatten,
  '`nest.flattenIterable` is renamed to `nest.flatten`.',
);

/**
 * The former name of {@link isSequence}.
 *
 * @deprecated Use {@link isSequence}.
 */
export const isIterable: typeof isSequence = /* @__PURE__ */ withDeprecationWarning(
  isSequence,
  '`nest.isIterable` is renamed to `nest.isSequence`.',
);

/**
 * The former name of {@link packSequenceAs}.
 *
 * @deprecated Use {@link packSequenceAs}.
 */
export const packIterableAs: typeof packSequenceAs = /* @__PURE__ */ withDeprecationWarning(
  packSequenceAs,
  '`nest.packIterableAs` is renamed to `nest.packSequenceAs`.',
);
