import type { Corpus, Part } from './corpus.ts';

/** A model that predicts a character from the ones before it, by counting. */
export interface NGram {
  readonly name: string;
  /** How much the shorter context counts: see {@link makeNGrams}. */
  readonly weight: number;
  readonly validationBits: number;
  readonly testBits: number;
}

/** Gives the probability of the character at a place, from those before it. */
type Predict = (ids: Int32Array, place: number) => number;

const NAMES = ['unigram', 'bigram', 'trigram'] as const;
const WEIGHTS = Array.from({ length: 17 }, (_, i) => 2 ** (i - 4));

/**
 * Models that know no, one and two characters before the one to predict.
 *
 * The probability of a character is interpolated with that from the context which is one character shorter, and for the
 * unigram with a uniform one: `(count of context and character + weight * shorter) / (count of context + weight)`. So what
 * never occurred in training has a probability too. The weight of each model is that from 1/16 to 4096, a power of two, with
 * which it predicts the validation part best.
 */
export function makeNGrams({ alphabet, train, validation, test }: Corpus): NGram[] {
  let shorter: Predict = () => 1 / alphabet.length;
  return NAMES.map((name, order) => {
    const counts = new Counts(train, order, alphabet.length);
    const make = (weight: number): Predict => interpolate(counts, weight, shorter);
    const tried = WEIGHTS.map((weight) => ({ weight, bits: bitsOf(make(weight), validation) }));
    const best = tried.reduce((a, b) => (b.bits < a.bits ? b : a));
    shorter = make(best.weight);
    return { name, weight: best.weight, validationBits: best.bits, testBits: bitsOf(shorter, test) };
  });
}

function interpolate(counts: Counts, weight: number, shorter: Predict): Predict {
  return (ids, place) => {
    const { together, context } = counts.at(ids, place);
    return (together + weight * shorter(ids, place)) / (context + weight);
  };
}

/** Bits per character: the mean of `-log2(probability)` over a part of the text. */
function bitsOf(predict: Predict, { withContext, count }: Part): number {
  let bits = 0;
  for (let place = withContext.length - count; place < withContext.length; place++) {
    bits -= Math.log2(predict(withContext, place));
  }
  return bits / count;
}

/** How often contexts of one length occur in a text, alone and with the character behind them. */
class Counts {
  readonly #order: number;
  readonly #alphabetSize: number;
  readonly #contexts: Map<number, number> = new Map();
  readonly #together: Map<number, number> = new Map();

  constructor(text: Int32Array, order: number, alphabetSize: number) {
    this.#order = order;
    this.#alphabetSize = alphabetSize;
    for (let place = order; place < text.length; place++) {
      const context = this.#contextAt(text, place);
      increment(this.#contexts, context);
      increment(this.#together, this.#withCharacter(context, text, place));
    }
  }

  at(ids: Int32Array, place: number): { readonly together: number; readonly context: number } {
    const context = this.#contextAt(ids, place);
    return {
      together: this.#together.get(this.#withCharacter(context, ids, place)) ?? 0,
      context: this.#contexts.get(context) ?? 0,
    };
  }

  /** A number that only this context has: its characters as digits. */
  #contextAt(ids: Int32Array, place: number): number {
    let key = 0;
    for (let i = place - this.#order; i < place; i++) key = key * this.#alphabetSize + (ids[i] as number);
    return key;
  }

  #withCharacter(context: number, ids: Int32Array, place: number): number {
    return context * this.#alphabetSize + (ids[place] as number);
  }
}

function increment(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
