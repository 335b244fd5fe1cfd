import type { CustomGetter, GetVariableArgs } from '../variables/get-variable-args.ts';

/**
 * Makes a custom getter that puts the given arguments in place of those of the request.
 *
 * @param overrides Arguments of {@link getVariable}. An unknown one is an error when a variable is asked for.
 *
 * Sonnet: `snt.custom_getters.override_args`.
 *
 * @example
 * ```ts
 * import { customGetters, getVariable, initializers, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const customGetter = customGetters.overrideArgs({ initializer: initializers.constant(3) });
 * const w = variableScope('net', { customGetter }, () =>
 *   getVariable('w', { shape: [2], initializer: initializers.zeros() }),
 * );
 * assert.deepEqual([...w.dataSync()], [3, 3]);
 * ```
 */
export function overrideArgs(overrides: GetVariableArgs): CustomGetter {
  return (getter, name, args) => getter(name, { ...args, ...overrides });
}

/**
 * Makes a custom getter that gives arguments to requests which leave them open (`null` or missing).
 *
 * @param defaults Arguments of {@link getVariable}.
 *
 * Sonnet: `snt.custom_getters.override_default_args`.
 *
 * @example
 * ```ts
 * import { customGetters, getVariable, initializers, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const customGetter = customGetters.overrideDefaultArgs({ initializer: initializers.ones() });
 * variableScope('net', { customGetter }, () => {
 *   assert.deepEqual([...getVariable('a', { shape: [1] }).dataSync()], [1]);
 *   assert.deepEqual([...getVariable('b', { shape: [1], initializer: initializers.zeros() }).dataSync()], [0]);
 * });
 * ```
 */
export function overrideDefaultArgs(defaults: GetVariableArgs): CustomGetter {
  return (getter, name, args) => {
    const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
    return getter(name, { ...args, ...defaults, ...Object.fromEntries(given) });
  };
}
