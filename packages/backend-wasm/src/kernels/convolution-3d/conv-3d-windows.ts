import * as tf from '@tensorflow/tfjs-core';
import { Plans } from '../plans.ts';
import type { VolumeCorrelation } from './volumes.ts';

export type Shape5D = [number, number, number, number, number];

/** The attributes that say how windows go over volumes. tfjs's gradient kernels have no dilations; ours take them. */
export interface WindowAttrs {
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
  readonly dilations?: number | [number, number, number];
}

/** The windows of a convolution and the shape of its result. */
export interface FoundWindows {
  readonly correlation: VolumeCorrelation;
  readonly outShape: Shape5D;
}

/** Finds the windows of convolutions, and remembers them. */
export class Conv3DWindows {
  readonly #plans = new Plans<FoundWindows>(17);

  /** @throws Error from tfjs for attributes that do not fit each other. */
  find(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): FoundWindows {
    const { strides, dilations = 1, pad } = attrs;
    if (pad !== 'same' && pad !== 'valid') return compute(inputShape, filterShape, attrs);
    const plans = this.#plans;
    plans.set(0, 5, inputShape);
    plans.set(5, 5, filterShape);
    plans.set(10, 3, strides);
    plans.set(13, 3, dilations);
    plans.set(16, 1, pad === 'same' ? 1 : 0);
    return plans.find(() => compute(inputShape, filterShape, attrs));
  }
}

function compute(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): FoundWindows {
  const { strides, pad, dilations = 1 } = attrs;
  const info = tf.backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    strides,
    dilations,
    pad,
  );
  const depth = {
    length: info.inDepth,
    before: before(info.padInfo.front),
    windows: info.outDepth,
    stride: info.strideDepth,
    taps: info.filterDepth,
    dilation: info.dilationDepth,
  };
  const rows = {
    length: info.inHeight,
    before: before(info.padInfo.top),
    windows: info.outHeight,
    stride: info.strideHeight,
    taps: info.filterHeight,
    dilation: info.dilationHeight,
  };
  const columns = {
    length: info.inWidth,
    before: before(info.padInfo.left),
    windows: info.outWidth,
    stride: info.strideWidth,
    taps: info.filterWidth,
    dilation: info.dilationWidth,
  };
  return {
    correlation: { batch: info.batchSize, axes: [depth, rows, columns], channels: info.inChannels },
    outShape: info.outShape,
  };
}

/** tfjs computes a negative padding where 'same' windows are farther apart than they are long: they begin with the volume. */
function before(padding: number): number {
  return Math.max(0, padding);
}
