import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { denseProductOf } from '../contraction/dense-product.ts';
import { sizeOf } from '../shape.ts';
import { VolumeConvolution } from './volume-convolution.ts';
import type { VolumeCorrelation } from './volumes.ts';

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
type Shape5D = [number, number, number, number, number];

/** The attributes that say how windows go over volumes. tfjs's gradient kernels have no dilations; ours take them. */
interface WindowAttrs {
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
  readonly dilations?: number | [number, number, number];
}

class Kernels {
  readonly #runtime: Runtime;
  readonly #convolution: VolumeConvolution;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#convolution = new VolumeConvolution(runtime, denseProductOf(runtime));
  }

  convolution(params: KernelParams): tf.TensorInfo {
    const { x, filter } = params.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs;
    check(tf.Conv3D, { x, filter }, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = correlate(x.shape, filter.shape, attrs);
    const output = heap.allocate(outShape, 'float32');
    if (sizeOf(outShape) === 0) return output;
    this.#convolution.forward(correlation, heap.address(x), heap.address(filter), outShape[4], heap.address(output));
    return output;
  }

  inputGradient(params: KernelParams): tf.TensorInfo {
    const { dy, filter } = params.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly inputShape: Shape5D };
    check(tf.Conv3DBackpropInputV2, { dy, filter }, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = correlate(attrs.inputShape, filter.shape, attrs);
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
    check(tf.Conv3DBackpropFilterV2, { x, dy }, attrs);
    const { heap } = this.#runtime;
    const { correlation, outShape } = correlate(x.shape, attrs.filterShape, attrs);
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

function check(kernelName: string, inputs: Record<string, tf.TensorInfo>, { dataFormat = 'NDHWC' }: WindowAttrs): void {
  for (const [name, { dtype }] of Object.entries(inputs)) {
    if (dtype !== 'float32') throw new Error(`${kernelName}: ${name} must be float32, not ${dtype}.`);
  }
  if (dataFormat === 'NDHWC') return;
  throw new Error(`${kernelName}: the wasm backend takes the data format NDHWC, not ${dataFormat}. Transpose the volumes.`);
}

function checkShape(kernelName: string, dy: tf.TensorInfo, outShape: Shape5D): void {
  if (tf.util.arraysEqual(dy.shape, outShape)) return;
  throw new Error(`${kernelName}: dy must have the shape [${outShape}] of the convolution's result, not [${dy.shape}].`);
}

interface Plan {
  readonly correlation: VolumeCorrelation;
  readonly outShape: Shape5D;
}

/** The windows of a convolution and the shape of its result. */
function correlate(inputShape: readonly number[], filterShape: readonly number[], attrs: WindowAttrs): Plan {
  const { strides, pad, dilations = 1 } = attrs;
  const info = tf.backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    strides,
    dilations,
    pad,
  );
  const depth = {
    length: info.inDepth,
    before: before(info.padInfo.front),
    windows: info.outDepth,
    stride: info.strideDepth,
    taps: info.filterDepth,
    dilation: info.dilationDepth,
  };
  const rows = {
    length: info.inHeight,
    before: before(info.padInfo.top),
    windows: info.outHeight,
    stride: info.strideHeight,
    taps: info.filterHeight,
    dilation: info.dilationHeight,
  };
  const columns = {
    length: info.inWidth,
    before: before(info.padInfo.left),
    windows: info.outWidth,
    stride: info.strideWidth,
    taps: info.filterWidth,
    dilation: info.dilationWidth,
  };
  return {
    correlation: { batch: info.batchSize, axes: [depth, rows, columns], channels: info.inChannels },
    outShape: info.outShape,
  };
}

/** tfjs computes a negative padding where 'same' windows are farther apart than they are long: they begin with the volume. */
function before(padding: number): number {
  return Math.max(0, padding);
}
