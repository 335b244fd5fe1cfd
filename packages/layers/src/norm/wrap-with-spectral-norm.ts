import {
  AbstractModule,
  type AnyModule,
  type CustomGetter,
  customGetterRouter,
  customGetters,
  type ModuleOptions,
  ValueError,
} from '@sonnetjs/core';
import {
  checkSpectralNormOptions,
  type EstimateUpdate,
  type SpectralNormOptions,
  spectralNorm,
} from './spectral-norm.ts';

/** A class of modules. */
export type ModuleClass = new (...args: never[]) => AnyModule;

/** Options of {@link wrapWithSpectralNorm}. */
export interface WrapWithSpectralNormOptions {
  /** Options of the normalization. */
  readonly snKwargs?: SpectralNormOptions | null;
  /**
   * The collection in which the better estimate of a connection with `enablePowerIteration: false` waits for
   * `runUpdates(collection)`. By default such a connection leaves the estimate as it is.
   */
  readonly powIterCollection?: string | null;
}

/** Options that a call of a {@link SpectralNormWrapper} takes besides those of its module, in the same object. */
export interface SpectralNormCallOptions {
  /** Whether the call improves the estimate of the singular value, as training should. Default: true. */
  readonly enablePowerIteration?: boolean;
}

type ArgumentsOf<M> = M extends (...args: infer Args) => unknown ? Args : never;
type OutputOf<M> = M extends (...args: never[]) => infer Output ? Output : never;
type WithCallOptions<Args extends readonly unknown[]> = Args | [...Args, SpectralNormCallOptions];

/** A class as {@link wrapWithSpectralNorm} makes it: it takes what the wrapped class takes. */
export interface SpectralNormClass<C extends ModuleClass> {
  new (...args: ConstructorParameters<C>): SpectralNormWrapper<ArgumentsOf<InstanceType<C>>, OutputOf<InstanceType<C>>>;

  /** The class that is wrapped. */
  readonly wrappedClass: C;
}

/** A module inside another one that divides its weights by their largest singular value. */
export interface SpectralNormWrapper<Args extends readonly unknown[], Output>
  extends AbstractModule<WithCallOptions<Args>, Output> {
  /** The module that is wrapped. */
  readonly wrappedModule: AnyModule;
}

/**
 * Makes of a class of modules one whose modules use their weights divided by their largest singular value (spectral
 * normalization), which bounds how fast outputs can change with inputs. It is meant for the discriminators of GANs.
 *
 * The weights are all variables with the name `w`, of the modules inside too; variables of other names stay as they are.
 * The singular value is estimated by power iteration, with one step (or `numIters`) at each call.
 *
 * Modules of the class are called `<name>_wrapper`, with the wrapped module `<name>` inside. The name is the one given to the
 * wrapped module's constructor in its options, or `sn` for the wrapper and the class's own for the wrapped module.
 *
 * @param moduleClass The class to wrap, such as `Linear`.
 * @param options See {@link WrapWithSpectralNormOptions}.
 * @throws TypeError when `moduleClass` is not a class of modules.
 * @throws ValueError when `numIters` is not a positive integer, or `eps` is not above 0.
 *
 * Sonnet: `snt.wrap_with_spectral_norm`. Miyato et al., "Spectral Normalization for Generative Adversarial Networks"
 * (2018).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear, wrapWithSpectralNorm } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const BoundedLinear = wrapWithSpectralNorm(Linear);
 * const linear = new BoundedLinear(1, { name: 'score' });
 * const inputs = tf.ones([4, 3]);
 * linear(inputs); // a training step
 * linear(inputs, { enablePowerIteration: false }); // a test
 * const names = linear.variables.map((variable) => variable.name);
 * assert.deepEqual(names, ['score_wrapper/score/b', 'score_wrapper/score/u0', 'score_wrapper/score/w']);
 * ```
 */
export function wrapWithSpectralNorm<C extends ModuleClass>(
  moduleClass: C,
  options: WrapWithSpectralNormOptions = {},
): SpectralNormClass<C> {
  if (typeof moduleClass !== 'function' || !(moduleClass.prototype instanceof AbstractModule)) {
    throw new TypeError(
      `wrapWithSpectralNorm: expected a class of modules, such as Linear; got ${String(moduleClass)}.`,
    );
  }
  const { powIterCollection = null } = options;
  const settings = checkSpectralNormOptions(options.snKwargs ?? {});
  const normalizing = (update: EstimateUpdate): CustomGetter =>
    customGetterRouter(
      { '.*/w$': (getter, name, args) => spectralNorm(getter(name, args), settings, update) },
      (name) => name,
    );

  class SpectralNormWrapper extends AbstractModule {
    static readonly wrappedClass: C = moduleClass;

    readonly wrappedModule: AnyModule;
    readonly #iterating: customGetters.Context;

    constructor(...args: ConstructorParameters<C>) {
      const iterating = new customGetters.Context(normalizing({ collection: null }), {
        defaultGetter: normalizing(powIterCollection === null ? null : { collection: powIterCollection }),
      });
      super({ name: `${nameAmong(args) ?? 'sn'}_wrapper`, customGetter: iterating });
      this.#iterating = iterating;
      this.wrappedModule = this.enterVariableScope(() => new moduleClass(...(args as never[])));
    }

    protected override build(...args: unknown[]): unknown {
      const { enablePowerIteration, rest } = splitArguments(args);
      const connect = (): unknown => (this.wrappedModule as unknown as (...args: unknown[]) => unknown)(...rest);
      return enablePowerIteration ? this.#iterating.enter(connect) : connect();
    }
  }
  return SpectralNormWrapper as unknown as SpectralNormClass<C>;
}

/** The name in the options, which are the last argument of a constructor. */
function nameAmong(args: readonly unknown[]): string | null {
  const last = args.at(-1);
  return isPlainObject(last) && typeof (last as ModuleOptions).name === 'string'
    ? String((last as ModuleOptions).name)
    : null;
}

/** The wrapper's own option, and the arguments of the wrapped module. */
function splitArguments(args: readonly unknown[]): { enablePowerIteration: boolean; rest: readonly unknown[] } {
  const last = args.at(-1);
  if (!isPlainObject(last) || !('enablePowerIteration' in last)) return { enablePowerIteration: true, rest: args };
  const { enablePowerIteration, ...others } = last;
  if (typeof enablePowerIteration !== 'boolean') {
    throw new ValueError(`enablePowerIteration must be true or false; got ${String(enablePowerIteration)}.`);
  }
  const rest = args.slice(0, -1);
  return { enablePowerIteration, rest: Object.keys(others).length === 0 ? rest : [...rest, others] };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
