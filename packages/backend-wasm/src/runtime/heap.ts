import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type Allocator, alignAllocations } from './align-allocations.ts';

type Typed = { float32: Float32Array; int32: Int32Array; bool: Uint8Array };

/** What tfjs's declarations leave out of its WebAssembly module. */
interface Emscripten extends Allocator {
  readonly asm: Allocator['asm'] & { readonly memory: WebAssembly.Memory };
}

/** The memory of tfjs's WebAssembly backend: where its tensors are, and room for intermediate values. */
export class Heap {
  readonly #backend: BackendWasm;
  readonly #wasm: Emscripten;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
    this.#wasm = backend.wasm as unknown as Emscripten;
    alignAllocations(this.#wasm);
  }

  /** The memory itself, for generated code to import. */
  get memory(): WebAssembly.Memory {
    return this.#wasm.asm.memory;
  }

  /** The address of a tensor's first element. */
  address(tensor: tf.TensorInfo): number {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /**
   * A new tensor with arbitrary content.
   *
   * @throws Error when the memory cannot grow that far; tfjs would have kernels write to the beginning of the memory then.
   */
  allocate(shape: number[], dtype: tf.DataType): tf.TensorInfo {
    const made = this.#backend.makeOutput(shape, dtype);
    if (this.address(made) !== 0) return made;
    this.dispose(made);
    throw new Error(
      `wasm: there is no memory for a tensor of shape [${shape.join(', ')}]; dispose tensors or use smaller ones.`,
    );
  }

  /** The same data as a tensor of another shape: nothing is copied. */
  alias(tensor: tf.TensorInfo, shape: number[]): tf.TensorInfo {
    this.#backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
  }

  /** A view of a tensor's elements; valid until memory is next allocated. */
  view<D extends keyof Typed>(tensor: tf.TensorInfo & { readonly dtype: D }): Typed[D] {
    return this.#backend.typedArrayFromHeap(tensor) as Typed[D];
  }

  /** The elements of the 32-bit integers at an address; valid until memory is next allocated. */
  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  /** Frees a tensor that a kernel made on its way. */
  dispose(tensor: tf.TensorInfo): void {
    this.#backend.disposeData(tensor.dataId);
  }

  /**
   * The address of memory that is kept as long as the backend: a multiple of 64.
   *
   * @throws Error when the memory cannot grow that far.
   */
  reserve(bytes: number): number {
    return this.#aligned(this.#malloc(bytes));
  }

  /**
   * Runs a function with an address of free memory, which is given back afterwards.
   *
   * @param bytes How much memory.
   * @param use Gets its address, a multiple of 64.
   * @throws Error when the memory cannot grow that far.
   */
  withScratch<T>(bytes: number, use: (address: number) => T): T {
    const block = this.#malloc(bytes);
    try {
      return use(this.#aligned(block));
    } finally {
      this.#wasm._free(block);
    }
  }

  #malloc(bytes: number): number {
    const block = this.#wasm._malloc(bytes + 64) >>> 0;
    if (block === 0) throw new Error(`wasm: there is no memory for ${bytes} bytes of intermediate values.`);
    return block;
  }

  #aligned(block: number): number {
    return ((block + 63) & ~63) >>> 0;
  }
}
