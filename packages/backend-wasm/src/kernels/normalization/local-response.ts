import * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { Scratch } from '../convolution/scratch.ts';
import { exp } from '../elementwise/exponential.ts';
import { log } from '../elementwise/logarithm.ts';
import { forFours } from '../elementwise/map.ts';
import { requireFloat32 } from '../float32-only.ts';
import { copyRun } from '../movement/copy-grid.ts';
import { sizeOf } from '../shape.ts';

/** Local response normalization over the channels, y = x · norm^-beta with norm = bias + alpha · Σ x² of near channels. */
export const localResponseFamily: KernelFamily = {
  emit(module) {
    emitForward(module);
    emitGradient(module);
  },
  kernels: (runtime) => {
    const scratch = new Scratch(runtime.heap);
    return { LRN: forwardKernel(runtime, scratch), LRNGrad: gradientKernel(runtime, scratch) };
  },
};

const settings = { pixels: 'i32', channels: 'i32', radius: 'i32', bias: 'f32', alpha: 'f32', beta: 'f32' } as const;

/**
 * Rows of scratch memory, all long enough for the channels of one pixel in whole vectors, with zeros for `radius` more at
 * either side.
 */
function rowBytes(channels: I32, radius: I32): I32 {
  const padded = i32.add(i32.and(i32.add(channels, i32.const(3)), i32.const(-4)), i32.shl(radius, i32.const(1)));
  return i32.shl(i32.add(padded, i32.const(4)), i32.const(2));
}

/** Runs code for every vector of channels; gets how many bytes it is into a row. */
function forVectors(f: FunctionBuilder, channels: I32, body: (offset: Local<'i32'>) => void): void {
  const offset = f.local('i32');
  f.loop(offset, { below: i32.shl(channels, i32.const(2)), step: 16 }, () => body(offset));
}

/** Fills bytes, a multiple of eight, with zeros, and up to eight behind them: for a few, engines' own instruction takes long. */
function fillZeros(f: FunctionBuilder, address: I32, bytes: I32): void {
  const [offset, all] = [f.local('i32'), f.local('i32', bytes)];
  f.loop(offset, { below: all, step: 16 }, () => f.do(v128.store(i32.add(address, offset), f32x4.const(0))));
}

/** How many bytes the last vector with channels is into a row. */
function lastVector(bytes: I32): I32 {
  return i32.and(i32.sub(bytes, i32.const(1)), i32.const(-16));
}

/** The sum of the row over the channels within the radius of each lane. */
function windowSum(f: FunctionBuilder, row: I32, radius: I32, offset: I32): Local<'v128'> {
  const sum = f.local('v128', f32x4.const(0));
  const k = f.local('i32');
  const at = f.local('i32', i32.add(row, offset));
  f.loop(k, { below: i32.add(i32.shl(radius, i32.const(1)), i32.const(1)) }, () => {
    f.set(sum, f32x4.add(sum, v128.load(at)));
    f.increase(at, 4);
  });
  return sum;
}

/** bias + alpha · sum */
function normOf(f: FunctionBuilder, bias: Local<'f32'>, alpha: Local<'f32'>, sum: V128): Local<'v128'> {
  return f.local('v128', f32x4.add(f32x4.splat(bias), f32x4.mul(f32x4.splat(alpha), sum)));
}

/** norm^-beta, for positive norms. */
function inversePower(f: FunctionBuilder, norm: Local<'v128'>, beta: V128): Local<'v128'> {
  const logarithm = log(f, norm);
  const power = f.local('v128', f32x4.neg(f32x4.mul(beta, logarithm)));
  return f.local('v128', exp(f, power));
}

/** A single channel has nothing beside it: pixels are elements. */
function emitForward(module: ModuleBuilder): void {
  const parameters = { x: 'i32', y: 'i32', scratch: 'i32', ...settings } as const;
  module.function('LRN', parameters, (f, { x, y, scratch, pixels, channels, radius, bias, alpha, beta }) => {
    f.if(i32.eq(channels, i32.const(1)), () => {
      forFours(f, pixels, (step, load, store) => {
        const value = f.local('v128', load(x));
        const norm = normOf(f, bias, alpha, f32x4.mul(value, value));
        store(y, f32x4.mul(value, inversePower(f, norm, f32x4.splat(beta))));
        for (const pointer of [x, y]) f.increase(pointer, step);
      });
      f.return();
    });
    const row = f.local('i32', rowBytes(channels, radius));
    const [input, squares] = [scratch, f.local('i32', i32.add(scratch, row))];
    const inner = f.local('i32', i32.add(squares, i32.shl(radius, i32.const(2))));
    const bytes = f.local('i32', i32.shl(channels, i32.const(2)));
    const pixel = f.local('i32');
    fillZeros(f, scratch, i32.shl(row, i32.const(1)));
    // What lies beyond the channels must be 0.
    const last = f.local('i32', lastVector(bytes));
    f.loop(pixel, { below: pixels }, () => {
      f.do(v128.store(i32.add(input, last), f32x4.const(0)));
      copyRun(f, x, input, bytes, 4);
      forVectors(f, channels, (offset) => {
        const value = f.local('v128', v128.load(i32.add(input, offset)));
        f.do(v128.store(i32.add(inner, offset), f32x4.mul(value, value)));
      });
      forVectors(f, channels, (offset) => {
        const sum = windowSum(f, squares, radius, offset);
        const norm = normOf(f, bias, alpha, sum);
        const at = i32.add(input, offset);
        f.do(v128.store(at, f32x4.mul(v128.load(at), inversePower(f, norm, f32x4.splat(beta)))));
      });
      copyRun(f, input, y, bytes, 4);
      f.increase(x, bytes);
      f.increase(y, bytes);
    });
  });
}

/** dx = dy · norm^-beta - 2 · alpha · beta · x · Σ dy · y / norm over the near channels. */
function emitGradient(module: ModuleBuilder): void {
  const parameters = { x: 'i32', y: 'i32', dy: 'i32', dx: 'i32', scratch: 'i32', ...settings } as const;
  module.function('LRNGrad', parameters, (f, locals) => {
    const { x, y, dy, dx, scratch, pixels, channels, radius, bias, alpha, beta } = locals;
    const factor = f.local('v128', f32x4.splat(f32.mul(f32.const(-2), f32.mul(alpha, beta))));
    f.if(i32.eq(channels, i32.const(1)), () => {
      forFours(f, pixels, (step, load, store) => {
        const [value, slope] = [f.local('v128', load(x)), f.local('v128', load(dy))];
        const norm = normOf(f, bias, alpha, f32x4.mul(value, value));
        const direct = f32x4.mul(slope, inversePower(f, norm, f32x4.splat(beta)));
        const share = f32x4.div(f32x4.mul(slope, load(y)), norm);
        store(dx, f32x4.add(direct, f32x4.mul(f32x4.mul(factor, value), share)));
        for (const pointer of [x, y, dy, dx]) f.increase(pointer, step);
      });
      f.return();
    });
    const row = f.local('i32', rowBytes(channels, radius));
    const rows = [0, 1, 2, 3, 4].map((k) => f.local('i32', i32.add(scratch, i32.mul(row, i32.const(k)))));
    const [input, output, slope, squares, shares] = rows as [
      Local<'i32'>,
      Local<'i32'>,
      Local<'i32'>,
      Local<'i32'>,
      Local<'i32'>,
    ];
    const middle = f.local('i32', i32.shl(radius, i32.const(2)));
    const bytes = f.local('i32', i32.shl(channels, i32.const(2)));
    const pixel = f.local('i32');
    const at = (base: I32, offset: I32): I32 => i32.add(base, offset);
    // What lies beyond the channels must be 0.
    const last = f.local('i32', lastVector(bytes));
    fillZeros(f, scratch, i32.mul(row, i32.const(5)));
    f.loop(pixel, { below: pixels }, () => {
      f.do(v128.store(i32.add(slope, last), f32x4.const(0)));
      for (const [from, to] of [
        [x, input],
        [y, output],
        [dy, slope],
      ] as const) {
        copyRun(f, from, to, bytes, 4);
      }
      forVectors(f, channels, (offset) => {
        const value = f.local('v128', v128.load(at(input, offset)));
        f.do(v128.store(i32.add(at(squares, offset), middle), f32x4.mul(value, value)));
      });
      forVectors(f, channels, (offset) => {
        const sum = windowSum(f, squares, radius, offset);
        const norm = normOf(f, bias, alpha, sum);
        const weighted = f32x4.mul(v128.load(at(slope, offset)), v128.load(at(output, offset)));
        f.do(v128.store(i32.add(at(shares, offset), middle), f32x4.div(weighted, norm)));
        const direct = f32x4.mul(v128.load(at(slope, offset)), inversePower(f, norm, f32x4.splat(beta)));
        f.do(v128.store(at(slope, offset), direct));
      });
      forVectors(f, channels, (offset) => {
        const sum = windowSum(f, shares, radius, offset);
        const spread = f32x4.mul(f32x4.mul(factor, v128.load(at(input, offset))), sum);
        f.do(v128.store(at(slope, offset), f32x4.add(v128.load(at(slope, offset)), spread)));
      });
      copyRun(f, slope, dx, bytes, 4);
      for (const pointer of [x, y, dy, dx]) f.increase(pointer, bytes);
    });
  });
}

/** Where the channels of a tensor are, and how much memory rows of them take. */
function plan({ shape }: tf.TensorInfo, depthRadius: number, rows: number) {
  const channels = shape.at(-1) ?? 1;
  const pixels = channels === 0 ? 0 : sizeOf(shape) / channels;
  return { pixels, channels, scratchBytes: 4 * rows * (channels + 2 * depthRadius + 8) };
}

function forwardKernel({ heap, generated }: Runtime, scratch: Scratch): tf.KernelFunc {
  const run = generated('LRN');
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    requireFloat32(tf.LRN, x);
    const { depthRadius, bias, alpha, beta } = attrs as unknown as tf.LRNAttrs;
    const { pixels, channels, scratchBytes } = plan(x, depthRadius, 2);
    const y = heap.allocate(x.shape, 'float32');
    const [from, to] = [heap.address(x), heap.address(y)];
    scratch.use(scratchBytes, (rows) => run(from, to, rows, pixels, channels, depthRadius, bias, alpha, beta));
    return y;
  };
}

function gradientKernel({ heap, generated }: Runtime, scratch: Scratch): tf.KernelFunc {
  const run = generated('LRNGrad');
  return ({ inputs, attrs }) => {
    const { x, y, dy } = inputs as { x: tf.TensorInfo; y: tf.TensorInfo; dy: tf.TensorInfo };
    requireFloat32(tf.LRNGrad, x, y, dy);
    tf.util.assertShapesMatch(y.shape, x.shape, 'Error in LRNGrad: y is as x. ');
    tf.util.assertShapesMatch(dy.shape, x.shape, 'Error in LRNGrad: dy is as x. ');
    const { depthRadius, bias, alpha, beta } = attrs as unknown as tf.LRNAttrs;
    const { pixels, channels, scratchBytes } = plan(x, depthRadius, 5);
    const dx = heap.allocate(x.shape, 'float32');
    const [px, py, pdy, pdx] = [heap.address(x), heap.address(y), heap.address(dy), heap.address(dx)];
    scratch.use(scratchBytes, (rows) => run(px, py, pdy, pdx, rows, pixels, channels, depthRadius, bias, alpha, beta));
    return dx;
  };
}
