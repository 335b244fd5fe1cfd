import * as umbrella from 'sonnetjs';
import { type Case, isObject, type JsonObject, visitJson } from './case-format.ts';
import { createHelperModules } from './helper-modules.ts';
import { camelCase } from './python-names.ts';
import { tensorFlowFunction } from './tensorflow-functions.ts';

/** Prefixes of Python names that are namespaces here too. */
const KEPT_NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['nest', 'nest'],
  ['custom_getters', 'customGetters'],
]);

/** Classes whose name here differs. */
const CLASS_NAMES: ReadonlyMap<string, string> = new Map([['Error', 'SonnetError']]);

/** The modules that the format describes in words, by class name. */
const helperModules: ReadonlyMap<string, unknown> = createHelperModules();

/** A class: what `new` takes. */
export type Constructor = new (...args: unknown[]) => unknown;

/** What a dotted path leads to from the exports of all packages, or undefined. */
function lookUp(path: readonly string[]): unknown {
  let value: unknown = umbrella;
  for (const part of path) value = Reflect.has(Object(value), part) ? Reflect.get(Object(value), part) : undefined;
  return value;
}

/** The export of the packages that exist with this name here, such as `partitioners.fixedSize`; undefined without one. */
export function exported(name: string): unknown {
  return lookUp(name.split('.'));
}

/** Whether a name is a class's: its first letter is a capital. */
export function isClassName(name: string): boolean {
  return /^[A-Z]/.test(name.split('.').at(-1) ?? '');
}

/** The parts of a Python name that count here: `snt.nets.MLP.get_possible_initializer_keys` has `MLP` and a method. */
function significantParts(pythonName: string): string[] {
  const parts = pythonName.split('.');
  const classIndex = parts.findIndex((part) => /^[A-Z]/.test(part));
  const kept = parts.findLastIndex((part, index) => index < parts.length - 1 && KEPT_NAMESPACES.has(part));
  const isBayes = parts.includes('bayes_by_backprop');
  if (classIndex >= 0) {
    const inNamespace = kept >= 0 && kept < classIndex && !isBayes;
    return parts.slice(inNamespace ? kept : classIndex);
  }
  return kept >= 0 && !isBayes ? parts.slice(kept) : parts.slice(-1);
}

/**
 * What a Python name stands for: `snt.nets.MLP`, `modules.block_matrix.BlockDiagonalMatrix`, `util.to_snake_case`,
 * `bbb.get_total_kl_cost`, `snt.nest.flatten`, or a helper module of the format. Undefined while no package exports it.
 */
export function resolveSymbol(pythonName: string): unknown {
  const parts = significantParts(pythonName);
  const helper = parts.length === 1 ? helperModules.get(parts[0] ?? '') : undefined;
  if (helper !== undefined) return helper;
  return lookUp(
    parts.map(
      (part) => KEPT_NAMESPACES.get(part) ?? CLASS_NAMES.get(part) ?? (isClassName(part) ? part : camelCase(part)),
    ),
  );
}

/** The class of this Python name. */
export function resolveClass(pythonName: string): Constructor {
  const value = resolveSymbol(pythonName);
  if (typeof value !== 'function') throw new Error(`The class ${pythonName} is not exported by any package.`);
  return value as Constructor;
}

/** The namespace that strings are resolved in by `parseStringToConstructor`. */
export function publicNamespace(): object {
  return umbrella;
}

/** The modules and functions that a case needs and no package exports yet, such as `module LSTM`; none when it can run. */
export function missingFrom(item: Case): string[] {
  const missing = new Set<string>();
  const need = (kind: string, name: string): void => {
    if (resolveSymbol(name) === undefined) missing.add(`${kind} ${name}`);
  };
  visitJson([item.setup ?? [], item.calls ?? [], item.config ?? {}], (value) => {
    if (isObject(value)) collectNeeds(value, need);
  });
  if (item.module !== undefined) need('module', item.module);
  if (item.kind !== 'error') collectNamedClasses(item, need);
  return [...missing].sort();
}

function collectNeeds(value: JsonObject, need: (kind: string, name: string) => void): void {
  if (typeof value.module === 'string') need('module', value.module);
  if (typeof value.className === 'string') need('module', value.className);
  if (typeof value.function === 'string') needFunction(value.function, need);
  if (typeof value.fn === 'string') needFunction(value.fn, need);
  if (value.method === 'dynamic_rnn') need('function', 'tf.nn.dynamic_rnn');
  if (value.custom_getter === 'bayes_by_backprop') need('function', 'bbb.bayes_by_backprop_getter');
}

function needFunction(name: string, need: (kind: string, name: string) => void): void {
  if (tensorFlowFunction(name) === undefined) need('function', name);
}

/** Strings that name a class: it must exist for the string to be understood. */
function collectNamedClasses(item: Case, need: (kind: string, name: string) => void): void {
  for (const step of [...(item.setup ?? []), ...(item.calls ?? [])]) {
    const name = step.args?.[0];
    if (step.function === 'snt.parse_string_to_constructor' && typeof name === 'string') need('module', name);
  }
}
