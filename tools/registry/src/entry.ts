import type { AnyModule } from '@sonnetjs/core';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * How to construct a module, as JSON: `{ module: 'Linear', args: [3, { useBias: false }] }`.
 *
 * Inside `args` an object with the key `module` is a module itself, `{ fn: 'relu' }` a function of tfjs, and
 * `{ call: 'initializers.constant', args: [0.5] }` what an exported function returns.
 */
export type ModuleConfig = { readonly module: string; readonly args?: readonly Json[] };

/** A tensor that a check makes: of small numbers that differ, or of the given ones. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** Default: `float32`. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
  /** The values, where the generated ones would not do (indices, states, images). */
  readonly values?: readonly number[];
}

/** One argument of a call: a tensor, a plain value, a list of arguments, or what a function makes for the module. */
export type InputArg =
  | { readonly tensor: InputSpec }
  | { readonly json: Json }
  | { readonly list: readonly InputArg[] }
  | { readonly make: (module: AnyModule) => unknown };

/** What the registry says of one module class. */
export interface ModuleEntry {
  /** The name of the export. */
  readonly name: string;
  /** The package that exports it. */
  readonly package: string;
  /** How to construct it. */
  readonly config: ModuleConfig;
  /** What to call it with. */
  readonly inputs: readonly InputArg[];
  /** The names of the golden files whose cases are about it. Default: its name. */
  readonly golden?: readonly string[];
  /** Whether constructing it warns, as deprecated modules do. */
  readonly warns?: boolean;
  /** What cannot be checked on it, each with the reason. */
  readonly except?: Partial<Record<'gradient' | 'golden' | 'backends', string>>;
}

/** Shorthand for a float32 tensor argument. */
export function tensor(...shape: number[]): InputArg {
  return { tensor: { shape } };
}
