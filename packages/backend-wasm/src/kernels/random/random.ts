import type * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitRandom } from './emit-threefry.ts';

/** Core's seeded random numbers, the same to the bit. */
export const randomFamily: KernelFamily = {
  emit: emitRandom,
  kernels: (runtime) => ({
    RandomStreamBernoulli: bernoulliKernel(runtime),
    RandomStreamUniform: uniformKernel(runtime),
  }),
};

/** Where in a stream to draw: the words from `position` on of a key of two words. */
interface DrawAttrs {
  readonly shape: number[];
  readonly key: readonly [number, number];
  readonly position: number;
}

/** Hands over the address of the words that a draw takes. */
function withWords(
  { heap, generated }: Runtime,
  { shape, key, position }: DrawAttrs,
  use: (words: number) => void,
): void {
  const count = sizeOf(shape);
  const odd = position % 2;
  const block = (position - odd) / 2;
  // Blocks are computed by fours, two words each.
  const blocks = Math.ceil((count + odd) / 8) * 4;
  heap.withScratch(8 * blocks, (scratch) => {
    generated('threefry')(scratch, blocks, key[0], key[1], block | 0, (block / 2 ** 32) | 0);
    use(scratch + 4 * odd);
  });
}

function uniformKernel(runtime: Runtime): tf.KernelFunc {
  const convert = runtime.generated('uniformFromWords');
  return ({ attrs }) => {
    const { min, max, last, ...draw } = attrs as unknown as DrawAttrs & { min: number; max: number; last: number };
    const output = runtime.heap.allocate(draw.shape, 'float32');
    withWords(runtime, draw, (words) => {
      convert(words, runtime.heap.address(output), sizeOf(draw.shape), min, max - min, max, last);
    });
    return output;
  };
}

function bernoulliKernel(runtime: Runtime): tf.KernelFunc {
  const [convert, clear] = [runtime.generated('bernoulliFromWords'), runtime.generated('clear')];
  return ({ attrs }) => {
    const { probability, ...draw } = attrs as unknown as DrawAttrs & { probability: number };
    const output = runtime.heap.allocate(draw.shape, 'float32');
    const largest = Math.ceil(probability * 2 ** 32) - 1;
    if (largest < 0) {
      clear(runtime.heap.address(output), 4 * sizeOf(draw.shape));
      return output;
    }
    withWords(runtime, draw, (words) => {
      convert(words, runtime.heap.address(output), sizeOf(draw.shape), largest | 0);
    });
    return output;
  };
}
