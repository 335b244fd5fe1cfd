import { camelCase, camelKeys } from './python-names.ts';
import type { Parameter } from './signatures.ts';

/** Parameters that are named in the options object here although Python requires them. */
const OPTIONS_ALTHOUGH_REQUIRED: ReadonlySet<string> = new Set(['is_training']);

/** Functions all of whose parameters stay positional: they are values of a kind (initializers), or Python's internals. */
const ALL_POSITIONAL: ReadonlySet<string> = new Set(['identity_kernel_initializer', '_default_transpose_size']);

/** Parameters whose value is a dictionary of keyword arguments: its keys are parameter names. */
const KEYWORD_DICTIONARIES: ReadonlySet<string> = new Set([
  'all_kwargs_dict',
  'batch_norm_config',
  'core_config',
  'normalization_kwargs',
  'sn_kwargs',
]);

/** Parameters whose value is the name of a parameter, or a list of such names. */
const PARAMETER_NAMES: ReadonlySet<string> = new Set(['kwargs_list']);

/** The values that a call gives to Python's parameters. */
export interface PythonArguments {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/**
 * The arguments here of a call that Python makes: what is required positional and in Python's order, everything else in
 * one options object last, which is left out when it is empty.
 */
export function callArguments(name: string, parameters: readonly Parameter[], call: PythonArguments): unknown[] {
  const positional: unknown[] = [];
  const options: Record<string, unknown> = {};
  const given = new Map(Object.entries(call.kwargs));
  let next = 0;
  for (const parameter of parameters) {
    if (parameter.kind === 'args') {
      positional.push(...call.args.slice(next));
      next = call.args.length;
    } else if (parameter.kind !== 'kwargs') {
      const isGiven = next < call.args.length || given.has(parameter.name);
      const value = next < call.args.length ? call.args[next++] : given.get(parameter.name);
      given.delete(parameter.name);
      if (isPositional(name, parameter)) positional.push(translated(parameter.name, value));
      else if (isGiven) options[camelCase(parameter.name)] = translated(parameter.name, value);
    }
  }
  positional.push(...call.args.slice(next));
  for (const [key, value] of given) options[camelCase(key)] = translated(key, value);
  if (Object.keys(options).length > 0) return [...positional, options];
  while (positional.length > 0 && positional.at(-1) === undefined) positional.pop();
  return positional;
}

function isPositional(name: string, parameter: Parameter): boolean {
  if (ALL_POSITIONAL.has(name)) return true;
  return parameter.kind === 'required' && !OPTIONS_ALTHOUGH_REQUIRED.has(parameter.name);
}

function translated(parameter: string, value: unknown): unknown {
  if (KEYWORD_DICTIONARIES.has(parameter)) return camelKeys(value);
  if (!PARAMETER_NAMES.has(parameter)) return value;
  if (typeof value === 'string') return camelCase(value);
  return Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? camelCase(item) : item)) : value;
}

/** The name of the collection that Sonnet's BatchNorm adds its updates to where nothing else is said. */
const UPDATE_OPS = 'update_ops';

/**
 * A module's configuration with what Sonnet's batch normalization does by default and ours only on demand: it puts its
 * updates into a collection instead of running them.
 */
export function withSonnetDefaults(
  className: string,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const withUpdates = (value: unknown): Record<string, unknown> => ({
    update_ops_collection: UPDATE_OPS,
    ...Object(value),
  });
  if (className === 'BatchNorm' || className === 'BatchNormLSTM') return withUpdates(config);
  const result = { ...config };
  if (config.use_batch_norm === true) result.batch_norm_config = withUpdates(config.batch_norm_config);
  if (isClassNamed(config.normalization_ctor, 'BatchNorm')) {
    result.normalization_kwargs = withUpdates(config.normalization_kwargs);
  }
  return result;
}

function isClassNamed(value: unknown, name: string): boolean {
  return value === name || value === `snt.${name}` || (typeof value === 'function' && value.name === name);
}
