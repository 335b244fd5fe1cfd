import { AbstractModule, type BuildParameters, type ModuleOptions, ValueError } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Which inputs a {@link SelectInput} gives: the number of one, or a nested array of numbers. */
export type InputIndices = number | readonly InputIndices[];

/** What a {@link SelectInput} gives: its indices with a tensor in the place of each. */
export type SelectedInputs<Indices> = Indices extends readonly unknown[]
  ? { -readonly [I in keyof Indices]: SelectedInputs<Indices[I]> }
  : tf.Tensor;

/**
 * Gives some of its inputs, in any order and nested in any way.
 *
 * Sonnet: `snt.SelectInput`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { SelectInput } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [a, b] = [tf.scalar(1), tf.scalar(2)];
 * assert.equal(new SelectInput(1)(a, b), b);
 * assert.deepEqual(new SelectInput([1, 0])(a, b), [b, a]);
 * assert.deepEqual(new SelectInput([0, [0, [1]]])(a, b), [a, [a, [b]]]);
 * ```
 */
export class SelectInput<const Indices extends InputIndices> extends AbstractModule<
  tf.Tensor[],
  SelectedInputs<Indices>
> {
  static override readonly moduleName: string = 'select_input';
  static override readonly buildParameters?: BuildParameters;

  readonly #indices: Indices;

  /**
   * @param idx The number of the input, from 0 on, or a nested array of numbers.
   * @param options `name`.
   * @throws TypeError when `idx` is neither an integer nor a nested array of integers.
   */
  constructor(idx: Indices, options: Pick<ModuleOptions, 'name'> = {}) {
    if (!areIndices(idx)) {
      throw new TypeError(`SelectInput: idx must be an integer or a (nested) array of integers; got ${show(idx)}.`);
    }
    super({ name: options.name ?? SelectInput.moduleName });
    this.#indices = idx;
  }

  /**
   * @param inputs The tensors to choose from.
   * @returns Those that were chosen: the very same tensors, nested as the indices are.
   * @throws ValueError when an index is negative or too large.
   */
  protected override build(...inputs: tf.Tensor[]): SelectedInputs<Indices> {
    return this.#select(this.#indices, inputs) as SelectedInputs<Indices>;
  }

  #select(indices: InputIndices, inputs: readonly tf.Tensor[]): unknown {
    if (typeof indices !== 'number') return indices.map((inner) => this.#select(inner, inputs));
    if (indices >= 0 && indices < inputs.length) return inputs[indices];
    throw new ValueError(
      `${String(this)}: every entry of idx must be in the range [0, ${inputs.length}), since there are ` +
        `${inputs.length} inputs; got ${show(this.#indices)}.`,
    );
  }
}

function areIndices(value: unknown): value is InputIndices {
  return Array.isArray(value) ? value.every(areIndices) : Number.isSafeInteger(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
