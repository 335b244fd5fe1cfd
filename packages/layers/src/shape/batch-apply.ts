import {
  AbstractModule,
  type BuildParameters,
  type ModuleOptions,
  mergeLeadingDims,
  nest,
  splitLeadingDim,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link BatchApply}. */
export interface BatchApplyOptions extends Pick<ModuleOptions, 'name'> {
  /** How many leading dimensions are merged: at least 1. Default: 2. */
  readonly nDims?: number;
  /**
   * The number of the input from which the outputs get their leading dimensions, where nested inputs count one by one.
   * Default: 0.
   */
  readonly inputExampleIndex?: number;
}

/**
 * Applies a module to inputs that have more batch dimensions than it takes: merges the leading dimensions of all inputs,
 * applies the module, and splits the leading dimension of all outputs again.
 *
 * It applies a module made for [batch, …] to all steps of a sequence [time, batch, …] at once. Tensors with fewer
 * dimensions than are merged go to the module as they are, and so does everything that is not a tensor.
 *
 * Sonnet: `snt.BatchApply`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { BatchApply, Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const perStep = new BatchApply(new Linear(4));
 * assert.deepEqual(perStep(tf.ones([10, 32, 8])).shape, [10, 32, 4]);
 * ```
 */
export class BatchApply<Args extends readonly unknown[], Output> extends AbstractModule<Args, Output> {
  static override readonly moduleName: string = 'batch_apply';
  static override readonly buildParameters?: BuildParameters;

  readonly #moduleOrOp: (...args: Args) => Output;
  readonly #nDims: number;
  readonly #inputExampleIndex: number;

  /**
   * @param moduleOrOp A module, or a function of tensors.
   * @param options See {@link BatchApplyOptions}.
   * @throws TypeError when `moduleOrOp` is not callable, or `nDims` or `inputExampleIndex` is not an integer.
   * @throws ValueError when `nDims` is not greater than zero.
   */
  constructor(moduleOrOp: (...args: Args) => Output, options: BatchApplyOptions = {}) {
    const { nDims = 2, inputExampleIndex = 0 } = options;
    if (typeof moduleOrOp !== 'function') {
      throw new TypeError(
        `BatchApply: expected a module or a function; got ${String(moduleOrOp)}, which is not callable.`,
      );
    }
    for (const [name, value] of Object.entries({ nDims, inputExampleIndex })) {
      if (!Number.isSafeInteger(value)) {
        throw new TypeError(`BatchApply: ${name} should be an integer; got ${String(value)} (${typeof value}).`);
      }
    }
    if (nDims <= 0) throw new ValueError(`BatchApply: nDims should be greater than zero; got ${nDims}.`);
    super({ name: options.name ?? BatchApply.moduleName });
    this.#moduleOrOp = moduleOrOp;
    this.#nDims = nDims;
    this.#inputExampleIndex = inputExampleIndex;
  }

  /**
   * @param args The arguments of the module, with tensors [d1, …, dN, …] where it takes [d1 * … * dN, …].
   * @returns What the module gives, with tensors [d1, …, dN, …] in the place of [d1 * … * dN, …].
   * @throws ValueError when there is no tensor at `inputExampleIndex`, or its leading dimensions do not fit an output.
   */
  protected override build(...args: Args): Output {
    const options = { nDims: this.#nDims };
    const merge = (leaf: unknown): unknown => (leaf instanceof tf.Tensor ? mergeLeadingDims(leaf, options) : leaf);
    const results = this.#moduleOrOp(...(nest.map(merge, args) as unknown as Args));
    const example = nest.flatten(args)[this.#inputExampleIndex];
    const split = (leaf: unknown): unknown => (leaf instanceof tf.Tensor ? this.#split(leaf, example) : leaf);
    return nest.map(split, results) as Output;
  }

  #split(output: tf.Tensor, example: unknown): tf.Tensor {
    if (!(example instanceof tf.Tensor)) {
      throw new ValueError(
        `${String(this)}: the input of number ${this.#inputExampleIndex} (inputExampleIndex) must be a tensor, from ` +
          `which outputs get their leading dimensions; got ${String(example)}.`,
      );
    }
    const leading: number[] = example.shape.slice(0, this.#nDims);
    const size = tf.util.sizeFromShape(leading);
    if (size !== (output.shape[0] ?? 1)) {
      throw new ValueError(
        `${String(this)}: the first dimension of the output [${output.shape.join(', ')}] cannot be split into ` +
          `[${leading.join(', ')}], the leading dimensions of the input [${example.shape.join(', ')}].`,
      );
    }
    return splitLeadingDim(output, example, { nDims: this.#nDims });
  }
}
