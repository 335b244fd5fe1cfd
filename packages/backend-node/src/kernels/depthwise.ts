import * as tf from '@tensorflow/tfjs-core';
import { plain, windowsOf, withExplicitPadding } from './convolution.ts';
import { type Inputs, type KernelFamily, kernel, type Runtime } from './kernel.ts';
import { axesOf, covering, coveringShape, dilated, uncovering } from './window.ts';

/** Depthwise convolutions: their gradients know neither a padding in numbers nor dilations. */
export const depthwiseFamily: KernelFamily = (runtime) => ({
  [tf.DepthwiseConv2dNative]: forward(runtime, tf.DepthwiseConv2dNative),
  [tf.FusedDepthwiseConv2D]: forward(runtime, tf.FusedDepthwiseConv2D),
  [tf.DepthwiseConv2dNativeBackpropInput]: inputGradient(runtime),
  [tf.DepthwiseConv2dNativeBackpropFilter]: filterGradient(runtime),
});

type Pair = [number, number];

function pairOf(value: number | Pair | null | undefined): Pair {
  return typeof value === 'number' ? [value, value] : (value ?? [1, 1]);
}

function isPlain({ pad, dilations }: { readonly pad: unknown; readonly dilations?: number | Pair | null }): boolean {
  return typeof pad === 'string' && pairOf(dilations).every((dilation) => dilation === 1);
}

function forward({ stock }: Runtime, name: string) {
  return kernel<tf.DepthwiseConv2dNativeAttrs>((inputs, attrs) => {
    if (typeof attrs.pad === 'string') return stock(name)(inputs, attrs);
    const { x, filter } = inputs as Inputs & Record<'x' | 'filter', tf.Tensor>;
    return stock(name)(inputs, withExplicitPadding(attrs, windowsOf(x.shape, filter.shape, attrs, true)));
  });
}

function inputGradient({ stock }: Runtime) {
  return kernel<tf.DepthwiseConv2dNativeBackpropInputAttrs>((inputs, attrs) => {
    const native = stock(tf.DepthwiseConv2dNativeBackpropInput);
    if (isPlain(attrs)) return native(inputs, attrs);
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.Tensor>;
    const axes = axesOf(windowsOf(attrs.inputShape, filter.shape, attrs, true));
    const inputShape = coveringShape(attrs.inputShape, axes);
    const spread = dilated(filter, pairOf(attrs.dilations));
    return uncovering(native({ dy, filter: spread }, { ...attrs, ...plain, dilations: 1, inputShape }), axes);
  });
}

function filterGradient({ stock }: Runtime) {
  return kernel<tf.DepthwiseConv2dNativeBackpropFilterAttrs>((inputs, attrs) => {
    const native = stock(tf.DepthwiseConv2dNativeBackpropFilter);
    if (isPlain(attrs)) return native(inputs, attrs);
    const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor>;
    const [height, width, ...channels] = attrs.filterShape;
    const axes = axesOf(windowsOf(x.shape, attrs.filterShape, attrs, true));
    const [reachDown = height, reachRight = width] = axes.map(({ reach }) => reach);
    const filterShape = [reachDown, reachRight, ...channels];
    const whole = native({ x: covering(x, axes), dy }, { ...attrs, ...plain, dilations: 1, filterShape });
    const [down, right] = pairOf(attrs.dilations);
    return tf.stridedSlice(whole, [0, 0, 0, 0], filterShape, [down, right, 1, 1]);
  });
}
