import type * as tf from '@tensorflow/tfjs-core';
import { filledValues, randomNumbers, type ValueOptions } from '../measuring/values.ts';
import type { Tfjs } from '../stock/stock-tfjs.ts';

/** What an element costs at least, which bounds how fast a kernel can be. */
export interface Limit {
  /** Float32 numbers read for an element; a boolean is a quarter. */
  readonly reads: number;
  /** Float32 numbers written for an element. */
  readonly writes: number;
  /** Additions and multiplications of a usual approximation in single precision. */
  readonly flops?: number;
  readonly divisions?: number;
  readonly roots?: number;
}

/** A kernel of tfjs and how to run it. */
export interface KernelCase {
  /** Its name in tfjs's registry. */
  readonly kernel: string;
  /** Which of several ways to run it this is. */
  readonly variant?: string;
  /** What bounds its speed: there for elementwise kernels and reductions. */
  readonly limit?: Limit;
  /** Makes the inputs; the result runs the kernel. */
  readonly make: (inputs: Inputs) => () => tf.Tensor | tf.Tensor[];
}

/** The numbers of elements that kernels are timed at. */
export const sizes: readonly number[] = [16, 1024, 16384, 262144, 4194304];

const images: Readonly<Record<number, [number, number, number, number]>> = {
  16: [1, 4, 4, 1],
  1024: [1, 8, 8, 16],
  16384: [1, 32, 32, 16],
  262144: [4, 64, 64, 16],
  4194304: [16, 128, 128, 16],
};

const volumes: Readonly<Record<number, [number, number, number, number, number]>> = {
  16: [1, 2, 2, 2, 2],
  1024: [1, 4, 8, 8, 4],
  16384: [1, 16, 16, 16, 4],
  262144: [1, 32, 32, 32, 8],
  4194304: [4, 64, 64, 64, 4],
};

/** Makes the filled inputs of a kernel, of as many elements as are measured, and frees them at the end. */
export class Inputs {
  readonly tf: Tfjs;
  /** The number of elements. */
  readonly size: number;
  /** The side of a square matrix of that many. */
  readonly side: number;
  readonly image: [number, number, number, number];
  readonly volume: [number, number, number, number, number];
  readonly #made: tf.Tensor[] = [];

  constructor(library: Tfjs, size: number) {
    this.tf = library;
    this.size = size;
    this.side = Math.sqrt(size);
    const [image, volume] = [images[size], volumes[size]];
    if (image === undefined || volume === undefined) throw new Error(`Kernels are not timed at ${size} elements.`);
    this.image = image;
    this.volume = volume;
  }

  /** Random floats. */
  floats<S extends number[]>(shape: S, options: ValueOptions = {}): tf.Tensor {
    return this.#keep(this.tf.tensor(filledValues(this.tf.util.sizeFromShape(shape), options), shape));
  }

  /** A square matrix of random floats. */
  matrix(options: ValueOptions = {}): tf.Tensor2D {
    return this.floats([this.side, this.side], options) as tf.Tensor2D;
  }

  /** All elements in one dimension. */
  vector(options: ValueOptions = {}): tf.Tensor1D {
    return this.floats([this.size], options) as tf.Tensor1D;
  }

  /** Images [batch, height, width, channels]. */
  images(options: ValueOptions = {}): tf.Tensor4D {
    return this.floats(this.image, options) as tf.Tensor4D;
  }

  /** Volumes [batch, depth, height, width, channels]. */
  volumes(options: ValueOptions = {}): tf.Tensor5D {
    return this.floats(this.volume, options) as tf.Tensor5D;
  }

  /** Random integers from 0 up to but without `below`. */
  integers(shape: number[], below: number, seed = 5): tf.Tensor {
    const next = randomNumbers(seed);
    const values = Int32Array.from({ length: this.tf.util.sizeFromShape(shape) }, () => Math.floor(next() * below));
    return this.#keep(this.tf.tensor(values, shape, 'int32'));
  }

  /** Random booleans. */
  booleans(shape: number[], seed = 6): tf.Tensor {
    const next = randomNumbers(seed);
    const values = Uint8Array.from({ length: this.tf.util.sizeFromShape(shape) }, () => (next() < 0.5 ? 0 : 1));
    return this.#keep(this.tf.tensor(values, shape, 'bool'));
  }

  /** Any tensor of the case's own. */
  keep<T extends tf.Tensor>(tensor: T): T {
    return this.#keep(tensor);
  }

  /** Runs a kernel that no op of tfjs calls alone. */
  runKernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: object = {}): tf.Tensor {
    return this.tf.engine().runKernel(name, { ...inputs }, attributes as Record<string, number>) as tf.Tensor;
  }

  /** Frees what was made. */
  dispose(): void {
    for (const tensor of this.#made) tensor.dispose();
  }

  #keep<T extends tf.Tensor>(tensor: T): T {
    this.#made.push(tensor);
    return tensor;
  }
}
