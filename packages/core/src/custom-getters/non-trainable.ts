import type { CustomGetter } from '../variables/get-variable-args.ts';

/**
 * A custom getter that makes the variables non-trainable: they are not in the collection of trainable variables, so no
 * optimizer changes them. It has no effect on variables that exist already.
 *
 * Sonnet: `snt.custom_getters.non_trainable`.
 *
 * @example
 * ```ts
 * import { customGetters, getVariable, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new Module(() => getVariable('w', { shape: [2] }), {
 *   name: 'net',
 *   customGetter: customGetters.nonTrainable,
 * });
 * net();
 * assert.equal(net.trainableVariables.length, 0);
 * assert.equal(net.nonTrainableVariables.length, 1);
 * ```
 */
export const nonTrainable: CustomGetter = (getter, name, args) => getter(name, { ...args, trainable: false });
