import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { denseProductOf } from '../contraction/dense-product.ts';
import { Epilogues } from '../contraction/epilogue.ts';
import type { Start } from '../contraction/product.ts';
import { Conv2DWindows, type Shape4D, type WindowAttrs } from '../convolution/conv-2d-windows.ts';
import type { Correlation } from '../convolution/correlation.ts';
import { sizeOf } from '../shape.ts';
import { DepthwiseConvolution, type Limits } from './depthwise-convolution.ts';
import { emitCorrelation } from './emit-correlation.ts';
import { emitFilterGradient } from './emit-filter-gradient.ts';
import { emitRepetition } from './emit-repetition.ts';

/** Convolution of every channel on its own, and its gradients. */
export const depthwiseFamily: KernelFamily = {
  emit(module) {
    emitCorrelation(module);
    emitFilterGradient(module);
    emitRepetition(module);
  },
  kernels(runtime) {
    const kernels = new Kernels(runtime);
    return {
      [tf.DepthwiseConv2dNative]: (params) => kernels.convolution(params),
      [tf.FusedDepthwiseConv2D]: (params) => kernels.fusedConvolution(params),
      [tf.DepthwiseConv2dNativeBackpropInput]: (params) => kernels.inputGradient(params),
      [tf.DepthwiseConv2dNativeBackpropFilter]: (params) => kernels.filterGradient(params),
    };
  },
};

type KernelParams = Parameters<tf.KernelFunc>[0];
interface Found {
  readonly correlation: Correlation;
  readonly multiplier: number;
  readonly outShape: Shape4D;
}

class Kernels {
  readonly #runtime: Runtime;
  readonly #epilogues: Epilogues;
  readonly #convolution: DepthwiseConvolution;
  readonly #windows = new Conv2DWindows();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#epilogues = new Epilogues(runtime, denseProductOf(runtime));
    this.#convolution = new DepthwiseConvolution(runtime);
  }

  convolution(params: KernelParams): tf.TensorInfo {
    const { x, filter } = params.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs;
    check(tf.DepthwiseConv2dNative, x, filter, attrs);
    const { heap } = this.#runtime;
    const { correlation, multiplier, outShape } = this.#find(x.shape, filter.shape, attrs);
    const output = heap.allocate(outShape, 'float32');
    if (sizeOf(outShape) === 0) return output;
    const [from, by, to] = [heap.address(x), heap.address(filter), heap.address(output)];
    this.#convolution.forward(correlation, multiplier, from, by, to, this.#convolution.zeros);
    return output;
  }

  fusedConvolution(params: KernelParams): tf.TensorInfo {
    const { x, filter, bias, preluActivationWeights } = params.inputs as {
      x: tf.TensorInfo;
      filter: tf.TensorInfo;
      bias?: tf.TensorInfo;
      preluActivationWeights?: tf.TensorInfo;
    };
    const attrs = params.attrs as unknown as WindowAttrs & Pick<tf.FusedConv2DAttrs, 'activation' | 'leakyreluAlpha'>;
    check(tf.FusedDepthwiseConv2D, x, filter, attrs);
    const { heap } = this.#runtime;
    const { correlation, multiplier, outShape } = this.#find(x.shape, filter.shape, attrs);
    const { activation, leakyreluAlpha } = attrs;
    const limits = limitsOf(activation);
    const convolution = this.#convolution;
    // A bias for each channel and limits are part of the convolution; what else there is needs a plan and another pass.
    const biased = bias !== undefined && bias !== null;
    if (limits !== undefined && (!biased || isRow(bias, outShape[3]))) {
      const output = heap.allocate(outShape, 'float32');
      if (sizeOf(outShape) === 0) return output;
      const [from, by, to] = [heap.address(x), heap.address(filter), heap.address(output)];
      const start: Start = biased ? { address: heap.address(bias), row: 0, column: 4 } : convolution.zeros;
      convolution.forward(correlation, multiplier, from, by, to, start, limits);
      return output;
    }
    const settings = { bias, activation, leakyreluAlpha, preluActivationWeights };
    const windows = outShape[0] * outShape[1] * outShape[2];
    const epilogue = this.#epilogues.plan(tf.FusedDepthwiseConv2D, settings, [windows, outShape[3]]);
    const output = heap.allocate(outShape, 'float32');
    if (sizeOf(outShape) === 0) return output;
    const [from, by, to] = [heap.address(x), heap.address(filter), heap.address(output)];
    this.#convolution.forward(correlation, multiplier, from, by, to, epilogue.start(0));
    epilogue.activate?.(to, windows, outShape[3]);
    return epilogue.complete(output);
  }

  inputGradient(params: KernelParams): tf.TensorInfo {
    const kernelName = tf.DepthwiseConv2dNativeBackpropInput;
    const { dy, filter } = params.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly inputShape: Shape4D };
    check(kernelName, dy, filter, attrs);
    const { heap } = this.#runtime;
    const { correlation, multiplier, outShape } = this.#find(attrs.inputShape, filter.shape, attrs);
    checkShape(kernelName, dy, outShape);
    const output = heap.allocate([...attrs.inputShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) return this.#zeros(output);
    const [from, by, to] = [heap.address(dy), heap.address(filter), heap.address(output)];
    this.#convolution.inputGradient(correlation, multiplier, from, by, to);
    return output;
  }

  filterGradient(params: KernelParams): tf.TensorInfo {
    const kernelName = tf.DepthwiseConv2dNativeBackpropFilter;
    const { x, dy } = params.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly filterShape: Shape4D };
    check(kernelName, x, dy, attrs);
    const { heap } = this.#runtime;
    const { correlation, multiplier, outShape } = this.#find(x.shape, attrs.filterShape, attrs);
    checkShape(kernelName, dy, outShape);
    const output = heap.allocate([...attrs.filterShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) return this.#zeros(output);
    const [from, by, to] = [heap.address(x), heap.address(dy), heap.address(output)];
    this.#convolution.filterGradient(correlation, multiplier, from, by, to);
    return output;
  }

  #find(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): Found {
    const { correlation, outShape } = this.#windows.find(inputShape, filterShape, attrs);
    const multiplier = filterShape[3] as number;
    const [batch, rows, columns] = outShape;
    return { correlation, multiplier, outShape: [batch, rows, columns, correlation.channels * multiplier] };
  }

  #zeros(output: tf.TensorInfo): tf.TensorInfo {
    const { heap } = this.#runtime;
    heap.integers(heap.address(output), sizeOf(output.shape)).fill(0);
    return output;
  }
}

/** Activations that only limit the values. */
function limitsOf(activation: string | undefined): Limits | undefined {
  switch (activation ?? 'linear') {
    case 'linear':
      return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    case 'relu':
      return { low: 0, high: Number.POSITIVE_INFINITY };
    case 'relu6':
      return { low: 0, high: 6 };
    default:
      return undefined;
  }
}

function isRow({ shape }: tf.TensorInfo, length: number): boolean {
  return shape.at(-1) === length && sizeOf(shape) === length;
}

function check(kernelName: string, a: tf.TensorInfo, b: tf.TensorInfo, { dataFormat = 'NHWC' }: WindowAttrs): void {
  if (a.dtype === 'float32' && b.dtype === 'float32' && dataFormat === 'NHWC') return;
  throw new Error(
    `${kernelName}: needs float32 in the format NHWC, not ${a.dtype} and ${b.dtype} in the format ${dataFormat}.`,
  );
}

function checkShape(kernelName: string, dy: tf.TensorInfo, outShape: Shape4D): void {
  if (tf.util.arraysEqual(dy.shape, outShape)) return;
  throw new Error(
    `${kernelName}: dy must have the shape [${outShape}] of the convolution's result, not [${dy.shape}].`,
  );
}
