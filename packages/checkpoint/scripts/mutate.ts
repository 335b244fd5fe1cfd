/** Damages bytes at random: the way that disks and networks do, and the way that people do who mean harm. */

/** A reproducible source of integers: mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer of at least 0 and below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

const oddBytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x30, 0x5b, 0x7b];
const oddTexts = [
  '__proto__',
  'constructor',
  '__metadata__',
  '-1',
  '1e999',
  '9007199254740992',
  '18446744073709551616',
  'null',
  '[[[[[[[[',
  '{"a":',
  '\\ud800',
  '"',
].map((text) => new TextEncoder().encode(text));

type Mutation = (bytes: Uint8Array, dice: Dice) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, dice) {
    const at = dice.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
    return bytes;
  },
  function setByte(bytes, dice) {
    bytes[dice.below(bytes.length)] = dice.pick(oddBytes);
    return bytes;
  },
  function setWord(bytes, dice) {
    const word = dice.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, dice.below(2 ** 32)]);
    for (let i = 0, at = dice.below(bytes.length); i < 4; i++) bytes[at + i] = word >>> (8 * i);
    return bytes;
  },
  function changeDigit(bytes, dice) {
    const digits = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39);
    if (digits.length > 0) bytes[dice.pick(digits)] = 0x30 + dice.below(10);
    return bytes;
  },
  function truncate(bytes, dice) {
    return bytes.slice(0, dice.below(bytes.length));
  },
  function remove(bytes, dice) {
    const at = dice.below(bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + dice.below(16)));
  },
  function repeat(bytes, dice) {
    const at = dice.below(bytes.length);
    const end = at + 1 + dice.below(64);
    return join(bytes.subarray(0, end), bytes.subarray(at));
  },
  function insert(bytes, dice) {
    const at = dice.below(bytes.length);
    return join(bytes.subarray(0, at), dice.pick(oddTexts), bytes.subarray(at));
  },
  function overwrite(bytes, dice) {
    const text = dice.pick(oddTexts);
    const at = dice.below(bytes.length);
    return join(bytes.subarray(0, at), text, bytes.subarray(at + text.length));
  },
  function swap(bytes, dice) {
    const [a, b] = [dice.below(bytes.length), dice.below(bytes.length)].sort((x, y) => x - y) as [number, number];
    const length = Math.min(1 + dice.below(24), b - a, bytes.length - b);
    const piece = bytes.slice(a, a + length);
    bytes.copyWithin(a, b, b + length);
    bytes.set(piece, b);
    return bytes;
  },
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A copy of the bytes with one to three kinds of damage. */
export function mutate(bytes: Uint8Array, dice: Dice): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let i = dice.below(3); i >= 0 && result.length > 0; i--) result = dice.pick(mutations)(result, dice);
  return result;
}
