import { type NamedTupleClass, nest, ValueError } from '@sonnetjs/core';

/** The size of one tensor of a state or an output, without its batch dimension: a shape, or the only size of a vector. */
export type Size = number | readonly number[];

/**
 * The sizes of all tensors of a state or an output: one {@link Size}, or a structure of them in arrays, plain objects and
 * named tuples.
 *
 * An array of numbers is always the shape of one tensor: a state of two vectors has the size `[[2], [3]]`, where `[2, 3]` is
 * the size of one tensor. The empty array is the size of a state without tensors.
 */
export type StateSize = nest.Nested<Size>;

/** Applies a function to the shape of each tensor, in the order of `nest.flatten`; gives a structure of the results. */
export function mapSizes<R>(size: StateSize, fn: (shape: number[]) => R): unknown {
  if (typeof size === 'number') return fn([size]);
  if (isShape(size)) return fn([...size]);
  if (Array.isArray(size)) return size.map((part: StateSize) => mapSizes(part, fn));
  const keyed = size as { readonly [key: string]: StateSize };
  const type = keyed.constructor as Partial<NamedTupleClass<readonly string[]>>;
  const keys = type.fields ?? Object.keys(keyed).sort();
  const parts = keys.map((key) => [key, mapSizes(keyed[key] as StateSize, fn)] as const);
  return type.from === undefined ? Object.fromEntries(parts) : type.from(Object.fromEntries(parts));
}

/** The shapes of all tensors, in the order of `nest.flatten`. */
export function flattenSizes(size: StateSize): number[][] {
  const shapes: number[][] = [];
  mapSizes(size, (shape) => shapes.push(shape));
  return shapes;
}

/** Sizes as messages show them: the same text for a number and a shape of one. */
export function showSize(size: StateSize): string {
  return JSON.stringify(mapSizes(size, (shape) => shape))
    .replaceAll(',', ', ')
    .replaceAll('"', '');
}

/**
 * A value in the structure of some sizes. A plain object with the right keys, or an array of the right length, stands for a
 * named tuple.
 *
 * @param value Has a leaf of any kind for each tensor.
 * @throws ValueError or TypeError, from nest, when the structures differ.
 */
export function inStructureOf(size: StateSize, value: unknown): unknown {
  const skeleton = mapSizes(size, () => null);
  const converted = asNamedTuples(skeleton, value);
  nest.assertSameStructure(skeleton, converted);
  return converted;
}

/**
 * Like {@link inStructureOf}, for something that goes with the state of a core.
 *
 * @param what What the message is about: `dynamicRnn: GRU "gru": the state`.
 * @throws ValueError when the structures differ.
 */
export function inStructureOfState(stateSize: StateSize, value: unknown, what: string): unknown {
  try {
    return inStructureOf(stateSize, value);
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof TypeError)) throw error;
    throw new ValueError(
      `${what} must have the structure of the core's stateSize, ${showSize(stateSize)}. ${error.message}`,
    );
  }
}

/** A value with named tuples where a model has them and the value has a plain object or an array that fits. */
export function asNamedTuples(model: unknown, value: unknown): unknown {
  if (!nest.isSequence(model) || !nest.isSequence(value)) return value;
  if (Array.isArray(model)) {
    return Array.isArray(value) ? value.map((part, i) => asNamedTuples(model[i], part)) : value;
  }
  const keyed = model as { readonly [key: string]: unknown };
  const type = keyed.constructor as Partial<NamedTupleClass<readonly string[]>>;
  const keys = type.fields ?? Object.keys(keyed);
  const isTuple = type.fields !== undefined && Array.isArray(value) && value.length === keys.length;
  const given = isTuple ? Object.fromEntries(keys.map((key, i) => [key, value[i]])) : Object(value);
  if (Object.keys(given).length !== keys.length || !keys.every((key) => Object.hasOwn(given, key))) return value;
  const parts = Object.fromEntries(keys.map((key) => [key, asNamedTuples(keyed[key], given[key])]));
  return type.from === undefined ? parts : type.from(parts);
}

function isShape(size: unknown): size is readonly number[] {
  return Array.isArray(size) && size.length > 0 && size.every((item) => typeof item === 'number');
}
