import * as tf from '@tensorflow/tfjs-core';
import { type Inputs, type KernelFamily, kernel, type Runtime } from './kernel.ts';
import {
  axesOf,
  covering,
  coveringShape,
  dilated,
  explicitPadding,
  isNamed,
  uncovering,
  type WindowInfo,
} from './window.ts';

type Shape4D = [number, number, number, number];

/** The attributes of convolutions and of their gradients, as far as they say how windows lie. */
export interface Convolution2DAttrs {
  readonly strides: number | [number, number];
  readonly pad: tf.Conv2DAttrs['pad'];
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** How the windows of a convolution with the channels last lie. */
export function windowsOf(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: Convolution2DAttrs,
  depthwise = false,
): WindowInfo {
  const [image, window] = [x as Shape4D, filter as Shape4D];
  return tf.backend_util.computeConv2DInfo(image, window, strides, dilations ?? 1, pad, dimRoundingMode, depthwise);
}

/** The attributes with a padding in numbers as TensorFlow takes it, where it has no name. */
export function withExplicitPadding<Attrs extends Convolution2DAttrs>(attrs: Attrs, info: WindowInfo): Attrs {
  return isNamed(info) ? attrs : { ...attrs, pad: explicitPadding(axesOf(info)), dimRoundingMode: undefined };
}

/** Convolutions: tfjs-node knows no padding in numbers and, on the CPU, no dilation in three dimensions. */
export const convolutionFamily: KernelFamily = (runtime) => ({
  [tf.Conv2D]: forward(runtime, tf.Conv2D),
  [tf.FusedConv2D]: forward(runtime, tf.FusedConv2D),
  [tf.Conv2DBackpropInput]: inputGradient(runtime),
  [tf.Conv2DBackpropFilter]: filterGradient(runtime),
  [tf.Conv3D]: volume(runtime),
});

function isChannelsFirst({ dataFormat }: { readonly dataFormat?: string }): boolean {
  return dataFormat === 'NCHW';
}

function forward({ stock }: Runtime, name: string) {
  return kernel<tf.Conv2DAttrs>((inputs, attrs) => {
    if (typeof attrs.pad === 'string' || isChannelsFirst(attrs)) return stock(name)(inputs, attrs);
    const { x, filter } = inputs as Inputs & Record<'x' | 'filter', tf.Tensor>;
    return stock(name)(inputs, withExplicitPadding(attrs, windowsOf(x.shape, filter.shape, attrs)));
  });
}

function inputGradient({ stock }: Runtime) {
  return kernel<tf.Conv2DBackpropInputAttrs>((inputs, attrs) => {
    const native = stock(tf.Conv2DBackpropInput);
    if (typeof attrs.pad === 'string' || isChannelsFirst(attrs)) return native(inputs, attrs);
    const { filter } = inputs as Record<'filter', tf.Tensor>;
    const axes = axesOf(windowsOf(attrs.inputShape, filter.shape, attrs));
    const inputShape = coveringShape(attrs.inputShape, axes);
    return uncovering(native(inputs, { ...attrs, ...plain, inputShape }), axes);
  });
}

function filterGradient({ stock }: Runtime) {
  return kernel<tf.Conv2DBackpropFilterAttrs>((inputs, attrs) => {
    const native = stock(tf.Conv2DBackpropFilter);
    if (typeof attrs.pad === 'string' || isChannelsFirst(attrs)) return native(inputs, attrs);
    const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor>;
    const axes = axesOf(windowsOf(x.shape, attrs.filterShape, attrs));
    return native({ x: covering(x, axes), dy }, { ...attrs, ...plain });
  });
}

/** What windows need that cover their input exactly. */
export const plain = { pad: 'valid', dimRoundingMode: undefined } as const;

function volume({ stock }: Runtime) {
  return kernel<tf.Conv3DAttrs>((inputs, attrs) => {
    const { x, filter } = inputs as Record<'x' | 'filter', tf.Tensor>;
    const dilations = typeof attrs.dilations === 'number' ? Array(3).fill(attrs.dilations) : attrs.dilations;
    const spread = dilated(filter, dilations);
    return stock(tf.Conv3D)({ x, filter: spread }, { ...attrs, dilations: [1, 1, 1] });
  });
}
