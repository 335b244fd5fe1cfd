import { nameForCallable } from '../naming.ts';
import { AbstractModule, type ModuleOptions } from './abstract-module.ts';
import { type BuildParameters, buildParametersOf } from './build-parameters.ts';
import { moduleState } from './module-state.ts';

/**
 * Makes a module of a function: what it asks for with `getVariable`, and the modules that it makes, belong to the module
 * and are shared between its connections.
 *
 * Sonnet: `snt.Module`.
 *
 * @example
 * ```ts
 * import { getVariable, initializers, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const shift = new Module(
 *   (x: tf.Tensor) => tf.add(x, getVariable('b', { shape: [], initializer: initializers.ones() })),
 *   { name: 'shift' },
 * );
 * assert.deepEqual([...shift(tf.tensor1d([1, 2])).dataSync()], [2, 3]);
 * assert.equal(shift.variables[0]?.name, 'shift/b');
 * ```
 */
export class Module<Args extends readonly unknown[], Output> extends AbstractModule<Args, Output> {
  readonly #function: (...args: Args) => Output;

  /**
   * @param build The function: gets the arguments of each call, returns what the call returns.
   * @param options `name`: the default is the function's name in snake_case, or `module` where it has none.
   * @throws TypeError when `build` is not a function.
   */
  constructor(build: (...args: Args) => Output, options: ModuleOptions = {}) {
    if (typeof build !== 'function') {
      throw new TypeError(`Module: build must be a function; got ${String(build)} (${typeof build}).`);
    }
    super({ ...options, name: options.name ?? nameForCallable(build) ?? 'module' });
    this.#function = build;
    moduleState(this).declared = buildParametersOf(build);
  }

  /** The parameters that the function declares with a `buildParameters` property, or null. */
  get buildParameters(): BuildParameters | null {
    return buildParametersOf(this.#function);
  }

  protected override build(...args: Args): Output {
    return this.#function(...args);
  }
}
