import { AbstractModule, type BuildParameters, type ModuleOptions, nest, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Adds the inputs of a module to its outputs: `baseModule(inputs) + inputs`.
 *
 * Inputs may be nested; outputs must then have the same structure. Further arguments go to the module as they are.
 *
 * Sonnet: `snt.Residual`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear, Residual } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const block = new Residual(new Linear(8));
 * assert.deepEqual(block(tf.ones([4, 8])).shape, [4, 8]);
 * ```
 */
export class Residual<
  Inputs extends nest.Nested<tf.Tensor> = tf.Tensor,
  Rest extends readonly unknown[] = readonly unknown[],
> extends AbstractModule<[inputs: Inputs, ...rest: Rest], Inputs> {
  static override readonly moduleName: string = 'residual';
  static override readonly buildParameters?: BuildParameters;

  readonly #baseModule: (inputs: Inputs, ...rest: Rest) => Inputs;

  /**
   * @param baseModule A module or function whose outputs have the structure of its inputs, and shapes that can be added.
   * @param options `name`.
   * @throws TypeError when `baseModule` is not callable.
   */
  constructor(baseModule: (inputs: Inputs, ...rest: Rest) => Inputs, options: Pick<ModuleOptions, 'name'> = {}) {
    if (typeof baseModule !== 'function') {
      throw new TypeError(`Residual: baseModule must be a module or a function; got ${String(baseModule)}.`);
    }
    super({ name: options.name ?? Residual.moduleName });
    this.#baseModule = baseModule;
  }

  /**
   * @param inputs A tensor or a nested structure of tensors.
   * @param rest Further arguments of the module, such as `{ isTraining: true }`.
   * @returns The structure and shapes of the inputs.
   * @throws ValueError when inputs and outputs have different structures, or shapes that cannot be added.
   */
  protected override build(inputs: Inputs, ...rest: Rest): Inputs {
    const outputs = this.#baseModule(inputs, ...rest);
    return nest.map((input, output) => this.#add(input as tf.Tensor, output as tf.Tensor), inputs, outputs) as Inputs;
  }

  #add(input: tf.Tensor, output: tf.Tensor): tf.Tensor {
    if (!canBeAdded(input.shape, output.shape)) {
      throw new ValueError(
        `${String(this)}: the outputs of its module must have shapes that can be added to the inputs; ` +
          `got inputs [${input.shape.join(', ')}], outputs [${output.shape.join(', ')}].`,
      );
    }
    return tf.add(input, output);
  }
}

function canBeAdded(a: readonly number[], b: readonly number[]): boolean {
  const count = Math.min(a.length, b.length);
  for (let i = 1; i <= count; i++) {
    const [sizeA, sizeB] = [a.at(-i), b.at(-i)];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return false;
  }
  return true;
}
