import type * as tf from '@tensorflow/tfjs-core';
import type { ModuleBuilder } from '../emitter/index.ts';
import type { Tile } from '../kernels/contraction/tile.ts';
import type { Heap } from './heap.ts';

/** A function of the generated module. */
export type GeneratedFunction = (...args: readonly number[]) => number;

/** What kernels run on: tfjs's memory, the generated functions, and the kernels that they replace. */
export interface Runtime {
  readonly heap: Heap;
  /** The innermost product of matrices that was generated. */
  readonly tile: Tile;
  /** A generated function by its name. */
  generated(name: string): GeneratedFunction;
  /** Runs a kernel of the backend, ours or stock. The caller owns the result. */
  run(kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: object): tf.TensorInfo;
  /**
   * The kernel of stock tfjs by its name, for the cases that a kernel of ours leaves to it.
   *
   * @throws Error when stock tfjs has none.
   */
  stock(kernelName: string): tf.KernelFunc;
}

/** A group of kernels with the WebAssembly that they need. */
export interface KernelFamily {
  /** Adds the functions of the family to the module. */
  readonly emit: (module: ModuleBuilder) => void;
  /** Adds those that depend on the tile, which is known last. */
  readonly emitTiles?: (module: ModuleBuilder, tile: Tile) => void;
  /** The kernels, by the name of what they replace or add. */
  readonly kernels: (runtime: Runtime) => Readonly<Record<string, tf.KernelFunc>>;
}
