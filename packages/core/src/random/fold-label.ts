import { ValueError } from '../errors.ts';
import { threefry2x32 } from './threefry.ts';

/** The 64-bit key of a random stream: two unsigned 32-bit words. */
export type RandomKey = readonly [number, number];

const NUMBER_TAG = 1;
const STRING_TAG = 2;

/**
 * The key that belongs to a label below another key.
 *
 * The words of the label are enciphered one block after the other, each under the key that the last one gave. The first
 * block holds the label's type and length, so that different sequences of labels never read the same.
 *
 * @throws ValueError when a number is not a safe integer.
 */
export function foldLabel(key: RandomKey, label: string | number): RandomKey {
  const words = new Uint32Array(key);
  const absorb = (word0: number, word1: number) =>
    threefry2x32(words[0] as number, words[1] as number, word0, word1, words, 0);
  if (typeof label === 'number') {
    if (!Number.isSafeInteger(label)) {
      throw new ValueError(`RandomStream: seeds and labels must be safe integers (or, labels, strings); got ${label}.`);
    }
    absorb(NUMBER_TAG, 0);
    absorb(label | 0, Math.floor(label / 0x100000000) | 0);
  } else {
    absorb(STRING_TAG, label.length);
    for (let i = 0; i < label.length; i += 4) absorb(codeUnits(label, i), codeUnits(label, i + 2));
  }
  return [words[0] as number, words[1] as number];
}

/** Two UTF-16 code units as one word; zeros behind the end. */
function codeUnits(text: string, index: number): number {
  const low = index < text.length ? text.charCodeAt(index) : 0;
  const high = index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
  return low | (high << 16);
}
