import { ValueError } from '@sonnetjs/core';

/** @throws ValueError when a size is not an integer of at least `least`. */
export function checkSizes(className: string, sizes: Readonly<Record<string, number>>, least = 1): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size >= least) continue;
    const expected = least === 1 ? 'a positive integer' : `an integer of at least ${least}`;
    throw new ValueError(`${className}: ${name} must be ${expected}; got ${String(size)}.`);
  }
}
