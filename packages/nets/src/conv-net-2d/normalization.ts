import { type AnyModule, parseStringToConstructor, removeUnsupportedKwargs, ValueError } from '@sonnetjs/core';
import { BatchNorm, BatchNormV2, LayerNorm } from '@sonnetjs/layers';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * What makes a normalization: a class whose constructor takes an options object with a `name`, or a function that does.
 */
export type NormalizationConstructor = (new (options: never) => AnyModule) | ((options: never) => AnyModule);

/** The normalizations that may be given by name. */
const BY_NAME: object = { BatchNorm, BatchNormV2, LayerNorm };

/** Options that say how layers are normalized. */
export interface NormalizationOptions {
  /**
   * The class of the normalization after each layer: `BatchNormV2`, `LayerNorm`, …; these and `BatchNorm` may be given by
   * name, too. A function that gets `{ name, ...normalizationKwargs }` and makes a module will do. Default: none.
   */
  readonly normalizationCtor?: NormalizationConstructor | string | null;
  /** The options with which normalizations are made. Default: none. */
  readonly normalizationKwargs?: Readonly<Record<string, unknown>> | null;
  /**
   * Whether there is a BatchNorm after each layer.
   *
   * @deprecated Use `normalizationCtor: BatchNorm`.
   */
  readonly useBatchNorm?: boolean | null;
  /**
   * The options of the BatchNorms.
   *
   * @deprecated Use `normalizationKwargs`.
   */
  readonly batchNormConfig?: Readonly<Record<string, unknown>> | null;
}

/** A checked choice of the normalization. */
export interface Normalization {
  readonly ctor: NormalizationConstructor | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The normalization that the options say.
 *
 * @throws TypeError when `useBatchNorm` is not a boolean.
 * @throws ValueError when there are two, or it is neither callable nor the name of a known one.
 */
export function normalizationOf(options: NormalizationOptions, where: string): Normalization {
  const { normalizationCtor = null, normalizationKwargs = null, useBatchNorm = null } = options;
  if (useBatchNorm !== null && typeof useBatchNorm !== 'boolean') {
    throw new TypeError(
      `${where}: useBatchNorm must be a boolean, for all layers alike; got ${String(useBatchNorm)}. ` +
        'Batch normalization of some layers only is not supported.',
    );
  }
  if (useBatchNorm === true) {
    if (normalizationCtor !== null || normalizationKwargs !== null) {
      throw new ValueError(
        `${where}: with useBatchNorm there must be no normalizationCtor and no normalizationKwargs.`,
      );
    }
    return { ctor: BatchNorm, options: options.batchNormConfig ?? {} };
  }
  return { ctor: checkedConstructor(normalizationCtor, where), options: normalizationKwargs ?? {} };
}

function checkedConstructor(ctor: unknown, where: string): NormalizationConstructor | null {
  if (ctor === null || typeof ctor === 'function') return ctor as NormalizationConstructor | null;
  if (typeof ctor === 'string') {
    return parseStringToConstructor(ctor, BY_NAME) as unknown as NormalizationConstructor;
  }
  throw new ValueError(
    `${where}: normalizationCtor must be a callable (a class or a function) or a string that names a normalization; got ` +
      `${String(ctor)}.`,
  );
}

/** Whether the normalization needs to be told `isTraining`. */
export function needsIsTraining({ ctor }: Normalization): boolean {
  return ctor === BatchNorm || ctor === BatchNormV2;
}

/** A new normalization module. */
export function makeNormalizer({ ctor, options }: Normalization, name: string): AnyModule {
  const all = { ...options, name } as never;
  const make = ctor as new (options: never) => AnyModule;
  // Arrow functions and methods have no prototype, and cannot be called with new.
  return make.prototype === undefined ? (make as unknown as (options: never) => AnyModule)(all) : new make(all);
}

/** Connects a normalization with those of the given options that it takes. */
export function normalize(normalizer: AnyModule, net: tf.Tensor, options: object | null): tf.Tensor {
  const connect = normalizer as unknown as (inputs: tf.Tensor, options?: object) => tf.Tensor;
  return options === null ? connect(net) : connect(net, removeUnsupportedKwargs(normalizer, options));
}
