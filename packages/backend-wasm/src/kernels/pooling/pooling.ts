import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { Scratch } from '../convolution/scratch.ts';
import { requireFloat32 } from '../float32-only.ts';
import { numbersOfPadding, Plans } from '../plans.ts';
import { sameShape, sizeOf } from '../shape.ts';
import { emitPooling } from './emit-pooling.ts';
import { planWindows, type WindowPlan } from './window.ts';

/** Largest elements and averages of windows, in two and three axes, and their gradients. */
export const poolingFamily: KernelFamily = {
  emit: emitPooling,
  kernels: (runtime) => {
    const [planar, spatial] = [remembering(describePlanar), remembering(describeSpatial)];
    const scratch = new Scratch(runtime.heap);
    return {
      AvgPool: unlessStockIsSafe(runtime, tf.AvgPool, averages(runtime, tf.AvgPool, planar)),
      AvgPool3D: averages(runtime, tf.AvgPool3D, spatial),
      AvgPoolGrad: averageGradient(runtime, tf.AvgPoolGrad, planar),
      AvgPool3DGrad: averageGradient(runtime, tf.AvgPool3DGrad, spatial),
      MaxPool: unlessStockIsSafe(runtime, tf.MaxPool, largest(runtime, tf.MaxPool, planar)),
      MaxPool3D: largest(runtime, tf.MaxPool3D, spatial),
      MaxPoolGrad: largestGradient(runtime, tf.MaxPoolGrad, planar, scratch),
      MaxPool3DGrad: largestGradient(runtime, tf.MaxPool3DGrad, spatial, scratch),
      MaxPoolWithArgmax: largestWithPlaces(runtime, planar),
    };
  },
};

/** Plans the windows of a pooling on an input of a shape. */
type Describe = (shape: number[], attrs: tf.NamedAttrMap | undefined) => WindowPlan;

/** Has plans remembered where two numbers for each axis and one padding say all. */
function remembering(describe: Describe): Describe {
  const plans = new Plans<WindowPlan>(13);
  return (shape, attrs) => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
    if (typeof pad === 'object' || dimRoundingMode) return describe(shape, attrs);
    const axes = shape.length - 2;
    plans.set(0, shape.length, shape);
    plans.set(5, axes, filterSize);
    plans.set(8, axes, strides);
    plans.set(11, 2, numbersOfPadding(pad));
    return plans.find(() => describe(shape, attrs));
  };
}

function describePlanar(shape: number[], attrs: tf.NamedAttrMap | undefined): WindowPlan {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const geometry = {
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.effectiveFilterHeight, info.effectiveFilterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, 1, 1],
    padding: [0, info.padInfo.top, info.padInfo.left],
    channels: info.inChannels,
  } as const;
  return planWindows(geometry, info.outShape);
}

function describeSpatial(shape: number[], attrs: tf.NamedAttrMap | undefined): WindowPlan {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPool3DGradAttrs;
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const geometry = {
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.effectiveFilterDepth, info.effectiveFilterHeight, info.effectiveFilterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [1, 1, 1],
    // tfjs computes a negative padding where the stride exceeds the filter.
    padding: [Math.max(0, info.padInfo.front), Math.max(0, info.padInfo.top), Math.max(0, info.padInfo.left)],
    channels: info.inChannels,
  } as const;
  return planWindows(geometry, info.outShape);
}

/** Runs code for every image of a batch: gets how many bytes images are into the input and the output, and the geometry. */
export function forImages(
  { batch, inputBytes, outputBytes, packed }: WindowPlan,
  body: (input: number, output: number, geometry: readonly number[]) => void,
): void {
  for (let image = 0; image < batch; image++) body(image * inputBytes, image * outputBytes, packed);
}

/** Refuses a slope of another shape than what was pooled to. */
function checkSlope(kernelName: string, dy: tf.TensorInfo, { shape }: WindowPlan): void {
  requireFloat32(kernelName, dy);
  if (!sameShape(dy.shape, shape))
    tf.util.assertShapesMatch(dy.shape, [...shape], `Error in ${kernelName}: dy has another shape than the output. `);
}

function averageGradient(runtime: Runtime, kernelName: string, describe: Describe): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [run, clear] = [generated('avgPoolGrad'), generated('clear')];
  return ({ inputs, attrs }) => {
    const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
    const plan = describe(input.shape, attrs);
    checkSlope(kernelName, dy, plan);
    const dx = heap.allocate(input.shape, 'float32');
    const [slopes, target] = [heap.address(dy), heap.address(dx)];
    clear(target, 4 * sizeOf(dx.shape));
    forImages(plan, (from, to, packed) => run(slopes + to, target + from, ...packed));
    return dx;
  };
}

function largestGradient(runtime: Runtime, kernelName: string, describe: Describe, scratch: Scratch): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [run, clear] = [generated('maxPoolGrad'), generated('clear')];
  return ({ inputs, attrs }) => {
    const { dy, input, output } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo; output: tf.TensorInfo };
    const plan = describe(input.shape, attrs);
    requireFloat32(kernelName, input, output);
    checkSlope(kernelName, dy, plan);
    if (!sameShape(output.shape, dy.shape))
      tf.util.assertShapesMatch(output.shape, dy.shape, `Error in ${kernelName}: the output is as dy. `);
    const dx = heap.allocate(input.shape, 'float32');
    const [x, y, slopes, target] = [heap.address(input), heap.address(output), heap.address(dy), heap.address(dx)];
    clear(target, 4 * sizeOf(dx.shape));
    // Room for which channels of a window have not met their largest element yet.
    scratch.use(4 * plan.channels, (open) =>
      forImages(plan, (from, to, packed) => run(x + from, y + to, slopes + to, target + from, open, ...packed)),
    );
    return dx;
  };
}

function averages(runtime: Runtime, kernelName: string, describe: Describe): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated('avgPool');
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    requireFloat32(kernelName, x);
    const plan = describe(x.shape, attrs);
    const y = heap.allocate([...plan.shape], 'float32');
    const [source, target] = [heap.address(x), heap.address(y)];
    forImages(plan, (from, to, packed) => run(source + from, target + to, ...packed));
    return y;
  };
}

function largest(runtime: Runtime, kernelName: string, describe: Describe): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated('maxPool');
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    requireFloat32(kernelName, x);
    const plan = describe(x.shape, attrs);
    const y = heap.allocate([...plan.shape], 'float32');
    const [source, target] = [heap.address(x), heap.address(y)];
    forImages(plan, (from, to, packed) => run(source + from, target + to, 0, ...packed));
    return y;
  };
}

/**
 * Stock tfjs is fast in two axes. With a padding in numbers it reads and writes outside of its tensors: tfjs-core computes the
 * width of the output from the filter's height then, which all backends follow, and the library behind the stock kernel does not.
 */
function unlessStockIsSafe(runtime: Runtime, kernelName: string, own: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { pad } = params.attrs as unknown as tf.MaxPoolGradAttrs;
    return typeof pad === 'string' ? runtime.stock(kernelName)(params) : own(params);
  };
}

function largestWithPlaces(runtime: Runtime, describe: Describe): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated('maxPool');
  return ({ inputs, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    requireFloat32(tf.MaxPoolWithArgmax, x);
    const { includeBatchInIndex } = attrs as unknown as tf.MaxPoolWithArgmaxAttrs;
    const plan = describe(x.shape, attrs);
    const [y, places] = [heap.allocate([...plan.shape], 'float32'), heap.allocate([...plan.shape], 'int32')];
    const [source, target, positions] = [heap.address(x), heap.address(y), heap.address(places)];
    forImages(plan, (from, to, packed) => run(source + from, target + to, positions + to, ...packed));
    if (includeBatchInIndex) {
      const perImage = sizeOf(plan.shape.slice(1));
      const imageSize = sizeOf(x.shape.slice(1));
      const all = heap.integers(heap.address(places), sizeOf(places.shape));
      all.forEach((place, i) => {
        all[i] = place + Math.floor(i / perImage) * imageSize;
      });
    }
    return [y, places];
  };
}
