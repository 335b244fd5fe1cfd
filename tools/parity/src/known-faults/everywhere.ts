import { broadcastShape, type Shape } from '../nd-array.ts';
import type { ConvolutionSettings } from '../references/convolution.ts';
import type { Activation } from '../references/epilogue.ts';
import { fault, type KnownFault } from './known-fault.ts';
import { isUnevenWithNumber, type WindowAttrs } from './windows.ts';

const imageOps = [
  'conv1d',
  'conv2d',
  'depthwiseConv2d',
  'separableConv2d',
  'fusedConv2d',
  'fusedDepthwiseConv2d',
  'conv2dTranspose',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'avgPool',
  'maxPool',
];
/** Faults of tfjs-core 4.22: no backend can repair them. */
export const faultsEverywhere: readonly KnownFault[] = [
  fault<WindowAttrs>({
    ops: imageOps,
    reason:
      "computeOutputShape2D: with padding given as a number, the width of the result follows from the height's window and stride",
    when: isUnevenWithNumber,
    unsafeOn: ['wasm'],
  }),
  fault<ConvolutionSettings & { activation: Activation }>({
    ops: ['fusedConv2d', 'fusedDepthwiseConv2d'],
    parts: ['gradient'],
    reason: 'fused.conv2d and fused.depthwiseConv2d: the gradient throws where there are dilations',
    when: ({ attrs }) => attrs.activation === 'linear' && attrs.dilations.some((dilation) => dilation > 1),
  }),
  fault<{ to: number[] }>({
    ops: ['broadcastTo'],
    reason: 'broadcastTo: where no axis grows, an axis of size 1 stays one that has to become empty',
    when: ({ inputs: [x], attrs: { to } }) => staysFilled(x?.shape ?? [], to),
  }),
  fault({
    ops: ['where'],
    reason: 'broadcastTo: where no axis grows, an axis of size 1 stays one that has to become empty',
    when: ({ inputs }) => {
      const to = broadcastShape(...inputs.map(({ shape }) => shape));
      return inputs.some(({ shape }) => staysFilled(shape, to));
    },
    unsafeOn: ['wasm'],
  }),
];

/** Whether a shape that broadcasts to an empty one has to shrink for it and to grow nowhere. */
function staysFilled(shape: Shape, to: Shape): boolean {
  const lead = to.length - shape.length;
  const grows = to.some((size, axis) => size > 1 && (shape[axis - lead] ?? 1) === 1);
  return !grows && to.some((size, axis) => size === 0 && (shape[axis - lead] ?? 1) === 1);
}
