/**
 * Random words to random numbers, one word a number. These mappings are fixed: seeded results depend on them, and a
 * backend that draws on its own device has to reproduce them. Everything is computed in float64 and rounded once.
 */
import { inverseNormal } from './inverse-normal.ts';

const TWO_POW_MINUS_24 = 2 ** -24;
const TWO_POW_MINUS_32 = 2 ** -32;
/** Probability that a standard normal variable lies below -2. */
const BELOW_MINUS_2 = 0.02275013194817921;
/** Probability that a standard normal variable lies between -2 and 2. */
const WITHIN_2 = 0.9544997361036416;

/** Uniform in [min, max): `min + (max - min) * (word >>> 8) * 2^-24`; what rounds up to `max` becomes its predecessor. */
export function uniformValues(words: Uint32Array, min: number, max: number): Float32Array {
  const values = new Float32Array(words.length);
  const end = Math.fround(max);
  const last = lastBefore(min, max);
  for (let i = 0; i < words.length; i++) {
    const value = Math.fround(min + (max - min) * (((words[i] as number) >>> 8) * TWO_POW_MINUS_24));
    values[i] = value < end ? value : last;
  }
  return values;
}

/** The largest float32 that a uniform number in [min, max) may be. */
export function lastBefore(min: number, max: number): number {
  return Math.max(Math.fround(min), float32Before(Math.fround(max)));
}

/** Normal: `mean + stddev * inverseNormal((word + 0.5) * 2^-32)`. */
export function normalValues(words: Uint32Array, mean: number, stddev: number): Float32Array {
  const values = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) values[i] = mean + stddev * standardNormal(words[i] as number);
  return values;
}

/** The standard normal number of a word, in float64. */
export function standardNormal(word: number): number {
  return inverseNormal((word + 0.5) * TWO_POW_MINUS_32);
}

/** Normal within two standard deviations: `mean + stddev * inverseNormal(P(z < -2) + P(|z| < 2) * (word + 0.5) * 2^-32)`. */
export function truncatedNormalValues(words: Uint32Array, mean: number, stddev: number): Float32Array {
  const values = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const probability = ((words[i] as number) + 0.5) * TWO_POW_MINUS_32;
    values[i] = mean + stddev * inverseNormal(BELOW_MINUS_2 + WITHIN_2 * probability);
  }
  return values;
}

/** 1 where `word < probability * 2^32`, else 0. */
export function bernoulliValues(words: Uint32Array, probability: number): Float32Array {
  const values = new Float32Array(words.length);
  const threshold = probability * 0x100000000;
  for (let i = 0; i < words.length; i++) values[i] = (words[i] as number) < threshold ? 1 : 0;
  return values;
}

/** Integers in [min, max): `min + scaleWord(word, max - min)`. */
export function integerValues(words: Uint32Array, min: number, max: number): Int32Array {
  const values = new Int32Array(words.length);
  for (let i = 0; i < words.length; i++) values[i] = min + scaleWord(words[i] as number, max - min);
  return values;
}

/**
 * `floor(word * range / 2^32)`, exactly, for a range of at most 2^32.
 *
 * Each of the `range` results has `floor(2^32 / range)` or one more words that lead to it.
 */
export function scaleWord(word: number, range: number): number {
  // In halves of 16 bits, because the whole product does not fit the 53 bits of a number.
  const low = Math.floor(((word & 0xffff) * range) / 0x10000);
  return Math.floor(((word >>> 16) * range + low) / 0x10000);
}

/** The largest float32 below a float32. */
function float32Before(value: number): number {
  if (value === 0) return -(2 ** -149);
  const float = new Float32Array([value]);
  const bits = new Int32Array(float.buffer);
  bits[0] = (bits[0] as number) + (value > 0 ? -1 : 1);
  return float[0] as number;
}
