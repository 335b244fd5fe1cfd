import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { type DenseProduct, denseProductOf } from '../contraction/dense-product.ts';
import { Epilogues } from '../contraction/epilogue.ts';
import { sizeOf } from '../shape.ts';
import { Conv2DWindows, type Shape4D, type WindowAttrs } from './conv-2d-windows.ts';
import { Convolution } from './convolution.ts';
import { emitDirect } from './emit-direct.ts';
import { emitImageFunctions } from './image-functions.ts';
import { emitSliding } from './sliding/emit-sliding.ts';
import { emitWindowDots } from './window-dots.ts';

/** Convolution over height and width, and its gradients. */
export const conv2DFamily: KernelFamily = {
  emit(module) {
    emitImageFunctions(module);
    emitWindowDots(module);
    emitDirect(module);
    emitSliding(module);
  },
  kernels(runtime) {
    const product = denseProductOf(runtime);
    const kernels = new Kernels(runtime, product);
    return {
      [tf.Conv2D]: (params) => kernels.conv2D(params),
      [tf.FusedConv2D]: (params) => kernels.fusedConv2D(params),
      [tf.Conv2DBackpropInput]: (params) => kernels.inputGradient(params),
      [tf.Conv2DBackpropFilter]: (params) => kernels.filterGradient(params),
    };
  },
};

type KernelParams = Parameters<tf.KernelFunc>[0];
class Kernels {
  readonly #runtime: Runtime;
  readonly #product: DenseProduct;
  readonly #epilogues: Epilogues;
  readonly #convolution: Convolution;
  readonly #windows = new Conv2DWindows();

  constructor(runtime: Runtime, product: DenseProduct) {
    this.#runtime = runtime;
    this.#product = product;
    this.#epilogues = new Epilogues(runtime, product);
    this.#convolution = new Convolution(runtime, product);
  }

  conv2D(params: KernelParams): tf.TensorInfo {
    const { x, filter } = params.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs;
    if (!isOurs(x, filter, attrs)) return this.#runtime.stock(tf.Conv2D)(params) as tf.TensorInfo;
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(x.shape, filter.shape, attrs);
    const output = heap.allocate([...outShape], 'float32');
    if (sizeOf(outShape) === 0) return output;
    const [from, by, to] = [heap.address(x), heap.address(filter), heap.address(output)];
    this.#convolution.forward(correlation, from, by, outShape[3], to, this.#product.zeros);
    return output;
  }

  fusedConv2D(params: KernelParams): tf.TensorInfo {
    const { x, filter, bias, preluActivationWeights } = params.inputs as {
      x: tf.TensorInfo;
      filter: tf.TensorInfo;
      bias?: tf.TensorInfo;
      preluActivationWeights?: tf.TensorInfo;
    };
    const attrs = params.attrs as unknown as WindowAttrs & Pick<tf.FusedConv2DAttrs, 'activation' | 'leakyreluAlpha'>;
    if (!isOurs(x, filter, attrs)) return this.#runtime.stock(tf.FusedConv2D)(params) as tf.TensorInfo;
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(x.shape, filter.shape, attrs);
    const { activation, leakyreluAlpha } = attrs;
    const settings = { bias, activation, leakyreluAlpha, preluActivationWeights };
    const epilogue = this.#epilogues.plan(tf.FusedConv2D, settings, [sizeOf(outShape.slice(0, 3)), outShape[3]]);
    const output = heap.allocate([...outShape], 'float32');
    if (sizeOf(outShape) === 0) return output;
    const [from, by, to] = [heap.address(x), heap.address(filter), heap.address(output)];
    this.#convolution.forward(correlation, from, by, outShape[3], to, epilogue.start(0), epilogue.activate);
    return epilogue.complete(output);
  }

  inputGradient(params: KernelParams): tf.TensorInfo {
    const { dy, filter } = params.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly inputShape: Shape4D };
    if (!isOurs(dy, filter, attrs)) return this.#runtime.stock(tf.Conv2DBackpropInput)(params) as tf.TensorInfo;
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(attrs.inputShape, filter.shape, attrs);
    checkShape(tf.Conv2DBackpropInput, dy, outShape);
    const output = heap.allocate([...attrs.inputShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) {
      heap.integers(heap.address(output), sizeOf(output.shape)).fill(0);
      return output;
    }
    const [from, by, to] = [heap.address(dy), heap.address(filter), heap.address(output)];
    this.#convolution.inputGradient(correlation, from, by, outShape[3], to);
    return output;
  }

  filterGradient(params: KernelParams): tf.TensorInfo {
    const { x, dy } = params.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = params.attrs as unknown as WindowAttrs & { readonly filterShape: Shape4D };
    if (!isOurs(x, dy, attrs)) {
      throw new Error(
        `${tf.Conv2DBackpropFilter}: needs float32 in the format NHWC, not ${x.dtype} and ${dy.dtype} in ${attrs.dataFormat}.`,
      );
    }
    const { heap } = this.#runtime;
    const { correlation, outShape } = this.#windows.find(x.shape, attrs.filterShape, attrs);
    checkShape(tf.Conv2DBackpropFilter, dy, outShape);
    const output = heap.allocate([...attrs.filterShape], 'float32');
    if (sizeOf(output.shape) === 0) return output;
    if (sizeOf(outShape) === 0) {
      heap.integers(heap.address(output), sizeOf(output.shape)).fill(0);
      return output;
    }
    const [from, by, to] = [heap.address(x), heap.address(dy), heap.address(output)];
    this.#convolution.filterGradient(correlation, from, by, outShape[3], to);
    return output;
  }
}

/** The rest is left to stock tfjs, which refuses most of it. */
function isOurs(a: tf.TensorInfo, b: tf.TensorInfo, { dataFormat = 'NHWC' }: WindowAttrs): boolean {
  return a.dtype === 'float32' && b.dtype === 'float32' && dataFormat === 'NHWC';
}

function checkShape(kernelName: string, dy: tf.TensorInfo, outShape: Shape4D): void {
  if (tf.util.arraysEqual(dy.shape, outShape)) return;
  throw new Error(
    `${kernelName}: dy must have the shape [${outShape}] of the convolution's result, not [${dy.shape}].`,
  );
}
