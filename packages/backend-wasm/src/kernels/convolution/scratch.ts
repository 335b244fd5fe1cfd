import type { Heap } from '../../runtime/heap.ts';

const keptBytes = 64 * 1024;

/** Room for intermediate values: what is small needs no allocation. */
export class Scratch {
  readonly #heap: Heap;
  readonly #end: number;
  #free: number;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#free = heap.reserve(keptBytes);
    this.#end = this.#free + keptBytes;
  }

  /** Runs a function with an address of free memory, a multiple of 64. Calls may be nested. */
  use(bytes: number, run: (address: number) => void): void {
    const address = this.#free;
    if (address + bytes > this.#end) {
      this.#heap.withScratch(bytes, run);
      return;
    }
    this.#free = (address + bytes + 63) & ~63;
    try {
      run(address);
    } finally {
      this.#free = address;
    }
  }
}
