import * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { combineLanes } from '../combine.ts';
import { expOfDifference } from '../elementwise/exponential.ts';
import { forVectors } from '../elementwise/map.ts';
import { requireFloat32 } from '../float32-only.ts';
import { sizeOf } from '../shape.ts';

/**
 * The softmax of rows: eˣ ÷ the sum of eˣ over the row. The share of a number that is d below the largest of n is within 6 + 2d + √n/4
 * ulp.
 */
export const softmaxFamily: KernelFamily = {
  emit: emitSoftmax,
  kernels: (runtime) => ({ Softmax: softmaxKernel(runtime) }),
};

/** Adds `Softmax(x, y, rows, columns)`: the largest of each row, the powers and their sum, and the shares of that. */
function emitSoftmax(module: ModuleBuilder): void {
  module.function('Softmax', { x: 'i32', y: 'i32', rows: 'i32', columns: 'i32' }, (f, { x, y, rows, columns }) => {
    const [row, bytes] = [f.local('i32'), f.local('i32', i32.shl(columns, i32.const(2)))];
    f.loop(row, { below: rows }, () => {
      const sum = powersOfRow(f, { x, y, columns }, largestOf(f, x, columns));
      const scale = f.local('v128', f32x4.div(f.number(1), sum));
      const at = f.local('i32', y);
      forVectors(f, { count: columns, pointers: [at], vectors: 4 }, (load, store) =>
        store(at, f32x4.mul(load(at), scale)),
      );
      for (const pointer of [x, y]) f.increase(pointer, bytes);
    });
  });
}

/** So many vectors are looked at in a turn. */
const vectorsAtOnce = 8;

/** The largest number of a row, in all lanes; of a row with NaN it is any number. */
function largestOf(f: FunctionBuilder, x: I32, columns: I32): Local<'v128'> {
  const [at, i] = [f.local('i32', x), f.local('i32')];
  const largest = f.local('v128', f32x4.const(Number.NEGATIVE_INFINITY));
  const turn = 4 * vectorsAtOnce;
  f.loop(i, { below: i32.and(columns, i32.const(-turn)), step: turn }, () => {
    const values = Array.from({ length: vectorsAtOnce }, (_, k) => v128.load(at, 16 * k));
    f.set(
      largest,
      f32x4.pmax(
        largest,
        values.reduce((a, b) => f32x4.pmax(a, b)),
      ),
    );
    f.increase(at, 4 * turn);
  });
  const left = i32.and(columns, i32.const(turn - 1));
  forVectors(f, { count: left, pointers: [at], vectors: 1 }, (load) => f.set(largest, f32x4.pmax(largest, load(at))));
  return combineLanes(f, largest, f32x4.pmax);
}

interface Row {
  readonly x: I32;
  readonly y: I32;
  readonly columns: I32;
}

/**
 * Writes eˣ⁻ˡ for each number of a row, where no exponent is above 0: a power that has no normal float32 is 0. It gives their sum
 * in all lanes.
 */
function powersOfRow(f: FunctionBuilder, { x, y, columns }: Row, largest: V128): Local<'v128'> {
  const [from, to, i] = [f.local('i32', x), f.local('i32', y), f.local('i32', i32.const(0))];
  const sums = [f.local('v128', f32x4.const(0)), f.local('v128', f32x4.const(0))] as const;
  const power = (value: V128): Local<'v128'> =>
    f.local('v128', expOfDifference(f, f.local('v128', f32x4.sub(value, largest))));
  const takeVectors = (vectors: 1 | 2): void =>
    f.loop(i, { from: i, below: i32.and(columns, i32.const(-4 * vectors)), step: 4 * vectors }, () => {
      for (const [k, sum] of sums.slice(0, vectors).entries()) {
        const result = power(v128.load(from, 16 * k));
        f.do(v128.store(to, result, 16 * k));
        f.set(sum, f32x4.add(sum, result));
      }
      for (const pointer of [from, to]) f.increase(pointer, 16 * vectors);
    });
  takeVectors(2);
  takeVectors(1);
  const first = i32x4.lanes(-1, 0, 0, 0);
  f.loop(i, { from: i, below: columns }, () => {
    const result = power(v128.load32Splat(from));
    f.do(v128.store32Lane(0, to, result));
    f.set(sums[1], f32x4.add(sums[1], v128.and(result, first)));
    for (const pointer of [from, to]) f.increase(pointer, 4);
  });
  return combineLanes(f, f32x4.add(...sums), f32x4.add);
}

function softmaxKernel({ heap, generated }: Runtime): tf.KernelFunc {
  const run = generated('Softmax');
  return ({ inputs, attrs }) => {
    const logits = inputs.logits as tf.TensorInfo;
    requireFloat32(tf.Softmax, logits);
    const { dim } = attrs as unknown as tf.SoftmaxAttrs;
    const { shape } = logits;
    tf.util.assert(
      dim === shape.length - 1,
      () => `Softmax: the axis must be the last one, ${shape.length - 1} of shape [${shape}], but it is ${dim}.`,
    );
    const y = heap.allocate(shape, 'float32');
    const columns = shape[dim] ?? 1;
    if (columns > 0) run(heap.address(logits), heap.address(y), sizeOf(shape) / columns, columns);
    return y;
  };
}
