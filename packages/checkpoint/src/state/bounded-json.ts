import { CheckpointError } from '../checkpoint-error.ts';

const MAX_DEPTH = 100;

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Reads JSON that may come from anybody: its depth is bounded, and no key is `__proto__`.
 *
 * @throws CheckpointError when it is not such JSON.
 */
export function parseJson(text: string): Json {
  checkDepth(text);
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new Error('no key may be __proto__');
      return value;
    }) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(
      `The checkpoint is damaged: what it says besides its tensors cannot be read (${reason}).`,
    );
  }
}

/** Counts the brackets that are open, outside of strings. */
function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === ']' || char === '}') depth--;
    else if ((char === '[' || char === '{') && ++depth > MAX_DEPTH) {
      throw new CheckpointError(`The checkpoint is damaged: it nests more than ${MAX_DEPTH} levels deep.`);
    }
  }
}

/** @throws CheckpointError when a value is not an object. */
export function asObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw wrong(where, 'an object');
}

/** @throws CheckpointError when a value is not an array of texts. */
export function asTexts(value: Json | undefined, where: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrong(where, 'an array of texts');
}

/** @throws CheckpointError when a value is not an integer. */
export function asInteger(value: Json | undefined, where: string, minimum: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum) return value;
  throw wrong(where, `an integer of at least ${minimum}`);
}

/** @throws CheckpointError when a value is not a text. */
export function asText(value: Json | undefined, where: string): string {
  if (typeof value === 'string') return value;
  throw wrong(where, 'a text');
}

function wrong(where: string, expected: string): CheckpointError {
  return new CheckpointError(`The checkpoint is damaged: its ${where} should be ${expected}.`);
}
