import { stopGradient as stop } from '../ops/stop-gradient.ts';
import type { CustomGetter } from '../variables/get-variable-args.ts';

/**
 * A custom getter that keeps gradients from the variables: they are used, but not trained, through this module. They are
 * still in the collection of trainable variables.
 *
 * Sonnet: `snt.custom_getters.stop_gradient`.
 *
 * @example
 * ```ts
 * import { customGetters, getVariable, initializers, Module, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const scalar = () => getVariable('x', { shape: [], initializer: initializers.ones() });
 * const free = new Module(scalar, { name: 'free' });
 * const frozen = new Module(scalar, { name: 'frozen', customGetter: customGetters.stopGradient });
 * const { grads } = valueAndGrads(() => tf.mul(free(), frozen()));
 * assert.deepEqual([grads['free/x']?.dataSync()[0], grads['frozen/x']], [1, null]);
 * ```
 */
export const stopGradient: CustomGetter = (getter, name, args) => stop(getter(name, args));
