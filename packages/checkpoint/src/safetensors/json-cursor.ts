import { CheckpointError } from '../checkpoint-error.ts';
import { isWellFormed } from './well-formed.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads JSON piece by piece, so that a file gets no further than what is expected of it: it cannot make arrays or objects
 * that nobody asked for, and a key that comes twice is noticed.
 */
export class JsonCursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes an object: calls a function with each key, which has to take the value. */
  object(member: (key: string) => void): void {
    const seen = new Set<string>();
    this.#list('{', '}', () => {
      const key = this.string();
      if (key === '__proto__') throw this.#error('no key may be __proto__');
      if (seen.has(key)) throw this.#error(`the key ${JSON.stringify(key)} comes twice`);
      seen.add(key);
      this.#take(':');
      member(key);
    });
  }

  /** Takes an array of integers of at least 0. */
  integers(): number[] {
    const result: number[] = [];
    this.#list('[', ']', () => result.push(this.#integer()));
    return result;
  }

  /** Takes a string. */
  string(): string {
    this.#take('"');
    const start = this.#at - 1;
    let code = this.#text.charCodeAt(this.#at);
    while (code !== QUOTE) {
      // Not a number at the end of the text.
      if (!(code >= 0x20)) throw this.#error('a string has no end');
      this.#at += code === BACKSLASH ? 2 : 1;
      code = this.#text.charCodeAt(this.#at);
    }
    this.#at++;
    const token = this.#text.slice(start, this.#at);
    let value: string;
    try {
      value = JSON.parse(token) as string;
    } catch {
      throw this.#error('a string has an escape that does not exist');
    }
    if (!isWellFormed(value)) throw this.#error('a string has half a surrogate pair');
    return value;
  }

  /** Checks that only blanks are left. */
  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#error('something comes after its end');
  }

  #list(open: string, close: string, item: () => void): void {
    this.#take(open);
    if (this.#takeIf(close)) return;
    do item();
    while (this.#takeIf(','));
    this.#take(close);
  }

  #integer(): number {
    this.#skipBlanks();
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    const digits = this.#text.slice(start, this.#at);
    const value = Number(digits);
    if (digits === '' || (digits.length > 1 && digits.startsWith('0')) || !Number.isSafeInteger(value)) {
      throw this.#error('an integer of at least 0 is expected');
    }
    return value;
  }

  #take(char: string): void {
    if (!this.#takeIf(char)) throw this.#error(`${char} is expected`);
  }

  #takeIf(char: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #error(reason: string): CheckpointError {
    return new CheckpointError(`The header of the safetensors file is damaged: at character ${this.#at} ${reason}.`);
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
