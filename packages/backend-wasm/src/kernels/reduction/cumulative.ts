import * as tf from '@tensorflow/tfjs-core';
import { i32, i32x4, type ModuleBuilder, type V128, v128 } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
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

/**
 * Adds `name(input, output, outer, length, inner, step, exclusive)`: results run along the middle axis of a dense
 * [outer, length, inner]; `input` and `output` are the addresses of the first row to take, `step` the bytes from one to the next.
 */
function emitCumulative(
  module: ModuleBuilder,
  name: string,
  identity: V128,
  combine: (a: V128, b: V128) => V128,
): void {
  const parameters = {
    input: 'i32',
    output: 'i32',
    outer: 'i32',
    length: 'i32',
    inner: 'i32',
    step: 'i32',
    exclusive: 'i32',
  } as const;
  module.function(name, parameters, (f, { input, output, outer, length, inner, step, exclusive }) => {
    const [i, row, column] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const [from, to] = [f.local('i32'), f.local('i32')];
    const [sum, before] = [f.local('v128'), f.local('v128')];
    const strip = (width: 4 | 1): void => {
      f.set(from, i32.add(input, i32.shl(column, i32.const(2))));
      f.set(to, i32.add(output, i32.shl(column, i32.const(2))));
      f.set(sum, identity);
      f.loop(row, { below: length }, () => {
        f.set(before, sum);
        f.set(sum, combine(sum, width === 4 ? v128.load(from) : v128.load32Zero(from)));
        const result = v128.select(i32x4.splat(exclusive), before, sum);
        f.do(width === 4 ? v128.store(to, result) : v128.store32Lane(0, to, result));
        f.increase(from, step);
        f.increase(to, step);
      });
    };
    const block = f.local('i32', i32.shl(i32.mul(length, inner), i32.const(2)));
    f.loop(i, { below: outer }, () => {
      f.loop(column, { below: i32.and(inner, i32.const(-4)), step: 4 }, () => strip(4));
      f.loop(column, { from: i32.and(inner, i32.const(-4)), below: inner }, () => strip(1));
      f.increase(input, block);
      f.increase(output, block);
    });
  });
}

function cumulativeKernel({ heap, generated, stock }: Runtime, name: 'Cumsum' | 'Cumprod'): tf.KernelFunc {
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (cumulative[`${name}/${x.dtype}`] === undefined) return stock(name)(params);
    const { axis, exclusive, reverse } = params.attrs as unknown as tf.CumsumAttrs;
    const output = heap.allocate(x.shape, x.dtype);
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const length = x.shape[along] ?? 1;
    const inner = sizeOf(x.shape.slice(along + 1));
    if (sizeOf(x.shape) === 0) return output;
    const first = reverse ? 4 * inner * (length - 1) : 0;
    generated(`${name}/${x.dtype}`)(
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
