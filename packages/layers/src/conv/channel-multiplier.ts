import { ValueError } from '@sonnetjs/core';
import { shown } from './shown.ts';

/**
 * The number of output channels of a depthwise convolution for each input channel.
 *
 * @throws ValueError when it is not a positive integer.
 */
export function checkedMultiplier(multiplier: unknown, where: string): number {
  if (Number.isSafeInteger(multiplier) && Number(multiplier) >= 1) return Number(multiplier);
  throw new ValueError(`${where}: channelMultiplier must be an integer >= 1; got ${shown(multiplier)}.`);
}
