import * as tf from '@tensorflow/tfjs-core';
import { f32x4, i32, type Local, type ModuleBuilder } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { Scratch } from '../convolution/scratch.ts';
import { integers } from '../convolution/sliding/lines.ts';
import { forVectors } from '../elementwise/map.ts';
import { neighbours } from '../reduction/strips.ts';
import { sizeOf } from '../shape.ts';

/** Batch normalization with given moments: (x - mean) · scale / √(variance + ε) + offset. */
export const batchNormFamily: KernelFamily = {
  emit(module) {
    emitFactors(module);
    emitNormalization(module);
  },
  kernels: (runtime) => ({ FusedBatchNorm: batchNormKernel(runtime) }),
};

/** Adds the function that computes scale / √(variance + ε); the scale may lie where the factors go. */
function emitFactors(module: ModuleBuilder): void {
  const addresses = { scale: 'i32', variance: 'i32', factors: 'i32', count: 'i32', epsilon: 'f32' } as const;
  module.function('FusedBatchNorm/factors', addresses, (f, { scale, variance, factors, count, epsilon }) => {
    const least = f.local('v128', f32x4.splat(epsilon));
    forVectors(f, { count, pointers: [scale, variance, factors], vectors: 1 }, (load, store) =>
      store(factors, f32x4.div(load(scale), f32x4.sqrt(f32x4.add(load(variance), least)))),
    );
  });
}

const parameters = {
  x: 'i32',
  y: 'i32',
  rows: 'i32',
  columns: 'i32',
  mean: 'i32',
  factors: 'i32',
  offset: 'i32',
} as const;

/** Adds the function that normalizes rows of channels: four rows at a time, which share what they read of the moments. */
function emitNormalization(module: ModuleBuilder): void {
  module.function('FusedBatchNorm', parameters, (f, { x, y, rows, columns, ...moments }) => {
    const [row, bytes] = [f.local('i32', i32.const(0)), f.local('i32', i32.shl(columns, i32.const(2)))];
    const [from, to, mean, factors, offset] = integers(f, 5);
    for (const count of [4, 1]) {
      f.loop(row, { from: row, below: i32.and(rows, i32.const(-count)), step: count }, () => {
        f.set(from, x);
        f.set(to, y);
        f.set(mean, moments.mean);
        f.set(factors, moments.factors);
        f.set(offset, moments.offset);
        forVectors(f, { count: columns, pointers: [from, to, mean, factors, offset], vectors: 1 }, (load, store) => {
          const middle = f.local('v128', load(mean));
          const factor = f.local('v128', load(factors));
          const added = f.local('v128', load(offset));
          const targets = neighbours(f, to, bytes, count);
          for (const [i, source] of neighbours(f, from, bytes, count).entries()) {
            const centred = f32x4.sub(load(source), middle);
            store(targets[i] as Local<'i32'>, f.multiplyAdd(centred, factor, added));
          }
        });
        for (const pointer of [x, y]) f.increase(pointer, i32.mul(bytes, i32.const(count)));
      });
    }
  });
}

interface BatchNormInputs {
  readonly x: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
  readonly offset?: tf.TensorInfo | null;
  readonly scale?: tf.TensorInfo | null;
}

/** For float32 with one number for each channel; stock takes all else. */
function batchNormKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const [spread, computeFactors, run] = [
    generated('spread'),
    generated('FusedBatchNorm/factors'),
    generated('FusedBatchNorm'),
  ];
  const scratch = new Scratch(heap);
  const fill = (address: number, count: number, value: number): number => {
    new Float32Array(heap.memory.buffer, address, 1)[0] = value;
    spread(address, count);
    return address;
  };
  return (params) => {
    const { x, mean, variance, offset, scale } = params.inputs as unknown as BatchNormInputs;
    const { varianceEpsilon } = params.attrs as unknown as tf.FusedBatchNormAttrs;
    const channels = x.shape.at(-1) ?? 1;
    const isByChannel = ({ dtype, shape }: tf.TensorInfo): boolean =>
      dtype === 'float32' && sizeOf(shape) === channels && (shape.at(-1) ?? 1) === channels;
    const moments = [mean, variance, offset, scale].filter((tensor) => tensor != null);
    if (x.dtype !== 'float32' || !moments.every(isByChannel)) return stock(tf.FusedBatchNorm)(params);
    const y = heap.allocate(x.shape, 'float32');
    if (sizeOf(x.shape) === 0) return y;
    scratch.use(8 * channels, (factors) => {
      const scales = scale == null ? fill(factors, channels, 1) : heap.address(scale);
      const offsets = offset == null ? fill(factors + 4 * channels, channels, 0) : heap.address(offset);
      computeFactors(scales, heap.address(variance), factors, channels, varianceEpsilon);
      const rows = sizeOf(x.shape) / channels;
      run(heap.address(x), heap.address(y), rows, channels, heap.address(mean), factors, offsets);
    });
    return y;
  };
}
