import { checkDtype } from './dtype.ts';
import type { GetVariableArgs } from './get-variable-args.ts';

const KNOWN_ARGS: ReadonlySet<string> = new Set([
  'shape',
  'dtype',
  'initializer',
  'regularizer',
  'trainable',
  'collections',
  'partitioner',
  'reuse',
]);

/**
 * Checks a request for a variable as it arrives at the graph, after all custom getters.
 *
 * @throws TypeError when there is an argument that does not exist, or one of the wrong type.
 */
export function checkArgs(name: string, args: GetVariableArgs): void {
  for (const key of Object.keys(args)) {
    if (!KNOWN_ARGS.has(key)) {
      throw new TypeError(
        `getVariable "${name}": there is no argument '${key}'; known are ${[...KNOWN_ARGS].join(', ')}.`,
      );
    }
  }
  for (const key of ['initializer', 'regularizer', 'partitioner'] as const) {
    const value = args[key] ?? null;
    if (value !== null && typeof value !== 'function') throw wrongType(name, key, 'a function', value);
  }
  const { shape, dtype, trainable, collections, reuse } = args;
  if (shape != null && !Array.isArray(shape)) throw wrongType(name, 'shape', 'an array of sizes', shape);
  if (dtype != null) checkDtype(dtype, `Variable "${name}"`);
  if (trainable != null && typeof trainable !== 'boolean') throw wrongType(name, 'trainable', 'a boolean', trainable);
  if (collections != null && !isArrayOfStrings(collections)) {
    throw wrongType(name, 'collections', 'an array of names', collections);
  }
  if (reuse != null && typeof reuse !== 'boolean' && reuse !== 'auto') {
    throw wrongType(name, 'reuse', "true, false or 'auto'", reuse);
  }
}

function isArrayOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function wrongType(name: string, key: string, expected: string, got: unknown): TypeError {
  return new TypeError(`getVariable "${name}": ${key} must be ${expected}; got ${String(got)} (${typeof got}).`);
}
