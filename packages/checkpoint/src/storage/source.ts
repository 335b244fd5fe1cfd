import { CheckpointError } from '../checkpoint-error.ts';
import { isTable } from '../tensor-bundle/table.ts';
import { type Place, placeOf, readResponse } from './place.ts';
import { reasonOf } from './read-file.ts';

/** Bytes, wherever they are. */
export type BinarySource = ArrayBuffer | ArrayBufferView | Blob | Response;

/**
 * Where a checkpoint is.
 *
 * - A path in node, an address elsewhere: of a safetensors file, or what the names of a TensorFlow checkpoint's files begin
 *   with, such as `model.ckpt-1000`; its `….index` does as well.
 * - A `URL`, in node of `file:` too.
 * - The bytes of a safetensors file: an `ArrayBuffer` or a view of one, a `Blob` or `File`, a `Response` of `fetch`.
 * - The files of a TensorFlow checkpoint: a `FileList`, an array of `File`s, or an object of bytes by file name.
 */
export type CheckpointSource = string | URL | BinarySource | ArrayLike<File> | Readonly<Record<string, BinarySource>>;

/** The files behind a source: one safetensors file, or those of a TensorFlow checkpoint. */
export type SourceFiles =
  | { readonly kind: 'single'; readonly bytes: Uint8Array }
  | { readonly kind: 'bundle'; readonly index: Uint8Array; readonly read: (suffix: string) => Promise<Uint8Array> };

const INDEX = '.index';
const SAFETENSORS = '.safetensors';

/**
 * Opens a source.
 *
 * @throws CheckpointError when there is nothing, or it cannot be read.
 * @throws TypeError when it is not a source.
 */
export async function openSource(source: CheckpointSource): Promise<SourceFiles> {
  if (typeof source === 'string' || source instanceof URL) return openPlace(source);
  if (isBinary(source)) return { kind: 'single', bytes: await readBinary(source) };
  if (typeof source !== 'object' || source === null) {
    throw new TypeError(`A checkpoint's source must be a path, an address, bytes or files; got ${String(source)}.`);
  }
  return openFiles(
    new Map(isArrayLike(source) ? Array.from(source, (file) => [file.name, file]) : Object.entries(source)),
  );
}

async function openPlace(where: string | URL): Promise<SourceFiles> {
  const name = where instanceof URL ? where.pathname : where.replace(/[?#].*$/, '');
  if (name.endsWith(INDEX)) {
    const place = await placeOf(where, INDEX.length);
    return bundleAt(place, (await place.read(INDEX)) ?? missing(place.name + INDEX));
  }
  const place = await placeOf(where);
  // A name says what it is: this saves a request that ends in 404.
  const index = name.endsWith(SAFETENSORS) ? null : await place.read(INDEX);
  // The servers of single-page programs answer with their page instead of 404.
  if (index !== null && isTable(index)) return bundleAt(place, index);
  const bytes = (await place.read('')) ?? (name.endsWith(SAFETENSORS) ? null : await place.read(SAFETENSORS));
  if (bytes !== null) return { kind: 'single', bytes };
  return index === null ? missing(place.name) : bundleAt(place, index);
}

function bundleAt(place: Place, index: Uint8Array): SourceFiles {
  return { kind: 'bundle', index, read: async (suffix) => (await place.read(suffix)) ?? missing(place.name + suffix) };
}

function missing(name: string): never {
  throw new CheckpointError(`There is no checkpoint file ${name}.`);
}

async function openFiles(files: ReadonlyMap<string, BinarySource>): Promise<SourceFiles> {
  const [name, ...others] = [...files.keys()].filter((key) => key.endsWith(INDEX));
  const [only] = files.values();
  if (name === undefined && files.size === 1 && only !== undefined)
    return { kind: 'single', bytes: await readBinary(only) };
  if (name === undefined || others.length > 0) {
    throw new CheckpointError(
      `The files must be those of one TensorFlow checkpoint, with one that ends in ${INDEX}; got ${[...files.keys()].join(', ')}.`,
    );
  }
  const read = async (suffix: string): Promise<Uint8Array> => {
    const file = name.slice(0, -INDEX.length) + suffix;
    return readBinary(files.get(file) ?? missing(file));
  };
  return { kind: 'bundle', index: await read(INDEX), read };
}

async function readBinary(source: BinarySource): Promise<Uint8Array> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof Response) return readResponse(source);
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (error) {
    throw new CheckpointError(`Cannot read the file: ${reasonOf(error)}.`, { cause: error });
  }
}

function isBinary(value: unknown): value is BinarySource {
  return (
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob || value instanceof Response
  );
}

function isArrayLike(value: object): value is ArrayLike<File> {
  return 'length' in value && typeof value.length === 'number';
}
