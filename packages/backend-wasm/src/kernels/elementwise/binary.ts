import type * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  f32x4,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sameShape, sizeOf } from '../shape.ts';
import { type BinarySteps, stepsOf } from './binary-steps.ts';
import { planBroadcast } from './broadcast.ts';
import { atan2 } from './inverse-trigonometric.ts';
import { forVectors, type Load } from './map.ts';
import { modulo } from './modulo.ts';
import { pow } from './power.ts';
import { elementsOfStep, forVectorsInSteps } from './steps.ts';
import { forTruths } from './truth-values.ts';

type BinaryLanes = (f: FunctionBuilder, a: Local<'v128'>, b: Local<'v128'>) => V128;
type DType = 'float32' | 'int32';

/** What a kernel computes for each dtype that it takes; the result is of that dtype, or bool. */
interface BinaryFunction {
  readonly float32?: BinaryLanes | BinarySteps;
  readonly int32?: BinaryLanes;
  readonly result?: 'bool';
}

const prelu: BinaryLanes = (_, x, alpha) => v128.select(f32x4.lt(x, f32x4.const(0)), f32x4.mul(x, alpha), x);

/**
 * A choice that takes the first operand where one is NaN, made NaN where the second is: a mask of ones is one. The engine's own
 * instructions for that take twice as many of the machine's.
 */
function orNaN(choose: (a: V128, b: V128) => V128): BinaryLanes {
  return (_, a, b) => v128.or(choose(a, b), f32x4.ne(b, b));
}

/** (a - b)². */
const squaredDifference: BinaryLanes = (f, a, b) => {
  const difference = f.local('v128', f32x4.sub(a, b));
  return f32x4.mul(difference, difference);
};

const eluSlope: BinaryLanes = (_, dy, y) =>
  v128.select(f32x4.ge(y, f32x4.const(0)), dy, f32x4.mul(dy, f32x4.add(y, f32x4.const(1))));

/** Slopes of activations from a slope dy and the activation's output y, which `@sonnetjs/gradients` asks for by these names. */
const slopes: Readonly<Record<string, BinaryFunction>> = {
  EluGrad: { float32: eluSlope },
  ReluGrad: { float32: (_, dy, y) => v128.and(dy, f32x4.gt(y, f32x4.const(0))) },
  SigmoidGrad: { float32: (_, dy, y) => f32x4.mul(f32x4.mul(dy, y), f32x4.sub(f32x4.const(1), y)) },
  TanhGrad: { float32: (_, dy, y) => f32x4.sub(dy, f32x4.mul(dy, f32x4.mul(y, y))) },
};

const functions: Readonly<Record<string, BinaryFunction>> = {
  Add: { float32: (_, a, b) => f32x4.add(a, b), int32: (_, a, b) => i32x4.add(a, b) },
  Sub: { float32: (_, a, b) => f32x4.sub(a, b), int32: (_, a, b) => i32x4.sub(a, b) },
  Multiply: { float32: (_, a, b) => f32x4.mul(a, b), int32: (_, a, b) => i32x4.mul(a, b) },
  RealDiv: { float32: (_, a, b) => f32x4.div(a, b) },
  Maximum: { float32: orNaN(f32x4.pmax), int32: (_, a, b) => i32x4.maxS(a, b) },
  Minimum: { float32: orNaN(f32x4.pmin), int32: (_, a, b) => i32x4.minS(a, b) },
  Pow: { float32: pow },
  Atan2: { float32: atan2 },
  Mod: { float32: modulo },
  Prelu: { float32: prelu },
  SquaredDifference: { float32: squaredDifference },
  FloorDiv: { float32: (_, a, b) => f32x4.floor(f32x4.div(a, b)) },
  BitwiseAnd: { int32: (_, a, b) => v128.and(a, b) },
  Equal: { float32: (_, a, b) => f32x4.eq(a, b), int32: (_, a, b) => i32x4.eq(a, b), result: 'bool' },
  NotEqual: { float32: (_, a, b) => f32x4.ne(a, b), int32: (_, a, b) => i32x4.ne(a, b), result: 'bool' },
  Greater: { float32: (_, a, b) => f32x4.gt(a, b), int32: (_, a, b) => i32x4.gtS(a, b), result: 'bool' },
  GreaterEqual: { float32: (_, a, b) => f32x4.ge(a, b), int32: (_, a, b) => i32x4.geS(a, b), result: 'bool' },
  Less: { float32: (_, a, b) => f32x4.lt(a, b), int32: (_, a, b) => i32x4.ltS(a, b), result: 'bool' },
  ...slopes,
  LessEqual: { float32: (_, a, b) => f32x4.le(a, b), int32: (_, a, b) => i32x4.leS(a, b), result: 'bool' },
};

/** The functions of two arguments that broadcast. */
export const binaryFamily: KernelFamily = {
  emit(module) {
    for (const [name, { float32, int32, result }] of Object.entries(functions)) {
      if (float32 !== undefined) emitBinary(module, `${name}/float32`, float32, result);
      if (int32 !== undefined) emitBinary(module, `${name}/int32`, int32, result);
    }
  },
  kernels: (runtime) => {
    const scratch = runtime.heap.reserve(4 * elementsOfStep);
    return Object.fromEntries(Object.keys(functions).map((name) => [name, binaryKernel(runtime, name, scratch)]));
  },
};

/**
 * Adds a function that computes rows of results; addresses and distances between rows are in bytes. `aColumn` and `bColumn`
 * are 0 where one element of an operand serves a whole row. At `scratch` is room for the elements of a step.
 */
function emitBinary(module: ModuleBuilder, name: string, lanes: BinaryLanes | BinarySteps, result?: 'bool'): void {
  const parameters = {
    a: 'i32',
    b: 'i32',
    output: 'i32',
    rows: 'i32',
    columns: 'i32',
    aRow: 'i32',
    bRow: 'i32',
    aColumn: 'i32',
    bColumn: 'i32',
    scratch: 'i32',
  } as const;
  module.function(name, parameters, (f, { a, b, output, rows, columns, aRow, bRow, aColumn, bColumn, scratch }) => {
    const [row, pa, pb] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const [x, y] = [f.local('v128'), f.local('v128')];
    const writeRow = (aSteps: boolean, bSteps: boolean): void => {
      if (!aSteps) f.set(x, v128.load32Splat(pa));
      if (!bSteps) f.set(y, v128.load32Splat(pb));
      const operands = [...(aSteps ? [pa] : []), ...(bSteps ? [pb] : [])];
      const read = (load: Load): void => {
        if (aSteps) f.set(x, load(pa));
        if (bSteps) f.set(y, load(pb));
      };
      const elements = { count: columns, pointers: [...operands, output] };
      if (typeof lanes !== 'function') {
        forVectorsInSteps(
          f,
          { ...elements, vectors: 2, scratch: [scratch] },
          stepsOf(f, lanes, { a: x, b: y, read }, [output, scratch]),
        );
      } else if (result === 'bool') {
        forTruths(f, columns, output, operands, (load) => {
          read(load);
          return lanes(f, x, y);
        });
      } else {
        forVectors(f, { ...elements, vectors: lanes === modulo ? 1 : 8 }, (load, store) => {
          read(load);
          store(output, lanes(f, x, y));
        });
      }
    };
    const writeRows = (aSteps: boolean, bSteps: boolean): void =>
      f.loop(row, { below: rows }, () => {
        f.set(pa, a);
        f.set(pb, b);
        writeRow(aSteps, bSteps);
        f.increase(a, aRow);
        f.increase(b, bRow);
      });
    f.if(
      i32.and(aColumn, bColumn),
      () => writeRows(true, true),
      () =>
        f.if(
          aColumn,
          () => writeRows(true, false),
          () => writeRows(false, true),
        ),
    );
  });
}

function binaryKernel({ heap, generated, stock }: Runtime, name: string, scratch: number): tf.KernelFunc {
  const { float32, int32, result } = functions[name] ?? {};
  const run = {
    float32: float32 && generated(`${name}/float32`),
    int32: int32 && generated(`${name}/int32`),
  };
  return (params) => {
    const [a, b] = Object.values(params.inputs) as [tf.TensorInfo, tf.TensorInfo];
    const compute = a.dtype === b.dtype ? run[a.dtype as DType] : undefined;
    if (compute === undefined) return stock(name)(params);
    if (sameShape(a.shape, b.shape)) {
      const output = heap.allocate(a.shape, result ?? a.dtype);
      compute(heap.address(a), heap.address(b), heap.address(output), 1, sizeOf(a.shape), 0, 0, 1, 1, scratch);
      return output;
    }
    const { shape, rows, columns, aRow, bRow, aColumn, bColumn, grids } = planBroadcast(a.shape, b.shape);
    const output = heap.allocate(shape, result ?? a.dtype);
    if (sizeOf(shape) === 0) return output;
    const [pa, pb] = [heap.address(a), heap.address(b)];
    let place = heap.address(output);
    const bytes = rows * columns * (result === 'bool' ? 1 : 4);
    for (const grid of grids) {
      compute(pa + 4 * grid.a, pb + 4 * grid.b, place, rows, columns, 4 * aRow, 4 * bRow, aColumn, bColumn, scratch);
      place += bytes;
    }
    return output;
  };
}
