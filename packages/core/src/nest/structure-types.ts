import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTuple, NamedTupleLike } from './named-tuple.ts';

/**
 * A tensor, number or other value `T`, alone or in nested arrays, plain objects and named tuples.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import type * as tf from '@tensorflow/tfjs-core';
 *
 * function count(structure: nest.Nested<tf.Tensor>): number {
 *   return nest.flatten(structure).length;
 * }
 * count([]);
 * ```
 */
export type Nested<T> = T | readonly Nested<T>[] | { readonly [key: string]: Nested<T> } | NestedNamedTuple<T>;

interface NestedNamedTuple<T> extends NamedTupleLike, Iterable<Nested<T>> {}

/** Types of values that nest never looks into. Any other object type counts as a structure for the type system. */
export type Leaf =
  | Tensor
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | ((...args: never[]) => unknown)
  | (abstract new (
      ...args: never[]
    ) => unknown)
  | ArrayBufferView
  | ArrayBuffer
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | Date
  | RegExp
  | Error;

/** Depths at which the type of the leaves is still looked for: recursive types would have no end. */
type Shallower = [never, 0, 1, 2, 3, 4, 5, 6, 7, 8];
type Depth = Shallower[number];

/** Type of the leaves of a structure. */
export type LeavesOf<S, D extends Depth = 8> = unknown extends S
  ? unknown
  : [D] extends [never]
    ? never
    : S extends Leaf
      ? S
      : S extends readonly (infer E)[]
        ? LeavesOf<E, Shallower[D]>
        : LeavesOf<S[FieldsOf<S>], Shallower[D]>;

/** Keys of a plain object, or names of the fields of a named tuple. */
type FieldsOf<S> = S extends NamedTupleLike<infer F> ? F[number] & keyof S : keyof S & (string | number);

/** A structure of the same shape as `S` with `R` in place of every leaf. */
export type MapLeaves<S, R> = unknown extends S
  ? unknown
  : S extends Leaf
    ? R
    : S extends readonly unknown[]
      ? MapItems<S, R>
      : S extends NamedTupleLike<infer F>
        ? NamedTuple<F, { readonly [I in keyof F]: MapLeaves<S[F[I] & keyof S], R> }>
        : { -readonly [K in keyof S]: MapLeaves<S[K], R> };

type MapItems<S extends readonly unknown[], R> = number extends S['length']
  ? MapLeaves<S[number], R>[]
  : { -readonly [I in keyof S]: MapLeaves<S[I], R> };

/** Type of the parts of `S` that stand where a shallower structure `Shallow` has its leaves. */
export type LeavesUpTo<Shallow, S, D extends Depth = 8> = unknown extends Shallow
  ? unknown
  : [D] extends [never]
    ? never
    : Shallow extends Leaf
      ? S
      : Shallow extends readonly unknown[]
        ? ItemsUpTo<Shallow, S, Shallower[D]>
        : {
            [K in FieldsOf<Shallow>]: K extends keyof S ? LeavesUpTo<Shallow[K], S[K], Shallower[D]> : never;
          }[FieldsOf<Shallow>];

type ItemsUpTo<Shallow extends readonly unknown[], S, D extends Depth> = number extends Shallow['length']
  ? S extends readonly (infer E)[]
    ? LeavesUpTo<Shallow[number], E, D>
    : never
  : { [I in keyof Shallow]: I extends keyof S ? LeavesUpTo<Shallow[I], S[I], D> : never }[number];
