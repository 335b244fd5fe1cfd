import { createRequire } from 'node:module';

/** What newer versions of node have removed from `node:util` and tfjs-node still calls. */
const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: Array.isArray,
  isNullOrUndefined: (value) => value === null || value === undefined,
};

/**
 * Puts back what tfjs-node calls and this node no longer has. What exists stays as it is.
 *
 * @param util The module as CommonJS sees it; default: node's own.
 * @returns The names of what was put back.
 */
export function restoreUtil(util: object = createRequire(import.meta.url)('node:util')): readonly string[] {
  const missing = Object.keys(removed).filter((name) => !Reflect.has(util, name));
  for (const name of missing) {
    Object.defineProperty(util, name, {
      value: removed[name],
      configurable: true,
      writable: true,
      // Not to be found by those who list the module.
      enumerable: false,
    });
  }
  return missing;
}
