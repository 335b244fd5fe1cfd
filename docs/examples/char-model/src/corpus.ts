import { OptionError } from '@sonnetjs/example-kit';

/** A text as numbers: each character is its place in the alphabet. */
export interface Corpus {
  /** All characters of the text, in the order of their code points. */
  readonly alphabet: readonly string[];
  /** The first nine tenths of the text, about. */
  readonly train: Int32Array;
  readonly validation: Part;
  readonly test: Part;
}

/** A part of a text that models are measured on. */
export interface Part {
  /** The character before the part, which belongs to no prediction but is known; then those of the part. */
  readonly ids: Int32Array;
  /** The two characters before the part, and those of the part: for models that look back as far. */
  readonly withContext: Int32Array;
  /** How many characters are predicted. */
  readonly count: number;
}

/** How many pieces of a part are read side by side when a model is measured: parts have a multiple of that many characters. */
export const MEASURED_ROWS: number = 64;

const SHARE = 1 / 20;

/**
 * Divides a text into what to learn from, what to choose by and what to test on, in this order: the last twentieth is for
 * the test, and the one before it for validation.
 *
 * @param needed How many characters there must be to learn from.
 * @throws OptionError when the text is too short, or consists of one character only.
 */
export function makeCorpus(text: string, needed: number): Corpus {
  const characters = Array.from(text);
  const shortest = Math.max(MEASURED_ROWS / SHARE, Math.ceil(needed / (1 - 2 * SHARE)));
  if (characters.length < shortest) {
    throw new OptionError(
      `The text is too short: it has ${characters.length} characters, and ${shortest} are needed to divide it into ` +
        'training, validation and test. Take a longer text, or a smaller --batch or --unroll.',
    );
  }
  const alphabet = [...new Set(characters)].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
  if (alphabet.length < 2) throw new OptionError('The text consists of one character only: there is nothing to learn.');
  const places = new Map(alphabet.map((character, i) => [character, i]));
  const ids = Int32Array.from(characters, (character) => places.get(character) as number);
  const count = Math.floor((ids.length * SHARE) / MEASURED_ROWS) * MEASURED_ROWS;
  const [validation, test] = [ids.length - 2 * count, ids.length - count];
  const part = (first: number): Part => ({
    ids: ids.subarray(first - 1, first + count),
    withContext: ids.subarray(first - 2, first + count),
    count,
  });
  return { alphabet, train: ids.subarray(0, validation), validation: part(validation), test: part(test) };
}
