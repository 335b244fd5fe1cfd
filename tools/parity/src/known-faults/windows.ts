import type { OpCase } from '../entry.ts';
import type { ConvolutionSettings } from '../references/convolution.ts';
import { reachOf } from '../references/windows.ts';

/** The attributes of all ops with windows. */
export interface WindowAttrs extends ConvolutionSettings {
  readonly filterSize?: readonly number[];
  readonly resultShape?: readonly number[];
}

/** One axis of a call with windows. */
interface WindowAxis {
  readonly size: number;
  readonly reach: number;
  readonly stride: number;
}

const FILTER_IS_RESULT = /BackpropFilter/;
const IMAGE_IS_RESULT = /BackpropInput|Transpose$/;

/** The spatial axes of a call of a convolution, of one of its gradient kernels, or of a pool. */
function windowAxes({ inputs, attrs }: OpCase<WindowAttrs>, op: string): WindowAxis[] {
  const shapes = inputs.map(({ shape }) => shape);
  const image = (IMAGE_IS_RESULT.test(op) ? attrs.resultShape : shapes[0]) as readonly number[];
  const filter = attrs.filterSize ?? ((FILTER_IS_RESULT.test(op) ? attrs.resultShape : shapes[1]) as readonly number[]);
  return image.slice(1, -1).map((size, axis) => ({
    size,
    reach: reachOf(filter[axis] as number, attrs.dilations[axis] as number),
    stride: attrs.strides[axis] as number,
  }));
}

/** Whether padding given as a number meets windows or strides that are not the same on all axes. */
export function isUnevenWithNumber(call: OpCase<WindowAttrs>, op: string): boolean {
  if (typeof call.attrs.pad !== 'number') return false;
  const axes = windowAxes(call, op);
  // What has one axis runs as an image of height 1 with a window of height 1.
  const first = axes.length === 1 ? { reach: 1, stride: 1 } : axes[0];
  return axes.some(({ reach, stride }) => reach !== first?.reach || stride !== first.stride);
}

/** Whether 'same' needs less than no padding somewhere: strides pass over the end of the image. */
export function isNegativelyPadded(call: OpCase<WindowAttrs>, op: string): boolean {
  if (call.attrs.pad !== 'same') return false;
  return windowAxes(call, op).some(({ size, reach, stride }) => (Math.ceil(size / stride) - 1) * stride + reach < size);
}
