/** Stands for "no default" in a declaration of parameters; see {@link BuildParameters}. */
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
 * Names the arguments of a call. A last argument that is a plain object, all of whose keys are declared parameters, gives
 * those by name; without a declaration the names are `arg0`, `arg1`, ….
 */
export function nameArguments(declared: BuildParameters | null, args: readonly unknown[]): Record<string, unknown> {
  if (declared === null) return Object.fromEntries(args.map((arg, i) => [`arg${i}`, arg]));
  const names = Object.keys(declared);
  const last = args.at(-1);
  const options = isOptions(last, declared) ? last : {};
  const positional = isOptions(last, declared) ? args.slice(0, -1) : args;
  const named: Record<string, unknown> = {};
  names.forEach((name, i) => {
    if (i < positional.length) named[name] = positional[i];
    else if (name in options) named[name] = options[name];
    else if (declared[name] !== required) named[name] = declared[name];
  });
  return named;
}

function isOptions(value: unknown, declared: BuildParameters): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.keys(value).every((key) => Object.hasOwn(declared, key));
}
