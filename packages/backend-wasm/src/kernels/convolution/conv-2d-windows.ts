import * as tf from '@tensorflow/tfjs-core';
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

interface Remembered extends FoundWindows {
  /** The numbers that it was computed from. */
  readonly from: readonly number[];
}

const mostRemembered = 256;
const numbersCompared = 14;

/** Finds the windows of convolutions, and remembers them: tfjs's arithmetic takes longer than a small convolution. */
export class Conv2DWindows {
  readonly #remembered = new Map<number, Remembered>();
  readonly #numbers: number[] = new Array<number>(numbersCompared).fill(0);

  /** @throws Error from tfjs for attributes that do not fit each other. */
  find(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): FoundWindows {
    if (Array.isArray(attrs.pad) || attrs.dimRoundingMode !== undefined) return compute(inputShape, filterShape, attrs);
    const numbers = this.#numbers;
    for (let i = 0; i < 4; i++) {
      numbers[i] = inputShape[i] as number;
      numbers[4 + i] = filterShape[i] as number;
    }
    setPair(numbers, 8, attrs.strides);
    setPair(numbers, 10, attrs.dilations ?? 1);
    numbers[12] = typeof attrs.pad === 'number' ? attrs.pad : 0;
    numbers[13] = attrs.pad === 'same' ? 1 : attrs.pad === 'valid' ? 2 : 0;
    let hash = 0;
    for (let i = 0; i < numbersCompared; i++) hash = (Math.imul(hash, 31) + (numbers[i] as number)) | 0;
    const known = this.#remembered.get(hash);
    if (known !== undefined && areEqual(known.from, numbers)) return known;
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    const found = { ...compute(inputShape, filterShape, attrs), from: [...numbers] };
    this.#remembered.set(hash, found);
    return found;
  }
}

function setPair(numbers: number[], at: number, value: number | readonly [number, number]): void {
  numbers[at] = typeof value === 'number' ? value : value[0];
  numbers[at + 1] = typeof value === 'number' ? value : value[1];
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < numbersCompared; i++) if (a[i] !== b[i]) return false;
  return true;
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
