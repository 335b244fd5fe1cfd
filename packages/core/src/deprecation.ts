/**
 * Prints a warning that something deprecated is in use, at every call.
 *
 * @example
 * ```ts
 * import { deprecationWarning } from '@sonnetjs/core';
 *
 * const warn = console.warn;
 * console.warn = () => {};
 * deprecationWarning('`oldName` is deprecated, use `newName` instead.');
 * console.warn = warn;
 * ```
 *
 * Sonnet: `snt.deprecation_warning`.
 */
export function deprecationWarning(message: string): void {
  console.warn(message);
}
