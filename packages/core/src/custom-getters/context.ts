import type { Tensor } from '@tensorflow/tfjs-core';
import { rejectPromise } from '../graph/synchronous.ts';
import type { CustomGetter, GetVariableArgs, VariableGetter } from '../variables/get-variable-args.ts';

/** Options of {@link Context}. */
export interface ContextOptions {
  /** Whether to log each variable that is asked for and which getter it gets. Default: false. */
  readonly verbose?: boolean;
  /** The getter that holds outside of the context. The default gives the variable as it is. */
  readonly defaultGetter?: CustomGetter | null;
}

// An instance is a function: the interface gives it its call signature.
export interface Context {
  /** Serves a request, with the getter inside the context and without it outside. */
  (getter: VariableGetter, name: string, args: GetVariableArgs): Tensor;
}

/**
 * A custom getter that can be switched on: it holds only while a function runs inside {@link Context.enter}.
 *
 * Getters that change how a variable is *made*, such as `nonTrainable`, have no effect once it exists.
 *
 * Sonnet: `snt.custom_getters.Context`.
 *
 * @example
 * ```ts
 * import { customGetters, getVariable, Module, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 *
 * resetDefaultGraph();
 * const frozen = new customGetters.Context(customGetters.stopGradient);
 * const scale = new Module((x: tf.Tensor) => tf.mul(x, getVariable('w', { shape: [2] })), {
 *   name: 'scale',
 *   customGetter: frozen,
 * });
 * scale(tf.ones([2])); // gradients reach w
 * frozen.enter(() => scale(tf.ones([2]))); // they do not
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function, which is what the interface says.
export class Context {
  /**
   * @param getter The custom getter that is switched on and off.
   * @param options `verbose` and `defaultGetter`.
   * @throws TypeError when a getter is not a function.
   */
  constructor(getter: CustomGetter, options: ContextOptions = {}) {
    const { verbose = false, defaultGetter = null } = options;
    for (const candidate of [getter, defaultGetter ?? getter]) {
      if (typeof candidate !== 'function') {
        throw new TypeError(`Context: a custom getter must be a function; got ${String(candidate)}.`);
      }
    }
    const serve: CustomGetter = (inner, name, args) => {
      const isOn = isActive(self);
      const active = isOn ? getter : defaultGetter;
      if (verbose) console.info(`Context: "${name}" ${isOn ? 'goes through' : 'passes by'} the custom getter.`);
      return active === null ? inner(name, args) : active(inner, name, args);
    };
    const self: Context = Object.setPrototypeOf(serve, new.target.prototype);
    depths.set(self, 0);
    // biome-ignore lint/correctness/noConstructorReturn: a context is a function with the class's prototype.
    return self;
  }

  /**
   * Runs a function with the custom getter switched on. Calls may be nested.
   *
   * @returns What the function returns.
   * @throws TypeError when the function returns a promise.
   */
  enter<T>(fn: () => T): T {
    depths.set(this, (depths.get(this) ?? 0) + 1);
    try {
      return rejectPromise(fn(), 'Context.enter');
    } finally {
      depths.set(this, (depths.get(this) ?? 1) - 1);
    }
  }
}

const depths = new WeakMap<Context, number>();

function isActive(context: Context): boolean {
  return (depths.get(context) ?? 0) > 0;
}
