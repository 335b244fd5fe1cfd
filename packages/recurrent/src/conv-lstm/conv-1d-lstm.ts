import type { PerDimension } from '@sonnetjs/layers';
import { ConvLSTM, type ConvLSTMOptions } from './conv-lstm.ts';

/** Options of {@link Conv1DLSTM}: shapes, which are required, and those of {@link ConvLSTM}. */
export interface Conv1DLSTMOptions extends ConvLSTMOptions {
  /** The shape of the inputs without the batch dimension: [length, channels]. */
  readonly inputShape: readonly number[];
  /** The number of channels of state and output. */
  readonly outputChannels: number;
  /** The size of the kernels, as a number or an array of one. */
  readonly kernelShape: PerDimension<number>;
}

/**
 * A {@link ConvLSTM} with one spatial dimension.
 *
 * Variables: see {@link ConvLSTM}.
 *
 * Sonnet: `snt.Conv1DLSTM`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv1DLSTM, dynamicRnn } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new Conv1DLSTM({ inputShape: [10, 2], outputChannels: 4, kernelShape: 3 });
 * const [outputs] = dynamicRnn(core, tf.ones([2, 5, 10, 2]));
 * assert.deepEqual(outputs.shape, [2, 5, 10, 4]);
 * ```
 */
export class Conv1DLSTM extends ConvLSTM {
  static override readonly moduleName: string = 'conv_1d_lstm';

  /**
   * @param options See {@link Conv1DLSTMOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when the input shape is not [length, channels], or a number cannot be used.
   */
  constructor(options: Conv1DLSTMOptions) {
    const { inputShape, outputChannels, kernelShape, ...rest } = options;
    super(1, inputShape, outputChannels, kernelShape, { ...rest, name: rest.name ?? Conv1DLSTM.moduleName });
  }

  /** @param options `useBias`: whether the convolutions have a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return ConvLSTM.getPossibleInitializerKeys(1, options);
  }
}
