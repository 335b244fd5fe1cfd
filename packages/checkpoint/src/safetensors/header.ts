import { CheckpointError, type TensorSpec } from '../checkpoint-error.ts';
import { describeTensor, elementCount, itemSizes } from '../values/stored-tensor.ts';
import { dtypeOfSpelling } from './dtypes.ts';
import { JsonCursor } from './json-cursor.ts';

/**
 * The most bytes that a header may have. One of 100,000 tensors has about ten million; a header takes up to 32 times its
 * length in memory.
 */
export const MAX_HEADER_BYTES: number = 1 << 24;

/** Bytes before the header: its length. */
export const PREAMBLE_BYTES = 8;

/** What a header says of a tensor: where its bytes are, counted from the end of the header. */
export interface HeaderEntry extends TensorSpec {
  readonly begin: number;
  readonly end: number;
}

/** A header, in the order of the file. */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, HeaderEntry>;
}

/**
 * Reads the text of a header.
 *
 * @param dataLength How many bytes come after it: the tensors must fill them, each at a multiple of its element's size.
 */
export function parseHeader(text: string, dataLength: number): Header {
  const cursor = new JsonCursor(text);
  const metadata = new Map<string, string>();
  const entries = new Map<string, HeaderEntry>();
  cursor.object((key) => {
    if (key === '__metadata__') cursor.object((name) => metadata.set(name, cursor.string()));
    else entries.set(key, parseEntry(key, cursor));
  });
  cursor.end();
  for (const [name, entry] of entries) checkSize(name, entry);
  checkLayout(entries, dataLength);
  return { metadata, entries };
}

function parseEntry(name: string, cursor: JsonCursor): HeaderEntry {
  let spelling: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  cursor.object((key) => {
    if (key === 'dtype') spelling = cursor.string();
    else if (key === 'shape') shape = cursor.integers();
    else if (key === 'data_offsets') offsets = cursor.integers();
    else throw damaged(name, `has the key ${JSON.stringify(key)}, which does not exist`);
  });
  if (spelling === undefined || shape === undefined || offsets?.length !== 2) {
    throw damaged(name, 'needs a dtype, a shape and two data_offsets');
  }
  const dtype = dtypeOfSpelling(spelling);
  if (dtype === undefined) throw damaged(name, `has the dtype ${JSON.stringify(spelling)}, which is not known`);
  const [begin, end] = offsets as [number, number];
  return { dtype, shape, begin, end };
}

function checkSize(name: string, entry: HeaderEntry): void {
  const itemSize = itemSizes.get(entry.dtype) ?? 1;
  const count = elementCount(entry.shape);
  if (count === null || entry.end - entry.begin !== count * itemSize) {
    throw damaged(name, `is ${describeTensor(entry)}, but has the bytes ${entry.begin} to ${entry.end}`);
  }
  if (entry.begin % itemSize !== 0) {
    throw damaged(name, `begins at byte ${entry.begin}, which is no multiple of the ${itemSize} bytes of an element`);
  }
}

function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, dataLength: number): void {
  let at = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== at) {
      throw damaged(name, `begins at byte ${entry.begin}, but the tensors before it end at byte ${at}`);
    }
    at = entry.end;
  }
  if (at !== dataLength) {
    throw new CheckpointError(
      `The safetensors file is damaged: its tensors have ${at} bytes, but ${dataLength} come after its header.`,
    );
  }
}

function damaged(name: string, what: string): CheckpointError {
  return new CheckpointError(`The header of the safetensors file is damaged: tensor ${JSON.stringify(name)} ${what}.`);
}
