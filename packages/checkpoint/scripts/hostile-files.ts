/** Files that say little and would have a reader make much of it: as large as they may be, or as they get past a check. */
import type { CheckpointSource } from '../src/index.ts';
import { CHECKSUM_BLANK, CHECKSUM_KEY, STATE_KEY, seal } from '../src/state/seal.ts';
import { fixed32, headerPair, maskedCrc, varint, withFooter } from './make-bundle.ts';

/** Just below the most bytes that the header of a safetensors file or the blocks of an index may have. */
const SIZE = (1 << 24) - 4096;

/** A text again and again, as long as it fits. */
function repeated(text: string, size: number): string {
  return text.repeat(Math.floor(size / text.length));
}

/** Numbered items, as long as they fit. */
function numbered(item: (i: number) => string, size: number): string {
  const items: string[] = [];
  for (let i = 0, length = 0; ; i++) {
    const text = item(i);
    length += text.length + 1;
    if (length > size) return items.join(',');
    items.push(text);
  }
}

function safetensors(header: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  return file;
}

/** A file whose state has this as the caller's extra. */
function withExtra(extra: string): Uint8Array<ArrayBuffer> {
  const state = `{"version":1,"step":null,"random":{"seed":0,"counters":{}},"optimizers":{},"extra":${extra}}`;
  const file = safetensors(
    `{"__metadata__":{"${CHECKSUM_KEY}":"${CHECKSUM_BLANK}","${STATE_KEY}":${JSON.stringify(state)}}}`,
  );
  seal(file);
  return file;
}

/** A block with its trailer, from pieces that are long. */
function block(pieces: readonly (readonly number[] | Uint8Array)[], compression: number): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(length + 5);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes[length] = compression;
  bytes.set(fixed32(maskedCrc(bytes.subarray(0, length + 1))), length + 1);
  return bytes;
}

const NO_RESTARTS: readonly number[] = [...fixed32(0), ...fixed32(1)];

/** A checkpoint whose index has one block of these pairs, its header first. */
function index(pieces: readonly (readonly number[] | Uint8Array)[]): CheckpointSource {
  const [, header] = headerPair(1);
  return indexOfBlock(block([[0, 0, header.length], header, ...pieces, NO_RESTARTS], 0));
}

function indexOfBlock(pairs: Uint8Array): CheckpointSource {
  const meta = block([NO_RESTARTS], 0);
  const handle = [0, ...varint(pairs.length - 5)];
  const list = block([[0, 1, handle.length, 0xff], handle, NO_RESTARTS], 0);
  const [metaAt, listAt] = [pairs.length, pairs.length + meta.length];
  const end = withFooter(
    [],
    Uint8Array.from([...varint(metaAt), ...varint(meta.length - 5)]),
    Uint8Array.from([...varint(listAt), ...varint(list.length - 5)]),
  );
  const bytes = new Uint8Array(listAt + list.length + end.length);
  bytes.set(pairs);
  bytes.set(meta, metaAt);
  bytes.set(list, listAt);
  bytes.set(end, listAt + list.length);
  return { 'm.index': bytes, 'm.data-00000-of-00001': new Uint8Array(4) };
}

/** The pair of a tensor "w" of float32 whose entry has these bytes besides. */
function entry(start: readonly number[], rest: Uint8Array): (readonly number[] | Uint8Array)[] {
  return [[0, 1, ...varint(2 + start.length + rest.length), 0x77, 8, 1, ...start], rest];
}

function pattern(bytes: readonly number[], size: number): Uint8Array {
  const length = size - (size % bytes.length);
  return Uint8Array.from({ length }, (_, i) => bytes[i % bytes.length] as number);
}

/** As many axes as there may be, each of nothing but its tag. */
function axes(tag: number): number[] {
  return new Array<number[]>(254).fill([tag, 0]).flat();
}

/** The entry of a tensor of texts, which may have any size. */
const TEXTS: readonly number[] = [8, 7];

/** Pairs of one value, whose keys share all but their last three bytes with those before them. */
function longKeys(count: number, shared: number, value: readonly number[] = TEXTS): (readonly number[] | Uint8Array)[] {
  const last = (i: number) => [(i >> 12) & 63, (i >> 6) & 63, i & 63].map((digit) => digit + 1);
  const length = varint(value.length);
  const pieces: (readonly number[] | Uint8Array)[] = [
    [0, ...varint(shared + 3), ...length],
    new Uint8Array(shared).fill(0x61),
    [...last(0), ...value],
  ];
  for (let i = 1; i < count; i++) pieces.push([...varint(shared), 3, ...length, ...last(i), ...value]);
  return pieces;
}

/** Snappy: one byte, then copies of it, as much as there may be. */
function bomb(size: number): Uint8Array {
  const copies = pattern([0xfe, 1, 0], 3 * Math.floor(size / 64));
  return block([[...varint(1 + (copies.length / 3) * 64), 0, 0], copies], 1);
}

/** The files, by what is large in them. */
export const hostileFiles: Readonly<Record<string, () => CheckpointSource>> = {
  'safetensors, tensors': () =>
    safetensors(`{${numbered((i) => `"${i.toString(36)}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, SIZE)}}`),
  'safetensors, long names': () => {
    const prefix = 'a'.repeat(1 << 14);
    const entry = (i: number) => `"${prefix}${1000 + i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
    return safetensors(`{${numbered(entry, SIZE)}}`);
  },
  'safetensors, metadata': () => safetensors(`{"__metadata__":{${numbered((i) => `"${i.toString(36)}":""`, SIZE)}}}`),
  'safetensors, axes': () =>
    safetensors(`{"w":{"dtype":"U8","shape":[${repeated('0,', SIZE)}0],"data_offsets":[0,0]}}`),
  'safetensors, a name': () =>
    safetensors(`{"${repeated('\\u1234', SIZE)}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`),
  'extra, arrays': () => withExtra(`[${repeated('[],', 1 << 21).slice(0, -201)}0]`),
  'extra, objects': () => withExtra(`[${repeated('{"a":0},', 1 << 21).slice(0, -200)}0]`),
  'index, axes': () => index(entry([0x12, ...varint(SIZE - (SIZE % 2))], pattern([0x12, 0], SIZE))),
  'index, slices': () => index(entry([], pattern([0x3a, 0], SIZE))),
  'index, slices of one axis': () => index(entry([], pattern([0x3a, 2, 0x0a, 0], SIZE))),
  'index, slices of many axes': () => {
    return index(entry([], pattern([0x3a, ...varint(508), ...axes(0x0a)], SIZE)));
  },
  'index, a slice of too many axes': () => index(entry([0x3a, ...varint(SIZE - (SIZE % 2))], pattern([0x0a, 0], SIZE))),
  'index, tensors': () => index(longKeys((1 << 18) - 1, 250)),
  'index, tensors of many axes': () => index(longKeys(32_000, 0, [...TEXTS, 0x12, ...varint(508), ...axes(0x12)])),
  'index, tensors in slices': () => index(longKeys(32_000, 0, [8, 1, 0x3a, ...varint(508), ...axes(0x0a)])),
  'index, keys': () => index(longKeys(8000, (1 << 13) - 3)),
  'index, compressed': () => indexOfBlock(bomb(SIZE)),
};
