/**
 * @throws TypeError when what names are to contain is neither a string nor null.
 */
export function checkSubstring(value: unknown, where: string): void {
  if (value === null || typeof value === 'string') return;
  throw new TypeError(`${where} must be a string, which names are to contain, or null for all; got ${String(value)}.`);
}
