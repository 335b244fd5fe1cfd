import type { PerDimension } from '@sonnetjs/layers';
import { ConvLSTM, type ConvLSTMOptions } from './conv-lstm.ts';

/** Options of {@link Conv2DLSTM}: shapes, which are required, and those of {@link ConvLSTM}. */
export interface Conv2DLSTMOptions extends ConvLSTMOptions {
  /** The shape of the inputs without the batch dimension: [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** The number of channels of state and output. */
  readonly outputChannels: number;
  /** The size of the kernels, once or for each spatial dimension. */
  readonly kernelShape: PerDimension<number>;
}

/**
 * A {@link ConvLSTM} with two spatial dimensions.
 *
 * Variables: see {@link ConvLSTM}.
 *
 * Sonnet: `snt.Conv2DLSTM`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Conv2DLSTM, dynamicRnn } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new Conv2DLSTM({ inputShape: [6, 6, 2], outputChannels: 4, kernelShape: 3 });
 * const [outputs] = dynamicRnn(core, tf.ones([2, 5, 6, 6, 2]));
 * assert.deepEqual(outputs.shape, [2, 5, 6, 6, 4]);
 * ```
 */
export class Conv2DLSTM extends ConvLSTM {
  static override readonly moduleName: string = 'conv_2d_lstm';

  /**
   * @param options See {@link Conv2DLSTMOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when the input shape is not [height, width, channels], or a number cannot be used.
   */
  constructor(options: Conv2DLSTMOptions) {
    const { inputShape, outputChannels, kernelShape, ...rest } = options;
    super(2, inputShape, outputChannels, kernelShape, { ...rest, name: rest.name ?? Conv2DLSTM.moduleName });
  }

  /** @param options `useBias`: whether the convolutions have a bias. Default: true. */
  static override getPossibleInitializerKeys(options: { readonly useBias?: boolean } = {}): string[] {
    return ConvLSTM.getPossibleInitializerKeys(2, options);
  }
}
