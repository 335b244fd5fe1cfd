import * as tf from '@tensorflow/tfjs-core';
import { f32x4, i32x4 } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitMap, type Lanes } from './map.ts';
import { forTruths } from './truth-values.ts';

/** Without the digits behind the point: NaN gives 0, what is too large the nearest integer. */
const truncate: Lanes = (f, x) => (f.relaxed ? truncateRelaxed(f, x) : i32x4.fromF32x4(x));

/** The same by an instruction that may give the lowest integer where this gives 0 or the nearest. */
const truncateRelaxed: Lanes = (f, x) => {
  const result = f.local('v128', i32x4.relaxedFromF32x4(x));
  const isLowest = i32x4.eq(result, f.constant(i32x4.const(0x80000000 | 0)));
  f.if(i32x4.bitmask(isLowest), () => f.set(result, i32x4.fromF32x4(x)));
  return result;
};

/** Casts that stock tfjs does element by element. */
export const castFamily: KernelFamily = {
  emit(module) {
    emitMap(module, 'Cast/float32/int32', truncate, { isShort: true });
    const parameters = { input: 'i32', output: 'i32', count: 'i32' } as const;
    for (const dtype of ['float32', 'int32'] as const) {
      module.function(`Cast/${dtype}/bool`, parameters, (f, { input, output, count }) => {
        // A float is false if it is 0 of either sign.
        const zero = f32x4.const(0);
        forTruths(f, count, output, [input], (load) =>
          dtype === 'float32' ? f32x4.ne(load(input), zero) : i32x4.ne(load(input), zero),
        );
      });
    }
  },
  kernels: (runtime) => ({ Cast: castKernel(runtime) }),
};

function castKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const own = {
    'float32/int32': generated('Cast/float32/int32'),
    'float32/bool': generated('Cast/float32/bool'),
    'int32/bool': generated('Cast/int32/bool'),
  };
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    const { dtype } = params.attrs as unknown as tf.CastAttrs;
    if (x.dtype === dtype) return heap.alias(x, x.shape);
    const run = own[`${x.dtype}/${dtype}` as keyof typeof own];
    if (run === undefined) return stock(tf.Cast)(params);
    const output = heap.allocate(x.shape, dtype);
    run(heap.address(x), heap.address(output), sizeOf(x.shape));
    return output;
  };
}
