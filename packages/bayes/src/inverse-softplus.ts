import { ValueError } from '@sonnetjs/core';

/**
 * The inverse of the softplus function `x => log(1 + exp(x))`, which turns any number into a positive one.
 *
 * @param y A positive number.
 * @returns The number whose softplus is `y`.
 * @throws ValueError when `y` is not positive and finite.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.inverse_softplus`.
 *
 * @example
 * ```ts
 * import { inverseSoftplus } from '@sonnetjs/bayes';
 * import assert from 'node:assert';
 *
 * const x = inverseSoftplus(0.01);
 * assert.ok(Math.abs(Math.log1p(Math.exp(x)) - 0.01) < 1e-15);
 * ```
 */
export function inverseSoftplus(y: number): number {
  if (!Number.isFinite(y) || y <= 0) {
    throw new ValueError(`inverseSoftplus: y must be a positive number; got ${String(y)}.`);
  }
  // As log(exp(y) - 1), without the overflow of a large y and the cancellation at a small one.
  return y + Math.log(-Math.expm1(-y));
}
