import { ValueError } from './errors.ts';

/**
 * A name in snake_case for a name in CamelCase, as modules get them from their classes.
 *
 * A word is a capital with the small letters behind it, or a run of capitals. A number that follows a small letter begins
 * a word of its own, with what follows it up to the next word: `Conv2DTranspose` becomes `conv_2d_transpose`, but `X2Y` becomes `x2y`.
 *
 * @param camelCase Letters, digits and underscores, not beginning with a digit.
 * @throws ValueError when it is not such a name.
 *
 * @example
 * ```ts
 * import { toSnakeCase } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.strictEqual(toSnakeCase('BatchNormLSTM'), 'batch_norm_lstm');
 * ```
 *
 * Sonnet: `to_snake_case`.
 */
export function toSnakeCase(camelCase: string): string {
  if (!isIdentifier(camelCase)) {
    throw new ValueError(
      `toSnakeCase: ${JSON.stringify(camelCase)} is not a valid identifier (letters, digits and underscores, no digit first).`,
    );
  }
  return camelCase
    .replace(/(?=[A-Z][a-z])/g, '_')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replace(/(?<=[a-z])[0-9][^_]*/g, '_$&')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
}

/**
 * The snake_case name for a module that wraps a function, or null when the function has no usable name.
 *
 * @param callable A function; of a bound one, the name of the function that was bound counts.
 *
 * @example
 * ```ts
 * import { nameForCallable } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * function makeModel(): void {}
 * assert.strictEqual(nameForCallable(makeModel), 'make_model');
 * assert.strictEqual(nameForCallable(() => {}), null);
 * ```
 *
 * Sonnet: `name_for_callable`.
 */
export function nameForCallable(callable: (...args: never[]) => unknown): string | null {
  const { name } = callable as { readonly name?: unknown };
  if (typeof name !== 'string') return null;
  const ownName = name.replace(/^(?:bound )+/, '');
  return isIdentifier(ownName) ? toSnakeCase(ownName) : null;
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][\p{L}\p{N}_]*$/u.test(text);
}
