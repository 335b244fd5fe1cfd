/** How a value of any type is written in a message: arrays as `[3, 3]`. */
export function shown(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(shown).join(', ')}]` : String(value);
}
