import { AbstractModule, type BuildParameters, required } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

/** The layers of a RelationalMemory after its attention: linear ones of one size, with relu between them. */
export class AttentionMLP extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'mlp';
  static override readonly buildParameters: BuildParameters = { inputs: required };

  readonly #layers: readonly Linear[];

  constructor(size: number, numLayers: number) {
    super({ name: AttentionMLP.moduleName });
    this.#layers = this.enterVariableScope(() =>
      Array.from({ length: numLayers }, (_, i) => new Linear(size, { name: `linear_${i}` })),
    );
  }

  protected override build(inputs: tf.Tensor): tf.Tensor {
    return this.#layers.reduce((net, layer, i) => layer(i === 0 ? net : tf.relu(net)), inputs);
  }
}
