/** The name here of what Python calls `some_name` or `_some_name`: `someName`. */
export function camelCase(name: string): string {
  return name.replace(/^_+|_+$/g, '').replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}

/** The name of a class or function without its modules: `MLP` of `snt.nets.MLP`. */
export function lastPart(pythonName: string): string {
  return pythonName.slice(pythonName.lastIndexOf('.') + 1);
}

/** Methods that JavaScript calls otherwise. */
const METHOD_NAMES: ReadonlyMap<string, string> = new Map([
  ['__and__', 'and'],
  ['__getstate__', 'toJSON'],
]);

/** The name here of a Python method. */
export function methodName(name: string): string {
  return METHOD_NAMES.get(name) ?? camelCase(name);
}

/** A copy of a plain object whose keys are parameter names, with these names as they are here. */
export function camelKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelCase(key), inner]));
}
