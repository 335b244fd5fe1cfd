import { ValueError } from '../errors.ts';
import { buildParametersOf } from './build-parameters.ts';

/** Whether a callable takes arguments of the given names, as far as it is declared. */
export type KwargsSupport = 'supported' | 'not_supported' | 'maybe_supported';

/**
 * Whether a module (or function) takes arguments of the given names, such as `isTraining`.
 *
 * It goes by the `buildParameters` that the class (or function) declares; without a declaration nothing can be said.
 *
 * @param moduleOrFn A module, or a function with a `buildParameters` property.
 * @param names One name or several. No name at all is always supported.
 * @throws ValueError when a name is not a string.
 *
 * Sonnet: `snt.supports_kwargs`.
 *
 * @example
 * ```ts
 * import { AbstractModule, required, resetDefaultGraph, supportsKwargs } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * class Noise extends AbstractModule<[x: number, options?: { isTraining?: boolean }], number> {
 *   static override readonly buildParameters = { x: required, isTraining: false };
 *   protected build(x: number): number {
 *     return x;
 *   }
 * }
 *
 * resetDefaultGraph();
 * assert.equal(supportsKwargs(new Noise(), 'isTraining'), 'supported');
 * assert.equal(supportsKwargs(new Noise(), ['isTraining', 'other']), 'not_supported');
 * assert.equal(supportsKwargs(() => 0, 'isTraining'), 'maybe_supported');
 * ```
 */
export function supportsKwargs(moduleOrFn: object, names: string | Iterable<string>): KwargsSupport {
  const list = typeof names === 'string' ? [names] : [...names];
  for (const name of list) {
    if (typeof name !== 'string') throw new ValueError(`supportsKwargs: names must be strings; got ${String(name)}.`);
  }
  if (list.length === 0) return 'supported';
  const declared = buildParametersOf(moduleOrFn);
  if (declared === null) return 'maybe_supported';
  return list.every((name) => Object.hasOwn(declared, name)) ? 'supported' : 'not_supported';
}

/**
 * Those of the given arguments that a module (or function) takes for certain, for its options object.
 *
 * @param moduleOrFn What is to be called.
 * @param kwargs The arguments by name, or null for none.
 * @returns A new object.
 * @throws ValueError when `kwargs` is not an object.
 *
 * Sonnet: `snt.remove_unsupported_kwargs`.
 *
 * @example
 * ```ts
 * import { removeUnsupportedKwargs, required } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const layer = Object.assign((x: number) => x, { buildParameters: { x: required, isTraining: false } });
 * assert.deepEqual(removeUnsupportedKwargs(layer, { isTraining: true, other: 1 }), { isTraining: true });
 * ```
 */
export function removeUnsupportedKwargs<T extends object>(moduleOrFn: object, kwargs: T | null): Partial<T> {
  if (kwargs === null || kwargs === undefined) return {};
  if (typeof kwargs !== 'object' || Array.isArray(kwargs)) {
    throw new ValueError(`removeUnsupportedKwargs: expected an object of arguments by name; got ${String(kwargs)}.`);
  }
  const supported = Object.entries(kwargs).filter(([name]) => supportsKwargs(moduleOrFn, name) === 'supported');
  return Object.fromEntries(supported) as Partial<T>;
}
