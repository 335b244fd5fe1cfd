import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sizeOf } from '../shape.ts';
import { emitPooling } from './emit-pooling.ts';
import { geometryLength, packGeometry, type WindowGeometry } from './window.ts';

/** Largest elements and averages of windows, in two and three axes, and their gradients. */
export const poolingFamily: KernelFamily = {
  emit: emitPooling,
  kernels: (runtime) => ({
    AvgPool: planarForward(runtime, 'avgPool', tf.AvgPool),
    AvgPool3D: forward(runtime, 'avgPool', spatialGeometry),
    AvgPoolGrad: averageGradient(runtime, planarGeometry),
    AvgPool3DGrad: averageGradient(runtime, spatialGeometry),
    MaxPool: planarForward(runtime, 'maxPool', tf.MaxPool),
    MaxPool3D: forward(runtime, 'maxPool', spatialGeometry),
    MaxPoolGrad: largestGradient(runtime, planarGeometry),
    MaxPool3DGrad: largestGradient(runtime, spatialGeometry),
    MaxPoolWithArgmax: largestWithPlaces(runtime),
  }),
};

type Geometry = (shape: number[], attrs: tf.NamedAttrMap | undefined) => WindowGeometry & { readonly shape: number[] };

function planarGeometry(shape: number[], attrs: tf.NamedAttrMap | undefined): ReturnType<Geometry> {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.effectiveFilterHeight, info.effectiveFilterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, 1, 1],
    padding: [0, info.padInfo.top, info.padInfo.left],
    channels: info.inChannels,
    shape: info.outShape,
  };
}

function spatialGeometry(shape: number[], attrs: tf.NamedAttrMap | undefined): ReturnType<Geometry> {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPool3DGradAttrs;
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.effectiveFilterDepth, info.effectiveFilterHeight, info.effectiveFilterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [1, 1, 1],
    // tfjs computes a negative padding where the stride exceeds the filter.
    padding: [Math.max(0, info.padInfo.front), Math.max(0, info.padInfo.top), Math.max(0, info.padInfo.left)],
    channels: info.inChannels,
    shape: info.outShape,
  };
}

/** Runs code for every image of a batch: gets the geometry's address and how many bytes images are apart. */
export function forImages(
  { heap }: Runtime,
  geometry: WindowGeometry,
  batch: number,
  body: (geometry: number, input: number, output: number) => void,
): void {
  const pixels = (axes: readonly number[]): number => 4 * geometry.channels * sizeOf(axes);
  heap.withScratch(4 * geometryLength, (address) => {
    heap.integers(address, geometryLength).set(packGeometry(geometry));
    for (let image = 0; image < batch; image++) {
      body(address, image * pixels(geometry.input), image * pixels(geometry.output));
    }
  });
}

function averageGradient(runtime: Runtime, geometryOf: Geometry): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [run, clear] = [generated('avgPoolGrad'), generated('clear')];
  return ({ inputs, attrs }) => {
    const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
    const dx = heap.allocate(input.shape, 'float32');
    clear(heap.address(dx), 4 * sizeOf(dx.shape));
    forImages(runtime, geometryOf(input.shape, attrs), input.shape[0] ?? 0, (geometry, from, to) =>
      run(heap.address(dy) + to, heap.address(dx) + from, geometry),
    );
    return dx;
  };
}

function largestGradient(runtime: Runtime, geometryOf: Geometry): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [run, clear] = [generated('maxPoolGrad'), generated('clear')];
  return ({ inputs, attrs }) => {
    const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
    const dx = heap.allocate(input.shape, 'float32');
    clear(heap.address(dx), 4 * sizeOf(dx.shape));
    forImages(runtime, geometryOf(input.shape, attrs), input.shape[0] ?? 0, (geometry, from, to) =>
      run(heap.address(input) + from, heap.address(dy) + to, heap.address(dx) + from, geometry),
    );
    return dx;
  };
}

function forward(runtime: Runtime, name: 'avgPool' | 'maxPool', geometryOf: Geometry): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated(name);
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const geometry = geometryOf(x.shape, attrs);
    const y = heap.allocate(geometry.shape, 'float32');
    forImages(runtime, geometry, x.shape[0] ?? 0, (address, from, to) =>
      name === 'maxPool'
        ? run(heap.address(x) + from, heap.address(y) + to, 0, address)
        : run(heap.address(x) + from, heap.address(y) + to, address),
    );
    return y;
  };
}

/**
 * Stock tfjs is fast in two axes. With a padding in numbers it reads and writes outside of its tensors: tfjs-core computes the
 * width of the output from the filter's height then, which all backends follow, and the library behind the stock kernel does not.
 */
function planarForward(runtime: Runtime, name: 'avgPool' | 'maxPool', kernelName: string): tf.KernelFunc {
  const own = forward(runtime, name, planarGeometry);
  return (params) => {
    const { pad } = params.attrs as unknown as tf.MaxPoolGradAttrs;
    return typeof pad === 'string' ? runtime.stock(kernelName)(params) : own(params);
  };
}

function largestWithPlaces(runtime: Runtime): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated('maxPool');
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    const { includeBatchInIndex } = attrs as unknown as tf.MaxPoolWithArgmaxAttrs;
    const geometry = planarGeometry(x.shape, attrs);
    const [y, places] = [heap.allocate(geometry.shape, 'float32'), heap.allocate(geometry.shape, 'int32')];
    forImages(runtime, geometry, x.shape[0] ?? 0, (address, from, to) =>
      run(heap.address(x) + from, heap.address(y) + to, heap.address(places) + to, address),
    );
    if (includeBatchInIndex) {
      const perImage = sizeOf(geometry.shape.slice(1));
      const imageSize = sizeOf(x.shape.slice(1));
      const all = heap.integers(heap.address(places), sizeOf(places.shape));
      all.forEach((place, i) => {
        all[i] = place + Math.floor(i / perImage) * imageSize;
      });
    }
    return [y, places];
  };
}
