import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { shown } from './shown.ts';

/** The order of the dimensions of a batch of sequences: channels last or channels first. */
export type DataFormat1D = 'NWC' | 'NCW';
/** The order of the dimensions of a batch of images: channels last or channels first. */
export type DataFormat2D = 'NHWC' | 'NCHW';
/** The order of the dimensions of a batch of volumes: channels last or channels first. */
export type DataFormat3D = 'NDHWC' | 'NCDHW';

/** The order of dimensions: `N` is the batch, `C` the channels, the others are spatial. */
export type DataFormat = DataFormat1D | DataFormat2D | DataFormat3D;

const FORMATS: Readonly<Record<number, readonly [DataFormat, DataFormat]>> = {
  1: ['NWC', 'NCW'],
  2: ['NHWC', 'NCHW'],
  3: ['NDHWC', 'NCDHW'],
};

/**
 * A data format for this number of spatial dimensions; without one the format with the channels last.
 *
 * @throws ValueError when there is no such format.
 */
export function checkedDataFormat(format: unknown, spatialDims: number, where: string): DataFormat {
  const known = FORMATS[spatialDims] as readonly [DataFormat, DataFormat];
  const found = format === undefined ? known[0] : known.find((name) => name === format);
  if (found !== undefined) return found;
  throw new ValueError(`${where}: dataFormat must be ${known[0]} or ${known[1]}; got ${shown(format)}.`);
}

/** Whether the channels come right after the batch. */
export function isChannelsFirst(format: DataFormat): boolean {
  return format[1] === 'C';
}

/** The position of the channels among the dimensions. */
export function channelAxis(format: DataFormat): number {
  return isChannelsFirst(format) ? 1 : format.length - 1;
}

/** The sizes of the spatial dimensions. */
export function spatialSizes(shape: readonly number[], format: DataFormat): readonly number[] {
  return isChannelsFirst(format) ? shape.slice(2) : shape.slice(1, -1);
}

/** `x` with its channels last, which is the only order that the backends' convolutions know. */
export function toChannelsLast(x: tf.Tensor, format: DataFormat): tf.Tensor {
  if (!isChannelsFirst(format)) return x;
  const spatial = Array.from({ length: format.length - 2 }, (_, i) => i + 2);
  return tf.transpose(x, [0, ...spatial, 1]);
}

/** `x`, which has its channels last, in the order of a data format. */
export function fromChannelsLast(x: tf.Tensor, format: DataFormat): tf.Tensor {
  if (!isChannelsFirst(format)) return x;
  const spatial = Array.from({ length: format.length - 2 }, (_, i) => i + 1);
  return tf.transpose(x, [0, format.length - 1, ...spatial]);
}
