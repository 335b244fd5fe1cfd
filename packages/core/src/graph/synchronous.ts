/**
 * Refuses a promise as the result of a function that runs inside a scope: the scope would be gone at the first `await`.
 *
 * @throws TypeError when the value is a promise.
 */
export function rejectPromise<T>(value: T, where: string): T {
  if (value instanceof Promise) {
    value.catch(() => {});
    throw new TypeError(
      `${where}: the function must be synchronous, but it returned a promise. No scope, graph or connection survives ` +
        'an await: await the data first, then call.',
    );
  }
  return value;
}
