import * as tf from '@tensorflow/tfjs-core';
import { f32x4, i32x4, type Local, type ModuleBuilder, type V128, v128 } from '../../emitter/index.ts';
import type { GeneratedFunction, KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { integral, magnitudeOf } from './exponential.ts';
import { emitMap, forVectors, type Lanes } from './map.ts';
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

/** Up to here in both directions, the sum with `integral` has the whole number in its lower bits. */
const largestNear = 2 ** 22;

/**
 * Adds the same for numbers near 0, in fewer instructions of the machine: it returns whether there was another one, which it has
 * got wrong.
 */
function emitNearTruncation(module: ModuleBuilder, name: string): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const x = f.local('v128');
    // In turn, so that few wait for each other.
    const largest = Array.from({ length: 4 }, () => f.local('v128'));
    forVectors(f, { count, pointers: [input, output], vectors: 8 }, (load, store) => {
      f.set(x, load(input));
      const sum = f32x4.add(f32x4.trunc(x), f.number(integral));
      // As integers, their bits.
      store(output, i32x4.sub(sum, f.number(integral)));
      const next = largest.shift() as Local<'v128'>;
      f.set(next, i32x4.maxS(next, magnitudeOf(f, x)));
      largest.push(next);
    });
    return v128.anyTrue(i32x4.gtS(largest.reduce<V128>(i32x4.maxS, i32x4.const(0)), f.number(largestNear)));
  });
}

/** Casts that stock tfjs does element by element. */
export const castFamily: KernelFamily = {
  emit(module) {
    emitNearTruncation(module, 'Cast/float32/int32/near');
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

function castKernel(runtime: Runtime): tf.KernelFunc {
  const { heap, generated, stock } = runtime;
  const own = {
    'float32/int32': truncation(runtime),
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

/** The way that takes numbers near 0, and where there are others, the one that takes all. */
function truncation({ generated }: Runtime): GeneratedFunction {
  const [near, all] = [generated('Cast/float32/int32/near'), generated('Cast/float32/int32')];
  return (...args) => near(...args) && all(...args);
}
