/**
 * Stands for "no default" in a declaration of parameters; see {@link BuildParameters}.
 *
 * @example
 * ```ts
 * import { AbstractModule, required, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * class Noise extends AbstractModule<[x: number, options?: { isTraining?: boolean }], number> {
 *   static override readonly moduleName = 'noise';
 *   static override readonly buildParameters = { x: required, isTraining: false };
 *   protected override build(x: number): number {
 *     return x;
 *   }
 * }
 *
 * resetDefaultGraph();
 * const noise = new Noise();
 * noise(3);
 * assert.deepEqual(noise.lastConnectedSubgraph.inputs, { x: 3, isTraining: false });
 * ```
 */
export const required: unique symbol = Symbol('required');

/**
 * The parameters of a module's `build`, in order, each with its default or {@link required}.
 *
 * A module declares them as `static buildParameters`, because JavaScript cannot inspect a signature: they name the inputs
 * in `connectedSubgraphs` and answer {@link supportsKwargs}.
 */
export type BuildParameters = Readonly<Record<string, unknown>>;

/** The declaration of a module (on its class) or of a function, or null where there is none. */
export function buildParametersOf(callable: object): BuildParameters | null {
  for (const holder of [callable, callable.constructor]) {
    if (!('buildParameters' in holder)) continue;
    const declared: unknown = holder.buildParameters;
    if (typeof declared === 'object' && declared !== null) return declared as BuildParameters;
  }
  return null;
}

/**
 * Names the arguments of a call. A last argument, not the only one where one is required, that is a plain object, all of whose keys are
 * declared parameters, gives those by name; without a declaration the names are `arg0`, `arg1`, ….
 */
export function nameArguments(declared: BuildParameters | null, args: readonly unknown[]): Record<string, unknown> {
  if (declared === null) return Object.fromEntries(args.map((arg, i) => [`arg${i}`, arg]));
  const names = Object.keys(declared);
  const numRequired = names.filter((name) => declared[name] === required).length;
  const last = args.at(-1);
  // `isTraining` may be required and still be given by name, so only the first argument is surely positional.
  const hasOptions = args.length > Math.min(1, numRequired) && isOptions(last, declared);
  const options = hasOptions ? last : {};
  const positional = hasOptions ? args.slice(0, -1) : args;
  const named: Record<string, unknown> = {};
  names.forEach((name, i) => {
    if (i < positional.length) named[name] = positional[i];
    else if (Object.hasOwn(options, name)) named[name] = options[name];
    else if (declared[name] !== required) named[name] = declared[name];
  });
  return named;
}

function isOptions(value: unknown, declared: BuildParameters): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.keys(value).every((key) => Object.hasOwn(declared, key));
}
