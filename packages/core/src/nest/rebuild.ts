import { enter, isKeyed, isNamedTuple, type Keyed, keysOf, type Level } from './structure.ts';

/**
 * A new structure of the same shape, whose leaves come from a function that is called for each leaf in order.
 *
 * Objects keep the order of their keys and named tuples their class.
 */
export function rebuild(structure: unknown, next: (leaf: unknown) => unknown): unknown {
  return rebuildBelow(structure, null, next);
}

function rebuildBelow(value: unknown, parent: Level | null, next: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const level = enter(value, parent);
    const items: unknown[] = new Array(value.length);
    for (let i = 0; i < value.length; i++) {
      level.key = i;
      items[i] = rebuildBelow(value[i], level, next);
    }
    return items;
  }
  if (!isKeyed(value)) return next(value);
  const level = enter(value, parent);
  const values = keysOf(value).map((key) => {
    level.key = key;
    return rebuildBelow(value[key], level, next);
  });
  return isNamedTuple(value) ? new (value.constructor as TupleConstructor)(...values) : likeObject(value, values);
}

type TupleConstructor = new (...values: unknown[]) => unknown;

/** An object with the keys of another; `values` are in sorted key order. */
function likeObject(model: Keyed, values: readonly unknown[]): unknown {
  // Copied first, for the order of the keys and so that `__proto__`, where it is a key, is assigned as one.
  const result: Record<string, unknown> =
    Object.getPrototypeOf(model) === null ? Object.assign(Object.create(null), model) : { ...model };
  keysOf(model).forEach((key, i) => {
    result[key] = values[i];
  });
  return result;
}
