/**
 * Just enough of WebAssembly's binary format for the loops that are the measure of everything else: it shares no code with
 * what is measured.
 */

/** A function that a module exports under a name. */
export interface WasmFunction {
  readonly name: string;
  /** How many i32 parameters it has. */
  readonly parameters: number;
  /** Whether it gives an f32. */
  readonly givesFloat: boolean;
  readonly vectorLocals: number;
  /** The instructions, without the last `end`. */
  readonly code: readonly number[];
}

/** A module of functions that work on an exported memory named `memory`. */
export function wasmModule(functions: readonly WasmFunction[], memoryPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, givesFloat }) => [
    ...[0x60, ...list(Array.from({ length: parameters }, () => [i32Type]))],
    ...list(givesFloat ? [[f32Type]] : []),
  ]);
  const bodies = functions.map(({ vectorLocals, code }) => {
    const body = [...list([[...unsigned(vectorLocals), v128Type]]), ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  const exported = functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(5, list([[0x00, ...unsigned(memoryPages)]])),
    ...section(7, list([...exported, [...text('memory'), 2, 0]])),
    ...section(10, list(bodies)),
  ]);
}

const i32Type = 0x7f;
const f32Type = 0x7d;
const v128Type = 0x7b;

/** `local.get` */
export const get = (index: number): number[] => [0x20, ...unsigned(index)];
/** `local.set` */
export const set = (index: number): number[] => [0x21, ...unsigned(index)];
/** `i32.const` */
const int = (value: number): number[] => [0x41, ...signed(value)];
/** The same float in the four lanes of a vector. */
export const floats = (value: number): number[] => {
  const lane = new Uint8Array(new Float32Array([value]).buffer);
  return [0xfd, 0x0c, ...lane, ...lane, ...lane, ...lane];
};
/** An instruction on vectors, by its number. */
export const simd = (code: number): number[] => [0xfd, ...unsigned(code)];
/** `v128.load` */
export const load = (offset: number): number[] => [...simd(0x00), 0, ...unsigned(offset)];
/** `v128.store` */
export const store = (offset: number): number[] => [...simd(0x0b), 0, ...unsigned(offset)];
/** Adds a number to an i32 local. */
export const advance = (index: number, by: number): number[] => [...get(index), ...int(by), 0x6a, ...set(index)];
/** Repeats code, at least once, until an i32 local that it lowers is zero. */
export const until0 = (index: number, code: readonly number[]): number[] => [
  ...[0x03, 0x40],
  ...code,
  ...get(index),
  ...[0x0d, 0, 0x0b],
];

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
