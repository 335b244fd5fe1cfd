import { type CustomGetter, customGetters, initializers, partitioners, regularizers } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Bindings } from './bindings.ts';
import type { JsonObject } from './case-format.ts';
import { camelKeys } from './python-names.ts';
import { exported } from './symbols.ts';

type Factory = (value: JsonObject) => unknown;

const INITIALIZERS: Readonly<Record<string, Factory>> = {
  zeros: () => initializers.zeros(),
  ones: () => initializers.ones(),
  constant: (value) => initializers.constant(value.value as number),
  truncated_normal: (value) => initializers.truncatedNormal(options(value)),
  random_normal: (value) => initializers.randomNormal(options(value)),
  random_uniform: (value) => initializers.randomUniform(options(value)),
};

const REGULARIZERS: Readonly<Record<string, Factory>> = {
  l1: (value) => regularizers.l1(Number(value.scale)),
  l2: (value) => regularizers.l2(Number(value.scale)),
};

const PARTITIONERS: Readonly<Record<string, Factory>> = {
  fixed_size: (value) => partitioners.fixedSize(Number(value.num_shards), { axis: Number(value.axis ?? 0) }),
};

/** What a value says besides its kind, with the names of parameters as they are here. */
function options(value: JsonObject): object {
  const { initializer: _, ...rest } = value;
  return camelKeys(rest) as object;
}

function make(factories: Readonly<Record<string, Factory>>, kind: string, value: JsonObject): unknown {
  const name = String(value[kind]);
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  if (factory === undefined) throw new Error(`The runner does not know the ${kind} "${name}".`);
  return factory(value);
}

/** An initializer that a case describes. */
export function decodeInitializer(value: JsonObject): unknown {
  return make(INITIALIZERS, 'initializer', value);
}

/** A regularizer that a case describes. */
export function decodeRegularizer(value: JsonObject): unknown {
  return make(REGULARIZERS, 'regularizer', value);
}

/** A partitioner that a case describes. */
export function decodePartitioner(value: JsonObject): unknown {
  return make(PARTITIONERS, 'partitioner', value);
}

/** A custom getter that a case describes. */
export function decodeCustomGetter(value: JsonObject, path: string, bindings: Bindings): unknown {
  const name = String(value.custom_getter);
  const given = Object.entries((value.kwargs ?? {}) as JsonObject);
  const kwargs = Object.fromEntries(
    given.map(([key, inner]) => [key, bindings.decode(inner, `${path}.kwargs.${key}`)]),
  );
  const getter = customGetter(name, kwargs, value, path, bindings);
  if (typeof value.as === 'string') bindings.names.set(value.as, getter);
  return getter;
}

function customGetter(
  name: string,
  kwargs: Record<string, unknown>,
  value: JsonObject,
  path: string,
  bindings: Bindings,
): unknown {
  switch (name) {
    case 'stop_gradient':
      return customGetters.stopGradient;
    case 'non_trainable':
      return customGetters.nonTrainable;
    case 'override_args':
      return customGetters.overrideArgs(camelKeys(kwargs) as object);
    case 'override_default_args':
      return customGetters.overrideDefaultArgs(camelKeys(kwargs) as object);
    case 'scale_by':
      return scaleBy(Number(kwargs.factor));
    case 'context': {
      const { getter = bindings.decode(value.getter ?? null, `${path}.getter`), ...rest } = kwargs;
      return new customGetters.Context(getter as CustomGetter, camelKeys(rest) as object);
    }
    case 'bayes_by_backprop':
      return bayesByBackprop(kwargs);
    default:
      throw new Error(`The runner does not know the custom getter "${name}".`);
  }
}

function scaleBy(factor: number): CustomGetter {
  return (getter, name, args) => tf.mul(getter(name, args), factor);
}

/** The parts of Bayes by Backprop that the cases choose by a word. */
const BAYES_PARTS: Readonly<Record<string, { readonly option: string; readonly exports: Record<string, string> }>> = {
  prior_builder: {
    option: 'priorBuilder',
    exports: { fixed: 'fixedGaussianPriorBuilder', adaptive: 'adaptiveGaussianPriorBuilder' },
  },
  kl_builder: { option: 'klBuilder', exports: { analytic: 'analyticKlBuilder', stochastic: 'stochasticKlBuilder' } },
};

function bayesByBackprop(kwargs: Record<string, unknown>): unknown {
  const settings: Record<string, unknown> = {};
  const words = { prior_builder: 'fixed', kl_builder: 'analytic', sampling_mode: 'mean', ...kwargs };
  for (const [key, word] of Object.entries(words)) {
    const part = BAYES_PARTS[key];
    if (part !== undefined) settings[part.option] = exported(part.exports[String(word)] ?? String(word));
    else if (key === 'sampling_mode') settings.samplingModeTensor = word;
    else Object.assign(settings, camelKeys({ [key]: word }));
  }
  return (exported('bayesByBackpropGetter') as (options: object) => unknown)(settings);
}
