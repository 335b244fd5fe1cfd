import * as tf from '@tensorflow/tfjs-core';
import type { ModuleBuilder } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { type Extremum, extrema } from './extremum.ts';
import { searchColumns } from './search-columns.ts';
import { searchRow } from './search-row.ts';
import { forRowsOrStrips, operandParameters, scratchBytes } from './strips.ts';

/** Where the largest and smallest elements along an axis are: the first of them. */
export const argExtremumFamily: KernelFamily = {
  emit(module) {
    for (const [name, extremum] of Object.entries(extrema)) emitArgExtremum(module, name, extremum);
  },
  kernels: (runtime) => {
    const scratch = runtime.heap.reserve(scratchBytes);
    return {
      ArgMax: argExtremumKernel(runtime, 'ArgMax', scratch),
      ArgMin: argExtremumKernel(runtime, 'ArgMin', scratch),
    };
  },
};

/** Adds `name(input, output, outer, reduced, inner, scratch)` for the middle axis, not empty, of a dense [outer, reduced, inner]. */
function emitArgExtremum(module: ModuleBuilder, name: string, extremum: Extremum): void {
  module.function(name, operandParameters, (f, operands) =>
    forRowsOrStrips(f, operands, {
      row: () => searchRow(f, operands, extremum),
      strip: (strip) => searchColumns(f, strip, extremum),
    }),
  );
}

function argExtremumKernel(
  { heap, generated, stock }: Runtime,
  name: 'ArgMax' | 'ArgMin',
  scratch: number,
): tf.KernelFunc {
  const run = { float32: generated(`${name}/float32`), int32: generated(`${name}/int32`) };
  const clear = generated('clear');
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return stock(name)(params);
    const { axis } = params.attrs as unknown as tf.ArgMaxAttrs;
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const output = heap.allocate(
      x.shape.filter((_, i) => i !== along),
      'int32',
    );
    const reduced = x.shape[along] ?? 1;
    const [outer, inner] = [sizeOf(x.shape.slice(0, along)), sizeOf(x.shape.slice(along + 1))];
    if (reduced === 0) clear(heap.address(output), 4 * outer * inner);
    else run[x.dtype](heap.address(x), heap.address(output), outer, reduced, inner, scratch);
    return output;
  };
}
