import { ValueError } from '@sonnetjs/core';

/** @throws ValueError when a size is not a positive integer. */
export function checkHiddenSize(size: unknown, where: string, name: string = 'hiddenSize'): asserts size is number {
  if (Number.isSafeInteger(size) && Number(size) > 0) return;
  throw new ValueError(`${where}: ${name} must be a positive integer; got ${String(size)}.`);
}
