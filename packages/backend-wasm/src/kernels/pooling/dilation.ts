import * as tf from '@tensorflow/tfjs-core';
import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { requireFloat32 } from '../float32-only.ts';
import { numbersOfPadding, Plans } from '../plans.ts';
import { sameShape, sizeOf } from '../shape.ts';
import { forStrips, type Strip } from './emit-pooling.ts';
import { forImages } from './pooling.ts';
import {
  forPositions,
  geometryOf,
  geometryParameters,
  type PositionLocals,
  planWindows,
  type WindowPlan,
} from './window.ts';

/** Grayscale morphological dilation, the largest sums of a window and a filter, and its gradients. */
export const dilationFamily: KernelFamily = {
  emit: emitDilation,
  kernels: (runtime) => {
    const plans = new DilationPlans();
    return {
      Dilation2D: forwardKernel(runtime, plans),
      Dilation2DBackpropFilter: gradientKernel(runtime, plans, 'filter'),
      Dilation2DBackpropInput: gradientKernel(runtime, plans, 'x'),
    };
  },
};

function emitDilation(module: ModuleBuilder): void {
  const forward = { x: 'i32', filter: 'i32', y: 'i32', ...geometryParameters } as const;
  module.function('Dilation2D', forward, (f, { x, filter, y, ...geometry }) => {
    const g = geometryOf(geometry);
    const [best, where] = [f.local('v128'), f.local('v128')];
    forPositions(f, g, (position) =>
      forStrips(f, g, (strip) => {
        findLargestSum(f, strip, position, { x, filter }, { best, where });
        strip.store(y, position.output, best);
      }),
    );
  });
  const backward = {
    x: 'i32',
    filter: 'i32',
    dy: 'i32',
    gradient: 'i32',
    ofFilter: 'i32',
    ...geometryParameters,
  } as const;
  module.function('Dilation2DBackprop', backward, (f, { x, filter, dy, gradient, ofFilter, ...geometry }) => {
    const g = geometryOf(geometry);
    const [best, where, slope] = [f.local('v128'), f.local('v128'), f.local('v128')];
    forPositions(f, g, (position) =>
      forStrips(f, g, (strip) => {
        findLargestSum(f, strip, position, { x, filter }, { best, where });
        f.set(slope, strip.load(dy, position.output));
        position.forWindow((place, ordinal) => {
          const share = v128.and(slope, i32x4.eq(where, i32x4.splat(ordinal)));
          const addAt = (target: I32): void =>
            strip.store(gradient, target, f32x4.add(strip.load(gradient, target), share));
          f.if(
            ofFilter,
            () => addAt(ordinal),
            () => addAt(place),
          );
        });
      }),
    );
  });
}

/** The largest sum of the window and the filter, and the first position in the window that has it. */
function findLargestSum(
  f: FunctionBuilder,
  strip: Strip,
  position: PositionLocals,
  { x, filter }: { readonly x: I32; readonly filter: I32 },
  { best, where }: { readonly best: Local<'v128'>; readonly where: Local<'v128'> },
): void {
  const [sum, more] = [f.local('v128'), f.local('v128')];
  f.set(best, f32x4.const(Number.NEGATIVE_INFINITY));
  f.set(where, i32x4.const(-1));
  position.forWindow((place, ordinal) => {
    f.set(sum, f32x4.add(strip.load(x, place), strip.load(filter, ordinal)));
    f.set(more, v128.or(i32x4.eq(where, i32x4.const(-1)), f32x4.gt(sum, best)));
    f.set(best, v128.select(more, sum, best));
    f.set(where, v128.select(more, i32x4.splat(ordinal), where));
  });
}

/** Plans the windows of dilations, and remembers them. */
class DilationPlans {
  readonly #plans = new Plans<WindowPlan>(13);

  /** @throws Error from tfjs for attributes that do not fit each other. */
  find(x: tf.TensorInfo, filter: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined): WindowPlan {
    const { strides, pad, dilations } = attrs as unknown as tf.Dilation2DAttrs;
    const plans = this.#plans;
    if (typeof pad === 'object') return planOf(x, filter, attrs);
    plans.set(0, 4, x.shape);
    plans.set(4, 3, filter.shape);
    plans.set(7, 2, strides);
    plans.set(9, 2, dilations);
    plans.set(11, 2, numbersOfPadding(pad));
    return plans.find(() => planOf(x, filter, attrs));
  }
}

function planOf(x: tf.TensorInfo, filter: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined): WindowPlan {
  const { strides, pad, dilations } = attrs as unknown as tf.Dilation2DAttrs;
  const info = tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
  tf.util.assert(
    info.inChannels === filter.shape[2],
    () => `Error in Dilation2D: the input has ${info.inChannels} channels and the filter ${filter.shape[2]}.`,
  );
  const geometry = {
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, info.dilationHeight, info.dilationWidth],
    padding: [0, info.padInfo.top, info.padInfo.left],
    channels: info.inChannels,
  } as const;
  return planWindows(geometry, info.outShape);
}

function forwardKernel(runtime: Runtime, plans: DilationPlans): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = generated('Dilation2D');
  return ({ inputs, attrs }) => {
    const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    requireFloat32(tf.Dilation2D, x, filter);
    const plan = plans.find(x, filter, attrs);
    const y = heap.allocate([...plan.shape], 'float32');
    const [source, sums, target] = [heap.address(x), heap.address(filter), heap.address(y)];
    forImages(plan, (from, to, packed) => run(source + from, sums, target + to, ...packed));
    return y;
  };
}

function gradientKernel(runtime: Runtime, plans: DilationPlans, by: 'x' | 'filter'): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [run, clear] = [generated('Dilation2DBackprop'), generated('clear')];
  return ({ inputs, attrs }) => {
    const { x, filter, dy } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; dy: tf.TensorInfo };
    requireFloat32(tf.Dilation2D, x, filter, dy);
    const plan = plans.find(x, filter, attrs);
    if (!sameShape(dy.shape, plan.shape)) {
      const message = 'Error in the gradient of Dilation2D: dy has another shape than the output. ';
      tf.util.assertShapesMatch(dy.shape, [...plan.shape], message);
    }
    const gradient = heap.allocate(by === 'x' ? x.shape : filter.shape, 'float32');
    const [source, sums, slopes, target] = [
      heap.address(x),
      heap.address(filter),
      heap.address(dy),
      heap.address(gradient),
    ];
    clear(target, 4 * sizeOf(gradient.shape));
    forImages(plan, (from, to, packed) =>
      by === 'x'
        ? run(source + from, sums, slopes + to, target + from, 0, ...packed)
        : run(source + from, sums, slopes + to, target, 1, ...packed),
    );
    return gradient;
  };
}
