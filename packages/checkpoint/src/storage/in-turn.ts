/** What is under way, by key. */
const last = new Map<string, Promise<unknown>>();

/** Runs a function after all that were given before it with the same key have ended, well or not. */
export async function inTurn<T>(key: string, fn: () => Promise<T>): Promise<T> {
  const previous = last.get(key);
  const current = (async () => {
    await previous?.catch(() => {});
    return fn();
  })();
  last.set(key, current);
  try {
    return await current;
  } finally {
    if (last.get(key) === current) last.delete(key);
  }
}
