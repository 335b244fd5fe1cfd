import { ValueError } from '../errors.ts';

/** Under this symbol the instances of named tuples have the names of their fields. Shared by all copies of this package. */
export const namedTupleFields: unique symbol = Symbol.for('@sonnetjs/core.namedTupleFields');

/** What all named tuples have in common. */
export type NamedTupleLike<Fields extends readonly string[] = readonly string[]> = {
  readonly [namedTupleFields]: Fields;
};

/**
 * An instance of a class that {@link namedTuple} made: its values by field and by index, iterable in field order.
 *
 * `Fields` are the names of the fields and `Values` the types of their values. A named tuple of tensors is a
 * `tf.TensorContainer`, so `tf.tidy` and `tf.dispose` take it.
 */
export type NamedTuple<Fields extends readonly string[], Values extends { readonly [I in keyof Fields]: unknown }> = {
  readonly [I in keyof Fields & `${number}` as Fields[I]]: Values[I];
} & { readonly [I in keyof Fields & `${number}`]: Values[I] } & NamedTupleLike<Fields> & {
    // Spelt out: an interface such as Iterable has no index signature, so that no tf.TensorContainer could have it.
    [Symbol.iterator](): IterableIterator<Values[number]>;
  };

/** A class that {@link namedTuple} made. */
export interface NamedTupleClass<Fields extends readonly string[]> {
  /** @throws TypeError unless there is one value a field. */
  new <Values extends { readonly [I in keyof Fields]: unknown }>(...values: Values): NamedTuple<Fields, Values>;

  /**
   * An instance from values by name.
   *
   * @throws TypeError when a field is missing or unknown.
   */
  from<Given extends { readonly [F in Fields[number]]: unknown }>(
    values: Given,
  ): NamedTuple<Fields, { readonly [I in keyof Fields]: Given[Fields[I]] }>;

  /** The name given to {@link namedTuple}. */
  readonly name: string;
  /** The names of the fields, in order. */
  readonly fields: Fields;
}

/**
 * Makes a class of tuples with named fields, for states and other small groups of tensors.
 *
 * {@link nest} takes the fields of an instance in the order given here, where it takes a plain object's keys sorted.
 *
 * @param name Name of the class, for messages and listings.
 * @param fields Names of the fields: distinct identifiers.
 * @throws ValueError when a name is not an identifier, is given twice, or is `constructor`.
 *
 * @example
 * ```ts
 * import { namedTuple, nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * const LSTMState = namedTuple('LSTMState', ['hidden', 'cell']);
 * const state = new LSTMState(1, 2);
 * const [hidden, cell] = state;
 * assert.deepStrictEqual([hidden, cell, state.cell, state[0]], [1, 2, 2, 1]);
 *
 * const doubled = nest.map((x) => 2 * x, LSTMState.from({ cell: 2, hidden: 1 }));
 * assert(doubled instanceof LSTMState);
 * assert.deepStrictEqual(nest.flatten(doubled), [2, 4]);
 * ```
 *
 * Python: `collections.namedtuple`.
 */
export function namedTuple<const Fields extends readonly string[]>(
  name: string,
  fields: Fields,
): NamedTupleClass<Fields> {
  checkNames(name, fields);
  const names: readonly string[] = Object.freeze([...fields]);
  class Tuple {
    static readonly fields: readonly string[] = names;

    static from(values: Record<string, unknown>): Tuple {
      const given = Object.keys(values);
      if (given.length !== names.length || !names.every((field) => Object.hasOwn(values, field))) {
        throw new TypeError(`${name}.from: expected the fields ${names.join(', ')}; got ${given.join(', ')}.`);
      }
      return new Tuple(...names.map((field) => values[field]));
    }

    constructor(...values: unknown[]) {
      if (values.length !== names.length) {
        throw new TypeError(`${name}: expected ${names.length} values (${names.join(', ')}); got ${values.length}.`);
      }
      const self = this as Record<string, unknown>;
      for (let i = 0; i < names.length; i++) self[names[i] as string] = values[i];
    }

    [Symbol.iterator](): IterableIterator<unknown> {
      return names.map((field) => (this as Record<string, unknown>)[field]).values();
    }
  }
  Object.defineProperty(Tuple, 'name', { value: name });
  Object.defineProperty(Tuple.prototype, namedTupleFields, { value: names });
  for (const [i, field] of names.entries()) {
    Object.defineProperty(Tuple.prototype, i, {
      get(this: Record<string, unknown>) {
        return this[field];
      },
    });
  }
  return Tuple as unknown as NamedTupleClass<Fields>;
}

function checkNames(name: string, fields: readonly string[]): void {
  const valid = (text: unknown) => typeof text === 'string' && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
  if (!valid(name)) throw new ValueError(`namedTuple: the name must be an identifier; got ${JSON.stringify(name)}.`);
  const reserved = ['constructor', '__proto__'];
  const odd = fields.find((field, i) => !valid(field) || reserved.includes(field) || fields.indexOf(field) !== i);
  if (odd !== undefined) {
    throw new ValueError(
      `namedTuple ${name}: the fields must be distinct identifiers other than ${reserved.join(' and ')}; ` +
        `got ${JSON.stringify(odd)} in [${fields.join(', ')}].`,
    );
  }
}
