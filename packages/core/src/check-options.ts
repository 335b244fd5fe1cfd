import { KeyError } from './errors.ts';
import type { Initializer } from './initializers/index.ts';
import type { Partitioner } from './partitioners/index.ts';
import type { Regularizer } from './regularizers/index.ts';

/** Functions by the names of variables; for the modules inside a module, further such objects by their names. */
export type NestedFunctions<F> = { readonly [key: string]: F | NestedFunctions<F> | undefined };

/** The option `initializers` of modules. */
export type Initializers = NestedFunctions<Initializer>;
/** The option `partitioners` of modules. */
export type Partitioners = NestedFunctions<Partitioner>;
/** The option `regularizers` of modules. */
export type Regularizers = NestedFunctions<Regularizer>;

/** Options of {@link checkInitializers}, {@link checkPartitioners} and {@link checkRegularizers}. */
export interface CheckOptions {
  /** Name of the module, to begin messages with. */
  readonly moduleName?: string;
}

/**
 * Checks the option `initializers` of a module.
 *
 * @param initializers An object of functions, or of objects of functions for submodules; null and undefined for none.
 * @param keys The keys that are allowed.
 * @returns A copy without the entries that are undefined; an empty object for none.
 * @throws KeyError when a key is not allowed.
 * @throws TypeError when `initializers` is not a plain object, or an entry is neither a function nor a plain object.
 *
 * @example
 * ```ts
 * import { checkInitializers, initializers, KeyError } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const checked = checkInitializers({ w: initializers.zeros() }, ['w', 'b']);
 * assert.deepStrictEqual(Object.keys(checked), ['w']);
 * assert.throws(() => checkInitializers({ weights: initializers.zeros() }, ['w', 'b']), KeyError);
 * ```
 *
 * Sonnet: `snt.check_initializers`.
 */
export function checkInitializers<T extends object = Initializers>(
  initializers: T | null | undefined,
  keys: Iterable<string>,
  options: CheckOptions = {},
): Partial<T> {
  return checkFunctions('initializer', initializers, keys, options);
}

/**
 * Checks the option `partitioners` of a module, as {@link checkInitializers} does initializers.
 *
 * @throws KeyError when a key is not allowed.
 * @throws TypeError when `partitioners` is not a plain object, or an entry is neither a function nor a plain object.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { checkPartitioners, KeyError, partitioners } from '@sonnetjs/core';
 *
 * checkPartitioners({ w: partitioners.fixedSize(2) }, ['w', 'b']);
 * assert.throws(() => checkPartitioners({ weights: partitioners.fixedSize(2) }, ['w', 'b']), KeyError);
 * ```
 *
 * Sonnet: `snt.check_partitioners`.
 */
export function checkPartitioners<T extends object = Partitioners>(
  partitioners: T | null | undefined,
  keys: Iterable<string>,
  options: CheckOptions = {},
): Partial<T> {
  return checkFunctions('partitioner', partitioners, keys, options);
}

/**
 * Checks the option `regularizers` of a module, as {@link checkInitializers} does initializers.
 *
 * @throws KeyError when a key is not allowed.
 * @throws TypeError when `regularizers` is not a plain object, or an entry is neither a function nor a plain object.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { checkRegularizers, KeyError, regularizers } from '@sonnetjs/core';
 *
 * checkRegularizers({ w: regularizers.l2(0.1) }, ['w', 'b']);
 * assert.throws(() => checkRegularizers({ weights: regularizers.l2(0.1) }, ['w', 'b']), KeyError);
 * ```
 *
 * Sonnet: `snt.check_regularizers`.
 */
export function checkRegularizers<T extends object = Regularizers>(
  regularizers: T | null | undefined,
  keys: Iterable<string>,
  options: CheckOptions = {},
): Partial<T> {
  return checkFunctions('regularizer', regularizers, keys, options);
}

function checkFunctions<T extends object>(
  what: string,
  given: T | null | undefined,
  keys: Iterable<string>,
  { moduleName }: CheckOptions,
): Partial<T> {
  if (given === null || given === undefined) return {};
  const prefix = moduleName === undefined ? '' : `${moduleName}: `;
  const valid = [...keys];
  if (!isPlainObject(given)) {
    const received = typeof given === 'function' ? 'a function' : String(given);
    throw new TypeError(`${prefix}Expected an object with possible keys ${quoted(valid)}, received ${received}.`);
  }
  const entries = Object.entries(given).filter(([, entry]) => entry !== undefined);
  const extra = entries.map(([key]) => key).filter((key) => !valid.includes(key));
  if (extra.length > 0) {
    throw new KeyError(
      `${prefix}Invalid ${what} keys ${quoted(extra)}, ${what}s can only be provided for ${quoted(valid)}.`,
    );
  }
  checkEntries(prefix + what[0]?.toUpperCase() + what.slice(1), entries, [given]);
  return Object.fromEntries(entries) as Partial<T>;
}

/** `around` are the objects that hold these entries, so that one which contains itself is noticed. */
function checkEntries(what: string, entries: [string, unknown][], around: readonly object[]): void {
  for (const [key, entry] of entries) {
    if (typeof entry === 'function' || entry === undefined) continue;
    if (!isPlainObject(entry) || around.includes(entry)) {
      throw new TypeError(`${what} for '${key}' is not a callable function or dictionary (an object of functions).`);
    }
    checkEntries(what, Object.entries(entry), [...around, entry]);
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `'${key}'`).join(', ');
}
