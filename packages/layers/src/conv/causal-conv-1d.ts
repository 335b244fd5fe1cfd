import { deprecationWarning } from '@sonnetjs/core';
import { ConvND, type ConvNDOptions } from './conv-nd.ts';
import type { PerDimension } from './convolution-base.ts';
import type { DataFormat1D } from './data-format.ts';
import { CAUSAL } from './padding.ts';

/** Options of {@link CausalConv1D}. */
export interface CausalConv1DOptions extends ConvNDOptions {
  /** The order of dimensions of inputs and outputs: `NWC` or `NCW`. Default: `NWC`. */
  readonly dataFormat?: DataFormat1D;
}

/**
 * A convolution over sequences in which an output depends on inputs at its own and at smaller indices only, with an
 * optional bias.
 *
 * Variables: `w` of shape [kernelSize, inputChannels, outputChannels] and `b` of shape [outputChannels]. By default `w` is
 * drawn from a truncated normal distribution of standard deviation `1 / sqrt(kernelSize * inputChannels)`, and `b` is zero.
 *
 * Sonnet: `snt.CausalConv1D`. Paper: Kalchbrenner et al., Neural Machine Translation in Linear Time,
 * https://arxiv.org/abs/1610.10099.
 *
 * @deprecated `Conv1D` with the padding `CAUSAL` is the same. Making one prints a warning.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { CausalConv1D } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const warn = console.warn;
 * console.warn = () => {};
 * const conv = new CausalConv1D(8, 2, { rate: 4 });
 * console.warn = warn;
 * assert.deepEqual(conv(tf.zeros([1, 100, 2])).shape, [1, 100, 8]);
 * assert.equal(conv.padding, 'CAUSAL');
 * ```
 */
export class CausalConv1D extends ConvND<DataFormat1D> {
  static override readonly moduleName: string = 'causal_conv_1d';

  /**
   * @param outputChannels The number of output channels, or a function that gives it when the module is first connected.
   * @param kernelShape The size of the kernel, as a number or an array of one.
   * @param options See {@link CausalConv1DOptions}. Any other `padding` than `CAUSAL` is ignored, with a warning.
   * @throws IncompatibleShapeError when the kernel shape, the stride or the rate is neither a positive integer nor an array
   *   of one.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and, with a bias, `b`.
   * @throws NotSupportedError when a stride and a rate are above 1.
   * @throws TypeError when the mask is not float32 numbers, or when an initializer, partitioner or regularizer is not a
   *   function.
   * @throws ValueError when the number of output channels, the padding value or the data format cannot be used.
   */
  constructor(
    outputChannels: number | (() => number),
    kernelShape: PerDimension<number>,
    options: CausalConv1DOptions = {},
  ) {
    const kind = { className: 'CausalConv1D', spatialDims: 1 } as const;
    super(kind, outputChannels, kernelShape, { ...options, padding: CAUSAL });
    deprecationWarning("CausalConv1D is deprecated; use Conv1D with { padding: 'CAUSAL' }.");
    if ((options.padding ?? CAUSAL) !== CAUSAL) {
      deprecationWarning(`${String(this)}: the padding ${String(options.padding)} is ignored; it is CAUSAL.`);
    }
  }

  /**
   * A new module with the same options and variables of its own.
   *
   * @param options `name`: default this module's name with `_clone` at its end.
   */
  clone(options: { readonly name?: string } = {}): CausalConv1D {
    const given = this.optionsForClone(options.name);
    return new CausalConv1D(this.givenOutputChannels, this.kernelShape, { ...given, padding: CAUSAL });
  }
}
