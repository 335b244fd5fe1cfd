import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { denseProductOf } from '../contraction/dense-product.ts';
import { sizeOf } from '../shape.ts';
import { Conv3DWindows, type Shape5D, type WindowAttrs } from './conv-3d-windows.ts';
import { VolumeConvolution } from './volume-convolution.ts';

/** Convolution over depth, height and width, and its gradients. */
export const conv3DFamily: KernelFamily = {
  // The functions are those of products and of convolution over height and width.
  emit() {},
  kernels(runtime) {
    const kernels = new Kernels(runtime);
    return {
      [tf.Conv3D]: (params) => kernels.convolution(params),
      [tf.Conv3DBackpropInputV2]: (params) => kernels.inputGradient(params),
      [tf.Conv3DBackpropFilterV2]: (params) => kernels.filterGradient(params),
    };
  },
};

type KernelParams = Parameters<tf.KernelFunc>[0];
class Kernels {
  readonly #runtime: Runtime;
  readonly #convolution: VolumeConvolution;
  readonly #windows = new Conv3DWindows();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#convolution = new VolumeConvolution(runtime, denseProductOf(runtime));
  }

  convolution(params: KernelParams): tf.TensorInfo {
    const { x, filter } = params.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs;
    check(tf.Conv3D, x, filter, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(x.shape, filter.shape, attrs);
    const output = heap.allocate(outShape, 'float32');
    if (sizeOf(outShape) === 0) return output;
    this.#convolution.forward(correlation, heap.address(x), heap.address(filter), outShape[4], heap.address(output));
    return output;
  }

  inputGradient(params: KernelParams): tf.TensorInfo {
    const { dy, filter } = params.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly inputShape: Shape5D };
    check(tf.Conv3DBackpropInputV2, dy, filter, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(attrs.inputShape, filter.shape, attrs);
    checkShape(tf.Conv3DBackpropInputV2, dy, outShape);
    const output = heap.allocate([...attrs.inputShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) return this.#zeros(output);
    const [from, by, to] = [heap.address(dy), heap.address(filter), heap.address(output)];
    this.#convolution.inputGradient(correlation, from, by, outShape[4], to);
    return output;
  }

  filterGradient(params: KernelParams): tf.TensorInfo {
    const { x, dy } = params.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly filterShape: Shape5D };
    check(tf.Conv3DBackpropFilterV2, x, dy, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(x.shape, attrs.filterShape, attrs);
    checkShape(tf.Conv3DBackpropFilterV2, dy, outShape);
    const output = heap.allocate([...attrs.filterShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) return this.#zeros(output);
    const [from, by, to] = [heap.address(x), heap.address(dy), heap.address(output)];
    this.#convolution.filterGradient(correlation, from, by, outShape[4], to);
    return output;
  }

  #zeros(output: tf.TensorInfo): tf.TensorInfo {
    const { heap } = this.#runtime;
    heap.integers(heap.address(output), sizeOf(output.shape)).fill(0);
    return output;
  }
}

function check(kernelName: string, a: tf.TensorInfo, b: tf.TensorInfo, { dataFormat = 'NDHWC' }: WindowAttrs): void {
  if (a.dtype === 'float32' && b.dtype === 'float32' && dataFormat === 'NDHWC') return;
  throw new Error(
    `${kernelName}: needs float32 in the format NDHWC, not ${a.dtype} and ${b.dtype} in the format ${dataFormat}.`,
  );
}

function checkShape(kernelName: string, dy: tf.TensorInfo, outShape: Shape5D): void {
  if (tf.util.arraysEqual(dy.shape, outShape)) return;
  throw new Error(
    `${kernelName}: dy must have the shape [${outShape}] of the convolution's result, not [${dy.shape}].`,
  );
}
