import type * as tf from '@tensorflow/tfjs-core';
import type { ModuleBuilder } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { erf } from './error-function.ts';
import { exp, expm1, selu, tanh } from './exponential.ts';
import { acosh, asinh, atanh, cosh, sinh } from './hyperbolic.ts';
import { acos, asin, atan } from './inverse-trigonometric.ts';
import { log, log1p, softplus } from './logarithm.ts';
import { emitMap, type Lanes, type MapLanes } from './map.ts';
import { ceil, floor, reciprocal, relu6, round, rsqrt, sign, sqrt } from './simple.ts';
import { emitTwoStepMap, type TwoSteps } from './steps.ts';
import { cos, largestReducible, sin, tan } from './trigonometric.ts';

/** Kernels of one float32 tensor that take a few instructions an element. */
const short: Readonly<Record<string, Lanes>> = {
  Ceil: ceil,
  Floor: floor,
  Reciprocal: reciprocal,
  Relu6: relu6,
  Round: round,
  Rsqrt: rsqrt,
  Sign: sign,
  Sqrt: sqrt,
};

/** Kernels of one float32 tensor that take more. */
const functions: Readonly<Record<string, Lanes | TwoSteps>> = {
  Acos: acos,
  Acosh: acosh,
  Asin: asin,
  Asinh: asinh,
  Atan: atan,
  Atanh: atanh,
  Cosh: cosh,
  Erf: erf,
  Exp: exp,
  Expm1: expm1,
  Log: log,
  Log1p: log1p,
  Selu: selu,
  Sinh: sinh,
  Softplus: softplus,
  Tanh: tanh,
};

/** Those whose argument may be too large for the vector code; such elements are computed again, one by one. */
const periodic: Readonly<
  Record<string, { readonly lanes: MapLanes | TwoSteps; readonly exact: (x: number) => number }>
> = {
  Cos: { lanes: cos, exact: Math.cos },
  Sin: { lanes: sin, exact: Math.sin },
  Tan: { lanes: tan, exact: Math.tan },
};

/** The functions of one argument. */
export const unaryFamily: KernelFamily = {
  emit(module) {
    for (const [name, lanes] of Object.entries(short)) emitMap(module, name, lanes, { isShort: true });
    for (const [name, lanes] of Object.entries(functions)) emitFunction(module, name, lanes);
    for (const [name, { lanes }] of Object.entries(periodic)) emitFunction(module, name, lanes);
  },
  kernels: (runtime) => ({
    ...Object.fromEntries(Object.keys({ ...short, ...functions }).map((name) => [name, unaryKernel(runtime, name)])),
    ...Object.fromEntries(
      Object.entries(periodic).map(([name, { exact }]) => [name, unaryKernel(runtime, name, exact)]),
    ),
  }),
};

function emitFunction(module: ModuleBuilder, name: string, lanes: MapLanes | TwoSteps): void {
  if (typeof lanes === 'function') emitMap(module, name, lanes);
  else emitTwoStepMap(module, name, lanes);
}

type Float32Info = tf.TensorInfo & { readonly dtype: 'float32' };

function unaryKernel({ heap, generated, stock }: Runtime, name: string, exact?: (x: number) => number): tf.KernelFunc {
  const run = generated(name);
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32') return stock(name)(params);
    const output = heap.allocate(x.shape, 'float32');
    const someOutside = run(heap.address(x), heap.address(output), sizeOf(x.shape));
    if (someOutside === 1 && exact !== undefined) {
      const values = heap.view(x as Float32Info);
      const results = heap.view(output as Float32Info);
      values.forEach((value, index) => {
        if (Math.abs(value) > largestReducible) results[index] = exact(value);
      });
    }
    return output;
  };
}
