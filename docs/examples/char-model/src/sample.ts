import type { RandomStream } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { disposeMemory, readOn } from './memory.ts';
import type { CharModel, Memory } from './model.ts';

/** What and how to write. */
export interface Writing {
  /** What the network reads before it writes: places in the alphabet. */
  readonly prompt: Int32Array;
  /** How many characters it writes. */
  readonly length: number;
  /** The logits are divided by it: the higher, the more often what is unlikely is written. */
  readonly temperature: number;
  readonly random: RandomStream;
}

/**
 * Lets a network write: draws each character with the probability that the network gives it, and shows it to the network.
 *
 * @param alphabet The characters.
 */
export async function writeText(
  model: CharModel,
  alphabet: readonly string[],
  { prompt, length, temperature, random }: Writing,
): Promise<string> {
  const draws = random.bits(length);
  let text = '';
  let memory = model.emptyMemory(1);
  let unread = prompt;
  for (const draw of draws) {
    const [logits, next] = await logitsBehind(model, unread, memory);
    memory = next;
    const chosen = choose(logits, temperature, draw / 2 ** 32);
    text += alphabet[chosen];
    unread = Int32Array.of(chosen);
  }
  disposeMemory(memory);
  return text;
}

/** What the network expects behind some characters. */
async function logitsBehind(model: CharModel, ids: Int32Array, memory: Memory): Promise<[Float32Array, Memory]> {
  const characters = tf.tensor2d(ids, [ids.length, 1], 'int32');
  const [last, next] = readOn(model, characters, memory, (logits) => tf.slice(logits, [ids.length - 1, 0], [1, -1]));
  const values = (await last.data()) as Float32Array;
  tf.dispose([characters, last]);
  return [values, next];
}

/**
 * Chooses a place among logits.
 *
 * @param draw A random number from 0 to 1, 1 excluded.
 */
export function choose(logits: Float32Array, temperature: number, draw: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [place, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return place;
  }
  // What rounding has left over.
  return weights.findLastIndex((weight) => weight > 0);
}

const WIDTH = 96;

/** A sample as lines to print: indented, wrapped between words, and without characters that terminals obey. */
export function quote(sample: string): string[] {
  const printable = sample.replace(/[^\P{C}\n]/gu, '\uFFFD');
  return printable
    .trim()
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${WIDTH}}(?: |$)|.{1,${WIDTH}}`, 'gu')) ?? [''])
    .map((line) => `    ${line}`.trimEnd());
}
