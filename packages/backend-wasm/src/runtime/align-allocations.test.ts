import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../wasm.ts';
import { type Allocator, alignAllocations } from './align-allocations.ts';
import { Heap } from './heap.ts';

/** Hands out blocks behind each other, multiples of 8, and remembers which were freed. */
function makeAllocator(begin: number, most = Number.POSITIVE_INFINITY): Allocator & { readonly freed: number[] } {
  let next = begin;
  const freed: number[] = [];
  const malloc = (bytes: number): number => {
    if (bytes > most) return 0;
    const block = next;
    next += (bytes + 7) & ~7;
    // As signed numbers, which is how an address above 2 GiB comes from WebAssembly.
    return block | 0;
  };
  const asm = { malloc, free: (address: number) => void freed.push(address) };
  return { freed, asm, _malloc: malloc, _free: asm.free };
}

describe('alignAllocations', () => {
  it.each([8, 16, 24, 2 ** 31 + 8])('has large blocks begin at multiples of 16, beginning at %d', (begin) => {
    const allocator = makeAllocator(begin);
    alignAllocations(allocator);
    const blocks = [4096, 5000, 4104, 10000].map((bytes) => [allocator._malloc(bytes) >>> 0, bytes] as const);
    blocks.forEach(([address, bytes], i) => {
      expect(address % 16).toBe(0);
      expect(blocks[i + 1]?.[0] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(address + bytes);
    });
  });

  it('frees blocks where they really begin, once', () => {
    const allocator = makeAllocator(8);
    alignAllocations(allocator);
    const [moved, small] = [allocator._malloc(4096), allocator._malloc(8)];
    for (const address of [moved, small, moved]) allocator._free(address);
    expect(allocator.freed).toEqual([8, small, moved]);
  });

  it('says that there is no memory as before, and changes an allocator once', () => {
    const allocator = makeAllocator(8, 5000);
    alignAllocations(allocator);
    const malloc = allocator._malloc;
    alignAllocations(allocator);
    expect(allocator._malloc).toBe(malloc);
    expect(allocator._malloc(6000)).toBe(0);
  });
});

describe('tensors on wasm', () => {
  const startedOn = tf.getBackend();
  beforeAll(() => wasm().initialize());
  afterAll(() => tf.setBackend(startedOn));

  it('begin at multiples of 16 if they are large, whoever makes them', () => {
    const heap = new Heap(tf.backend() as BackendWasm);
    tf.tidy(() => {
      for (let i = 1; i < 40; i++) {
        tf.zeros([i]);
        const x = tf.tensor(new Float32Array(1024 + i));
        for (const tensor of [x, tf.relu(x), tf.exp(x), tf.concat([x, x])]) expect(heap.address(tensor) % 16).toBe(0);
      }
    });
  });

  it('give their memory back', () => {
    const heap = new Heap(tf.backend() as BackendWasm);
    const run = (): void =>
      tf.tidy(() => {
        for (const size of [3000, 5000, 70_000, 1_000_003]) tf.add(tf.ones([size]), 1);
      });
    run();
    const bytes = heap.memory.buffer.byteLength;
    for (let i = 0; i < 100; i++) run();
    expect(heap.memory.buffer.byteLength).toBe(bytes);
  });
});
