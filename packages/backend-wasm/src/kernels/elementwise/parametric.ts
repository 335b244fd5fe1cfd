import * as tf from '@tensorflow/tfjs-core';
import { f32x4, type ModuleBuilder, type V128, v128 } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { forVectors } from './map.ts';

/** Functions of one float32 tensor and two numbers. */
const functions: Readonly<Record<string, (x: V128, first: V128, second: V128) => V128>> = {
  // NaN stays, whatever the bounds.
  ClipByValue: (x, low, high) => f32x4.pmin(f32x4.pmax(x, low), high),
  LeakyRelu: (x, alpha) => v128.select(f32x4.lt(x, f32x4.const(0)), f32x4.mul(x, alpha), x),
  // A mask of ones is NaN.
  Step: (x, alpha, one) =>
    v128.or(v128.xor(alpha, v128.and(f32x4.gt(x, f32x4.const(0)), v128.xor(alpha, one))), f32x4.ne(x, x)),
};

/** The functions of one argument with numbers as attributes. */
export const parametricFamily: KernelFamily = {
  emit(module) {
    for (const [name, evaluate] of Object.entries(functions)) emitParametric(module, name, evaluate);
  },
  kernels: (runtime) => ({
    ClipByValue: parametricKernel(runtime, tf.ClipByValue, (attrs) => {
      const { clipValueMin, clipValueMax } = attrs as unknown as tf.ClipByValueAttrs;
      return [clipValueMin, clipValueMax];
    }),
    Step: parametricKernel(runtime, tf.Step, (attrs) => [(attrs as unknown as tf.StepAttrs).alpha, 1]),
    LeakyRelu: parametricKernel(runtime, tf.LeakyRelu, (attrs) => [(attrs as unknown as tf.LeakyReluAttrs).alpha, 0]),
  }),
};

function emitParametric(
  module: ModuleBuilder,
  name: string,
  evaluate: (x: V128, first: V128, second: V128) => V128,
): void {
  const parameters = { input: 'i32', output: 'i32', count: 'i32', first: 'f32', second: 'f32' } as const;
  module.function(name, parameters, (f, { input, output, count, first, second }) => {
    const [one, two] = [f.local('v128', f32x4.splat(first)), f.local('v128', f32x4.splat(second))];
    const x = f.local('v128');
    forVectors(f, { count, pointers: [input, output], vectors: 8 }, (load, store) => {
      f.set(x, load(input));
      store(output, evaluate(x, one, two));
    });
  });
}

function parametricKernel(
  { heap, generated, stock }: Runtime,
  name: string,
  numbers: (attrs: tf.NamedAttrMap | undefined) => readonly [number, number],
): tf.KernelFunc {
  const run = generated(name);
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32') return stock(name)(params);
    const output = heap.allocate(x.shape, 'float32');
    run(heap.address(x), heap.address(output), sizeOf(x.shape), ...numbers(params.attrs));
    return output;
  };
}
