import * as tf from '@tensorflow/tfjs-core';
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

interface Remembered extends FoundWindows {
  /** The numbers that it was computed from. */
  readonly from: readonly number[];
}

const mostRemembered = 256;
const numbersCompared = 17;

/** Finds the windows of convolutions, and remembers them: tfjs's arithmetic takes longer than a small convolution. */
export class Conv3DWindows {
  readonly #remembered = new Map<number, Remembered>();
  readonly #numbers: number[] = new Array<number>(numbersCompared).fill(0);

  /** @throws Error from tfjs for attributes that do not fit each other. */
  find(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): FoundWindows {
    const { strides, dilations = 1, pad } = attrs;
    const numbers = this.#numbers;
    for (let i = 0; i < 5; i++) {
      numbers[i] = inputShape[i] as number;
      numbers[5 + i] = filterShape[i] as number;
    }
    for (let i = 0; i < 3; i++) {
      numbers[10 + i] = typeof strides === 'number' ? strides : (strides[i] as number);
      numbers[13 + i] = typeof dilations === 'number' ? dilations : (dilations[i] as number);
    }
    numbers[16] = pad === 'same' ? 1 : 0;
    let hash = 0;
    for (let i = 0; i < numbersCompared; i++) hash = (Math.imul(hash, 31) + (numbers[i] as number)) | 0;
    const known = this.#remembered.get(hash);
    if (known !== undefined && areEqual(known.from, numbers)) return known;
    if (pad !== 'same' && pad !== 'valid') return compute(inputShape, filterShape, attrs);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    const found = { ...compute(inputShape, filterShape, attrs), from: [...numbers] };
    this.#remembered.set(hash, found);
    return found;
  }
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < numbersCompared; i++) if (a[i] !== b[i]) return false;
  return true;
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
