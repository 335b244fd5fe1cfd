import * as tf from '@tensorflow/tfjs-core';
import { numbersOfPadding, Plans } from '../plans.ts';
import type { Correlation } from './correlation.ts';

export type Shape4D = [number, number, number, number];

/** The attributes that say how windows go over images. tfjs's gradient kernels have no dilations; ours take them. */
export interface WindowAttrs {
  readonly strides: number | [number, number];
  readonly pad: tf.Conv2DAttrs['pad'];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dilations?: number | [number, number];
}

/** The windows of a convolution and the shape of its result. */
export interface FoundWindows {
  readonly correlation: Correlation;
  readonly outShape: Shape4D;
}

/** Finds the windows of convolutions, and remembers them. */
export class Conv2DWindows {
  readonly #plans = new Plans<FoundWindows>(14);

  /** @throws Error from tfjs for attributes that do not fit each other. */
  find(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): FoundWindows {
    const { strides, pad, dilations = 1 } = attrs;
    if (Array.isArray(pad) || attrs.dimRoundingMode !== undefined) return compute(inputShape, filterShape, attrs);
    const plans = this.#plans;
    plans.set(0, 4, inputShape);
    plans.set(4, 4, filterShape);
    plans.set(8, 2, strides);
    plans.set(10, 2, dilations);
    plans.set(12, 2, numbersOfPadding(pad));
    return plans.find(() => compute(inputShape, filterShape, attrs));
  }
}

function compute(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode, dilations = 1 }: WindowAttrs,
): FoundWindows {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const rows = {
    length: info.inHeight,
    before: info.padInfo.top,
    windows: info.outHeight,
    stride: info.strideHeight,
    taps: info.filterHeight,
    dilation: info.dilationHeight,
  };
  const columns = {
    length: info.inWidth,
    before: info.padInfo.left,
    windows: info.outWidth,
    stride: info.strideWidth,
    taps: info.filterWidth,
    dilation: info.dilationWidth,
  };
  return {
    correlation: { batch: info.batchSize, rows, columns, channels: info.inChannels },
    outShape: [info.batchSize, info.outHeight, info.outWidth, info.outChannels],
  };
}
