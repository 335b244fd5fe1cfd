import type { CustomGetter } from '../variables/get-variable-args.ts';

/**
 * A custom getter that hands each request to the getter whose regular expression matches the variable's name first.
 *
 * @param map Regular expressions, matched from the beginning of the name, and their getters; tried in order. A name that
 *   none matches gets its variable as it is.
 * @param nameFn Maps the full name of the variable to the one that is matched: strips a scope, for example.
 * @throws TypeError when an entry is not a function.
 *
 * Sonnet: `snt.custom_getter_router`.
 *
 * @example
 * ```ts
 * import { customGetterRouter, customGetters, getVariable, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const customGetter = customGetterRouter({ '.*b$': customGetters.nonTrainable }, (name) => name);
 * const b = variableScope('net', { customGetter }, () => getVariable('b', { shape: [2] }));
 * assert.equal((b as tf.Variable).trainable, false);
 * ```
 */
export function customGetterRouter(
  map: Readonly<Record<string, CustomGetter>>,
  nameFn: (name: string) => string,
): CustomGetter {
  const routes = Object.entries(map).map(([pattern, getter]) => {
    if (typeof getter !== 'function') {
      throw new TypeError(`customGetterRouter: the getter of "${pattern}" must be a function; got ${String(getter)}.`);
    }
    return { pattern: new RegExp(`^(?:${pattern})`), getter };
  });
  return (getter, name, args) => {
    const matched = nameFn(name);
    const route = routes.find(({ pattern }) => pattern.test(matched));
    return route === undefined ? getter(name, args) : route.getter(getter, name, args);
  };
}
