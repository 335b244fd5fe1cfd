import {
  AbstractModule,
  type BuildParameters,
  checkInitializers,
  checkPartitioners,
  checkRegularizers,
  IncompatibleShapeError,
  required,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { Linear, type LinearOptions, type PerLinearVariable } from './linear.ts';

/** Options of {@link ConcatLinear}. */
export interface ConcatLinearOptions extends Omit<LinearOptions, 'allowManyBatchDims'> {}

const WHERE = { moduleName: 'ConcatLinear' };

/**
 * The sum of one linear map for each of several inputs, with one bias: as if the inputs were concatenated for one
 * {@link Linear}, but each gets weights that suit its own size.
 *
 * In one big Linear, an input of size 1 beside another of size 128 would hardly be heard, since all weights are drawn for
 * 129 inputs.
 *
 * Variables: `linear/w`, `linear/b`, `linear_1/w`, ….
 *
 * Sonnet: `snt.ConcatLinear`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { ConcatLinear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const join = new ConcatLinear(16);
 * const outputs = join([tf.ones([4, 1]), tf.ones([4, 128])]);
 * assert.deepEqual(outputs.shape, [4, 16]);
 * ```
 */
export class ConcatLinear extends AbstractModule<[inputsList: readonly tf.Tensor[]], tf.Tensor> {
  static override readonly moduleName: string = 'concat_linear';
  static override readonly buildParameters: BuildParameters = { inputsList: required };

  readonly #outputSize: number | (() => number);
  readonly #options: ConcatLinearOptions;
  #inputSizes: readonly number[] | null = null;

  /**
   * @param outputSize The size of the outputs, or a function that gives it when the module is first connected.
   * @param options See {@link ConcatLinearOptions}; initializers, partitioners and regularizers hold for every input.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when `outputSize` is a number that is not a positive integer.
   */
  constructor(outputSize: number | (() => number), options: ConcatLinearOptions = {}) {
    const keys = ConcatLinear.getPossibleInitializerKeys(options);
    const checked = {
      initializers: checkInitializers(options.initializers, keys, WHERE),
      partitioners: checkPartitioners(options.partitioners, keys, WHERE),
      regularizers: checkRegularizers(options.regularizers, keys, WHERE),
    };
    if (typeof outputSize !== 'function' && !(Number.isSafeInteger(outputSize) && outputSize > 0)) {
      throw new ValueError(
        `ConcatLinear: outputSize must be a positive integer or a function that gives one; got ${String(outputSize)}.`,
      );
    }
    super({ name: options.name ?? ConcatLinear.moduleName, customGetter: options.customGetter ?? null });
    this.#outputSize = outputSize;
    this.#options = { ...options, ...checked };
  }

  /** @param options `useBias`: whether there is a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return Linear.getPossibleInitializerKeys(options);
  }

  /**
   * @param inputsList At least one tensor: float32 [batchSize, inputSize], each of its own size.
   * @returns float32 [batchSize, outputSize].
   * @throws IncompatibleShapeError when an input has the wrong rank, when batch sizes differ, or when the number of inputs
   *   or their last dimensions differ from those at the first connection.
   * @throws ValueError when the list is empty, or an input is not float32.
   * @throws TypeError when `inputsList` is not an array.
   */
  protected override build(inputsList: readonly tf.Tensor[]): tf.Tensor {
    this.#checkInputs(inputsList);
    const outputs = inputsList.map((inputs, i) => this.#linear(i === 0)(inputs));
    this.#inputSizes = inputsList.map((inputs) => inputs.shape.at(-1) as number);
    return outputs.length === 1 ? (outputs[0] as tf.Tensor) : outputs.reduce((sum, output) => tf.add(sum, output));
  }

  #linear(isFirst: boolean): Linear {
    const { initializers, partitioners, regularizers, useBias = true } = this.#options;
    const hasBias = isFirst && useBias;
    const only = <T>(given: PerLinearVariable<T> | null | undefined): PerLinearVariable<T> => {
      const { w, b } = given ?? {};
      return { ...(w === undefined ? {} : { w }), ...(b === undefined || !hasBias ? {} : { b }) };
    };
    return new Linear(this.#outputSize, {
      useBias: hasBias,
      initializers: only(initializers),
      partitioners: only(partitioners),
      regularizers: only(regularizers),
    });
  }

  #checkInputs(inputsList: readonly tf.Tensor[]): void {
    if (!Array.isArray(inputsList)) {
      throw new TypeError(`${String(this)}: expected an array of tensors; got ${String(inputsList)}.`);
    }
    if (inputsList.length === 0) throw new ValueError(`${String(this)}: there must be at least one input; got none.`);
    const shapes = inputsList.map((inputs: tf.Tensor) => `[${inputs.shape.join(', ')}]`).join(', ');
    const batchSizes = new Set(inputsList.map((inputs: tf.Tensor) => inputs.shape[0]));
    if (batchSizes.size > 1) {
      throw new IncompatibleShapeError(`${String(this)}: inputs must have the same batch size; got ${shapes}.`);
    }
    const known = this.isConnected ? this.#inputSizes : null;
    if (known !== null && known.length !== inputsList.length) {
      throw new IncompatibleShapeError(
        `${String(this)}: there must be ${known.length} inputs, as at its first connection; got ${shapes}.`,
      );
    }
  }
}
