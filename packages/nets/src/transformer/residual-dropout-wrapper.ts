import { AbstractModule, type BuildParameters, dropout, required } from '@sonnetjs/core';
import { LayerNorm } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { overSteps } from './steps.ts';

/** Where a block of a transformer normalizes: what goes into its layers, what comes out, or both. */
export type LayerNormPlace = 'input' | 'output' | 'both';

/** A layer of a transformer: gives outputs [batch, steps, size], and whatever else it has to say. */
export type Sublayer<Options, State> = (
  inputs: tf.Tensor,
  options: Options & { readonly isTraining: boolean },
) => readonly [outputs: tf.Tensor, state: State];

/**
 * A layer of a transformer with what stands around it: its inputs are added to its outputs, with dropout in training, and
 * inputs or outputs are normalized.
 *
 * Sonnet: `ResidualDropoutWrapper` of `snt.nets.transformer`.
 */
export class ResidualDropoutWrapper<Options, State> extends AbstractModule<
  [inputs: tf.Tensor, options: Options & { readonly isTraining: boolean }],
  [outputs: tf.Tensor, state: State]
> {
  static override readonly moduleName: string = 'residual_dropout_wrapper';
  static override readonly buildParameters: BuildParameters = { inputs: required, isTraining: required };

  readonly #sublayer: Sublayer<Options, State>;
  readonly #place: LayerNormPlace;
  readonly #dropoutRate: number;
  #norms: readonly LayerNorm[] = [];

  constructor(sublayer: Sublayer<Options, State>, place: LayerNormPlace, dropoutRate: number) {
    super({ name: ResidualDropoutWrapper.moduleName });
    this.#sublayer = sublayer;
    this.#place = place;
    this.#dropoutRate = dropoutRate;
  }

  /**
   * @param inputs float32 [batch, steps, size].
   * @param options `isTraining`, and what else the layer takes.
   * @returns The outputs, [batch, steps, size], and what the layer gives besides them.
   */
  protected override build(
    inputs: tf.Tensor,
    options: Options & { readonly isTraining: boolean },
  ): [outputs: tf.Tensor, state: State] {
    const known = this.isConnected ? this.#norms : [];
    const norms: LayerNorm[] = [];
    const normalized = (x: tf.Tensor): tf.Tensor => {
      const norm = known[norms.length] ?? new LayerNorm();
      norms.push(norm);
      return overSteps(norm, x);
    };
    const [given, state] = this.#sublayer(this.#place === 'output' ? inputs : normalized(inputs), options);
    const added = tf.add(inputs, options.isTraining ? dropout(given, 1 - this.#dropoutRate) : given);
    const outputs = this.#place === 'input' ? added : normalized(added);
    this.#norms = norms;
    return [outputs, state];
  }
}
