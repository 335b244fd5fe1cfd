import { CheckpointError, type TensorSpec } from '../checkpoint-error.ts';
import { readMessage, type WireValue } from './wire.ts';

/** The first entry of an index: what holds for all of it. */
export interface BundleHeader {
  readonly shardCount: number;
}

/** Along one axis, where a slice begins and how long it is; a length of -1 is all of the axis. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** What an index says of a tensor. */
export interface BundleEntry extends TensorSpec {
  /** How errors call it. */
  readonly name: string;
  /** Which data file has the bytes, where in it, how many there are, and their masked checksum. */
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
  /** The slices in which it is stored, each with an entry of its own; none when it is stored whole. */
  readonly slices: readonly (readonly Extent[])[];
}

/** TensorFlow's numbers of dtypes. */
const dtypes: ReadonlyMap<number, string> = new Map([
  [1, 'float32'],
  [2, 'float64'],
  [3, 'int32'],
  [4, 'uint8'],
  [5, 'int16'],
  [6, 'int8'],
  [7, 'string'],
  [8, 'complex64'],
  [9, 'int64'],
  [10, 'bool'],
  [14, 'bfloat16'],
  [17, 'uint16'],
  [18, 'complex128'],
  [19, 'float16'],
  [20, 'resource'],
  [21, 'variant'],
  [22, 'uint32'],
  [23, 'uint64'],
  [24, 'float8_e5m2'],
  [25, 'float8_e4m3'],
]);

const NEWEST_VERSION = 1;
/** TensorFlow has no tensors of more axes. */
const MAX_AXES = 254;

/** @throws CheckpointError when the checkpoint cannot be read by this version. */
export function parseHeader(bytes: Uint8Array): BundleHeader {
  let shardCount = 0;
  let bigEndian = false;
  let minConsumer = 0;
  readMessage(bytes, 'the header of the index', (field, value) => {
    if (field === 1) shardCount = toNumber(value);
    else if (field === 2) bigEndian = value !== 0;
    else if (field === 3) {
      readMessage(toBytes(value), 'the version of the index', (part, number) => {
        if (part === 2) minConsumer = toNumber(number);
      });
    }
  });
  if (bigEndian)
    throw new CheckpointError('The TensorFlow checkpoint is of a big-endian machine, which is not supported.');
  if (minConsumer > NEWEST_VERSION) {
    throw new CheckpointError(
      `The TensorFlow checkpoint has version ${minConsumer} of its format, which is not known.`,
    );
  }
  return { shardCount };
}

/**
 * Reads what an index says of a tensor.
 *
 * @param maxSlices How many slices it may have.
 */
export function parseEntry(name: string, bytes: Uint8Array, maxSlices: number): BundleEntry {
  const where = `the entry of "${name}"`;
  let dtype = 0;
  let shape: readonly number[] = [];
  let [shard, offset, size, crc] = [0, 0, 0, 0];
  const slices: (readonly Extent[])[] = [];
  readMessage(bytes, where, (field, value) => {
    if (field === 1) dtype = toNumber(value);
    else if (field === 2) shape = parseShape(toBytes(value), where);
    else if (field === 3) shard = toNumber(value);
    else if (field === 4) offset = toNumber(value);
    else if (field === 5) size = toNumber(value);
    else if (field === 6) crc = toNumber(value);
    else if (field === 7) {
      if (slices.length >= maxSlices) {
        throw new CheckpointError(`The TensorFlow checkpoint is damaged: ${where} has more slices than are stored.`);
      }
      slices.push(parseSlice(toBytes(value), where));
    }
  });
  return { name, dtype: dtypes.get(dtype) ?? `dtype ${dtype}`, shape, shard, offset, size, crc, slices };
}

function parseShape(bytes: Uint8Array, where: string): number[] {
  const shape: number[] = [];
  readMessage(bytes, where, (field, value) => {
    if (field === 3 && value !== 0)
      throw new CheckpointError(`The TensorFlow checkpoint is damaged: ${where} has no shape.`);
    if (field !== 2) return;
    checkAxes(shape, where);
    let size = 0;
    readMessage(toBytes(value), where, (part, number) => {
      if (part === 1) size = toNumber(number);
    });
    shape.push(size);
  });
  return shape;
}

function parseSlice(bytes: Uint8Array, where: string): Extent[] {
  const extents: Extent[] = [];
  readMessage(bytes, where, (field, value) => {
    if (field !== 1) return;
    checkAxes(extents, where);
    let [start, length] = [0, -1];
    readMessage(toBytes(value), where, (part, number) => {
      if (part === 1) start = toNumber(number);
      else if (part === 2) length = toNumber(number);
    });
    extents.push({ start, length });
  });
  return extents;
}

/** @param axes Those before the next one. */
function checkAxes(axes: readonly unknown[], where: string): void {
  if (axes.length < MAX_AXES) return;
  throw new CheckpointError(`The TensorFlow checkpoint is damaged: ${where} has more than ${MAX_AXES} axes.`);
}

function toNumber(value: WireValue): number {
  if (typeof value === 'number') return value;
  throw new CheckpointError('The TensorFlow checkpoint is damaged: a field of its index should be a number.');
}

function toBytes(value: WireValue): Uint8Array {
  if (typeof value !== 'number') return value;
  throw new CheckpointError('The TensorFlow checkpoint is damaged: a field of its index should be a message.');
}
