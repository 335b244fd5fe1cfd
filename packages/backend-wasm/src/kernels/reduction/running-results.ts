import { type FunctionBuilder, f32x4, i32x4, type Local, type V128 } from '../../emitter/index.ts';
import type { Reducer } from './reducers.ts';

type Combine = (a: V128, b: V128) => V128;

/**
 * Some vectors of running results. Where NaN needs care they are those of numbers, and the sums of all that was taken tell
 * whether a NaN may have been among it: then it is to be taken again, slowly.
 */
export class RunningResults {
  readonly #f: FunctionBuilder;
  readonly #reducer: Reducer;
  readonly #parts: readonly Local<'v128'>[];
  readonly #sums: readonly Local<'v128'>[];
  readonly #values: readonly [Local<'v128'>, Local<'v128'>];

  constructor(f: FunctionBuilder, reducer: Reducer, count: 1 | 4) {
    const make = (length: number): Local<'v128'>[] => Array.from({ length }, () => f.local('v128'));
    this.#f = f;
    this.#reducer = reducer;
    this.#parts = make(count);
    this.#sums = reducer.combineNumbers === undefined ? [] : make(Math.ceil(count / 2));
    this.#values = [f.local('v128'), f.local('v128')];
  }

  /** Writes the code that begins again. */
  clear(): void {
    for (const part of this.#parts) this.#f.set(part, this.#reducer.identity);
    for (const sum of this.#sums) this.#f.set(sum, f32x4.const(0));
  }

  /** Writes the code that takes one more vector for each result. */
  take(load: (k: number) => V128): void {
    for (let k = 0; k < this.#parts.length; k += 2) {
      const values = this.#values.slice(0, this.#parts.length - k);
      for (const [next, value] of values.entries()) {
        const part = this.#part(k + next);
        if (this.#sums.length > 0) this.#f.set(value, load(k + next));
        this.#f.set(part, this.#quick(part, this.#sums.length > 0 ? value : load(k + next)));
      }
      const [sum, taken] = [this.#sums[k / 2], values.reduce<V128 | undefined>(plus, undefined)];
      if (sum !== undefined && taken !== undefined) this.#f.set(sum, f32x4.add(sum, taken));
    }
  }

  /** The first of the results. */
  get first(): Local<'v128'> {
    return this.#part(0);
  }

  result(k: number): Local<'v128'> {
    return this.#part(k);
  }

  /** Writes the code that makes one result of all. */
  join(): void {
    for (const step of [1, 2]) {
      for (let k = 0; k + step < this.#parts.length; k += 2 * step) {
        const part = this.#part(k);
        this.#f.set(part, this.#quick(part, this.#part(k + step)));
      }
    }
  }

  /** Runs `take`, with how to combine results with others, unless a NaN may be among what was taken: then `retake`. */
  finish(take: (combine: Combine) => void, retake: () => void): void {
    const sum = this.#sums.reduce<V128 | undefined>(plus, undefined);
    if (sum === undefined) {
      take(this.#reducer.combine);
      return;
    }
    const [value] = this.#values;
    this.#f.set(value, sum);
    this.#f.if(i32x4.allTrue(f32x4.eq(value, value)), () => take(this.#quick), retake);
  }

  /** Keeps a NaN that was there before. */
  get #quick(): Combine {
    return this.#reducer.combineNumbers ?? this.#reducer.combine;
  }

  #part(k: number): Local<'v128'> {
    const part = this.#parts[k];
    if (part === undefined) throw new RangeError(`There is no result ${k}.`);
    return part;
  }
}

function plus(sum: V128 | undefined, value: V128): V128 {
  return sum === undefined ? value : f32x4.add(sum, value);
}
