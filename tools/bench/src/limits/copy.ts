import { checkFilled, filledValues } from '../measuring/values.ts';
import { advance, get, load, store, until0, wasmModule } from './wasm-bytes.ts';

/** A copy of float32 values inside one WebAssembly memory. */
export interface Copy {
  /** Copies all of them, by vectors. */
  readonly run: () => void;
  /** Bytes read and bytes written by a run. */
  readonly bytes: number;
}

const bytesEach = 64;

/**
 * What moving memory costs: a loop of vector loads and stores over filled buffers.
 *
 * @param size How many floats are copied; a multiple of 16.
 */
export function copyOf(size: number): Copy {
  const bytes = size * 4;
  const pages = Math.ceil((2 * bytes) / 65536) + 1;
  const offsets = [0, 16, 32, 48];
  const move = offsets.flatMap((offset) => [...get(0), ...get(1), ...load(offset), ...store(offset)]);
  const step = [...advance(0, bytesEach), ...advance(1, bytesEach), ...advance(2, -bytesEach)];
  const copy = { name: 'copy', parameters: 3, givesFloat: false, vectorLocals: 0, code: until0(2, [...move, ...step]) };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasmModule([copy], pages)));
  const { copy: run, memory } = instance.exports as {
    copy: (to: number, from: number, bytes: number) => void;
    memory: WebAssembly.Memory;
  };
  new Float32Array(memory.buffer, 0, size).set(filledValues(size));
  run(bytes, 0, bytes);
  checkFilled(new Float32Array(memory.buffer, bytes, size));
  return { run: () => run(bytes, 0, bytes), bytes: 2 * bytes };
}
