import * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  i8x16,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { forFours } from '../elementwise/map.ts';
import { sizeOf } from '../shape.ts';
import { reducers } from './reducers.ts';

const cumulative: Readonly<Record<string, string>> = {
  'Cumsum/float32': 'Sum/float32',
  'Cumprod/float32': 'Prod/float32',
  'Cumsum/int32': 'Sum/int32',
  'Cumprod/int32': 'Prod/int32',
};

/** Running sums and products along an axis. */
export const cumulativeFamily: KernelFamily = {
  emit(module) {
    for (const [name, reducerName] of Object.entries(cumulative)) {
      const reducer = reducers[reducerName];
      if (reducer !== undefined) emitCumulative(module, name, reducer.identity, reducer.combine);
    }
  },
  kernels: (runtime) => ({
    Cumsum: cumulativeKernel(runtime, 'Cumsum'),
    Cumprod: cumulativeKernel(runtime, 'Cumprod'),
  }),
};

const parameters = {
  input: 'i32',
  output: 'i32',
  outer: 'i32',
  length: 'i32',
  inner: 'i32',
  step: 'i32',
  exclusive: 'i32',
} as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

type Combine = (a: V128, b: V128) => V128;

/**
 * Adds `name(input, output, outer, length, inner, step, exclusive)`: results run along the middle axis of a dense
 * [outer, length, inner]; `input` and `output` are the addresses of the first row to take, `step` the bytes from one to the next.
 */
function emitCumulative(module: ModuleBuilder, name: string, identity: V128, combine: Combine): void {
  module.function(name, parameters, (f, locals) => {
    const { input, output, outer, length, inner, step } = locals;
    const i = f.local('i32');
    const block = f.local('i32', i32.shl(i32.mul(length, inner), i32.const(2)));
    const isForwards = i32.and(i32.eq(inner, i32.const(1)), i32.eq(step, i32.const(4)));
    f.loop(i, { below: outer }, () => {
      f.if(
        isForwards,
        () => accumulateNeighbours(f, locals, identity, combine),
        () =>
          f.if(
            i32.ltS(inner, i32.const(4)),
            () => accumulateColumns(f, locals, identity, combine),
            () => accumulateRows(f, locals, identity, combine),
          ),
      );
      f.increase(input, block);
      f.increase(output, block);
    });
  });
}

/** Runs down one column after the other. */
function accumulateColumns(f: FunctionBuilder, locals: Locals, identity: V128, combine: Combine): void {
  const { input, output, length, inner, step, exclusive } = locals;
  const [row, column, from, to] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const [sum, before] = [f.local('v128'), f.local('v128')];
  f.loop(column, { below: inner }, () => {
    f.set(from, i32.add(input, i32.shl(column, i32.const(2))));
    f.set(to, i32.add(output, i32.shl(column, i32.const(2))));
    f.set(sum, identity);
    f.loop(row, { below: length }, () => {
      f.set(before, sum);
      f.set(sum, combine(sum, v128.load32Zero(from)));
      f.do(v128.store32Lane(0, to, v128.select(i32x4.splat(exclusive), before, sum)));
      f.increase(from, step);
      f.increase(to, step);
    });
  });
}

/** Each row is the result before it and one row of the input: its own, or the one before it. */
function accumulateRows(f: FunctionBuilder, locals: Locals, identity: V128, combine: Combine): void {
  const { input, output, length, inner, step, exclusive } = locals;
  const [row, x, before, to] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  f.set(x, input);
  f.set(to, output);
  forFours(f, inner, (bytes, load, store) => {
    store(to, v128.select(i32x4.splat(exclusive), identity, load(x)));
    f.increase(x, bytes);
    f.increase(to, bytes);
  });
  f.loop(row, { from: 1, below: length }, () => {
    const start = f.local('i32', i32.mul(row, step));
    const last = f.local('i32', i32.sub(start, step));
    f.set(x, i32.add(input, i32.select(exclusive, last, start)));
    f.set(before, i32.add(output, last));
    f.set(to, i32.add(output, start));
    forFours(f, inner, (bytes, load, store) => {
      store(to, combine(load(before), load(x)));
      for (const pointer of [x, before, to]) f.increase(pointer, bytes);
    });
  });
}

/** Runs along neighbours, four at once: first within the four, then with what was before them. */
function accumulateNeighbours(f: FunctionBuilder, locals: Locals, identity: V128, combine: Combine): void {
  const { input, output, length, exclusive } = locals;
  const [from, to, k] = [f.local('i32', input), f.local('i32', output), f.local('i32')];
  const [before, four] = [f.local('v128', identity), f.local('v128')];
  const whole = f.local('i32', i32.and(length, i32.const(-4)));
  const advance = (bytes: number): void => {
    f.increase(from, bytes);
    f.increase(to, bytes);
  };
  f.loop(k, { below: whole, step: 4 }, () => {
    f.set(four, v128.load(from));
    f.set(four, combine(four, i8x16.shuffle32(identity, four, [0, 4, 5, 6])));
    f.set(four, combine(four, i8x16.shuffle32(identity, four, [0, 1, 4, 5])));
    f.set(four, combine(before, four));
    const shifted = i8x16.shuffle32(before, four, [3, 4, 5, 6]);
    f.do(v128.store(to, v128.select(i32x4.splat(exclusive), shifted, four)));
    f.set(before, i8x16.shuffle32(four, four, [3, 3, 3, 3]));
    advance(16);
  });
  f.loop(k, { from: whole, below: length }, () => {
    f.set(four, combine(before, v128.load32Splat(from)));
    f.do(v128.store32Lane(0, to, v128.select(i32x4.splat(exclusive), before, four)));
    f.set(before, four);
    advance(4);
  });
}

function cumulativeKernel({ heap, generated, stock }: Runtime, name: 'Cumsum' | 'Cumprod'): tf.KernelFunc {
  const run = { float32: generated(`${name}/float32`), int32: generated(`${name}/int32`) };
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return stock(name)(params);
    const { axis, exclusive, reverse } = params.attrs as unknown as tf.CumsumAttrs;
    const output = heap.allocate(x.shape, x.dtype);
    const along = axis >= 0 && axis < x.shape.length ? axis : (tf.util.parseAxisParam(axis, x.shape)[0] as number);
    const length = x.shape[along] ?? 1;
    const inner = sizeOf(x.shape.slice(along + 1));
    if (sizeOf(x.shape) === 0) return output;
    const first = reverse ? 4 * inner * (length - 1) : 0;
    run[x.dtype](
      heap.address(x) + first,
      heap.address(output) + first,
      sizeOf(x.shape.slice(0, along)),
      length,
      inner,
      reverse ? -4 * inner : 4 * inner,
      exclusive ? -1 : 0,
    );
    return output;
  };
}
