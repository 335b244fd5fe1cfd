import * as tf from '@tensorflow/tfjs-core';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { requireFloat32 } from '../float32-only.ts';
import { fillModes } from './continued.ts';
import { emitCropAndResize, entryBytes } from './emit-crop-and-resize.ts';
import { emitTransform } from './emit-transform.ts';

/** Kernels that read images at places that need not be pixels. */
export const imageFamily: KernelFamily = {
  emit(module) {
    emitTransform(module);
    emitCropAndResize(module);
  },
  kernels: (runtime) => ({
    CropAndResize: cropAndResizeKernel(runtime),
    Transform: transformKernel(runtime),
  }),
};

type Size4D = [batch: number, height: number, width: number, channels: number];

/** Images under projective maps: for each pixel of the result the coefficients say where the image is read. */
function transformKernel({ heap, generated }: Runtime): tf.KernelFunc {
  const run = { nearest: generated('transform/nearest'), bilinear: generated('transform/bilinear') };
  return ({ inputs, attrs }) => {
    const { image, transforms } = inputs as { image: tf.TensorInfo; transforms: tf.TensorInfo };
    const { interpolation, fillMode, fillValue, outputShape } = attrs as unknown as tf.TransformAttrs;
    requireFloat32(tf.Transform, image, transforms);
    const [batch, height, width, channels] = image.shape as Size4D;
    const [rows, columns] = outputShape ?? [height, width];
    return heap.withScratch(4 * channels, (fill) => {
      const output = heap.allocate([batch, rows, columns, channels], 'float32');
      run[interpolation](
        heap.address(image),
        heap.address(transforms),
        transforms.shape[0] === 1 ? 0 : 32,
        heap.address(output),
        batch,
        height,
        width,
        channels,
        rows,
        columns,
        fillModes[fillMode],
        fillValue,
        fill,
      );
      return output;
    });
  };
}

/** Boxes of images, each read at the same number of rows and columns. */
function cropAndResizeKernel(runtime: Runtime): tf.KernelFunc {
  const { heap, generated } = runtime;
  const run = { nearest: generated('cropAndResize/nearest'), bilinear: generated('cropAndResize/bilinear') };
  const firstOutside = generated('firstOutside');
  return ({ inputs, attrs }) => {
    const { image: given, boxes, boxInd } = inputs as Record<'image' | 'boxes' | 'boxInd', tf.TensorInfo>;
    const { method, extrapolationValue, cropSize } = attrs as unknown as tf.CropAndResizeAttrs;
    const [batch, height, width, channels] = given.shape as Size4D;
    const count = boxes.shape[0] as number;
    requireFloat32(tf.CropAndResize, boxes);
    const bad = firstOutside(heap.address(boxInd), count, batch, 4);
    if (bad < count) {
      const index = heap.integers(heap.address(boxInd), count)[bad];
      throw new Error(`CropAndResize: box ${bad} is of image ${index}, which is not in [0, ${batch - 1}].`);
    }
    const image = given.dtype === 'float32' ? given : runtime.run(tf.Cast, { x: given }, { dtype: 'float32' });
    const [rows, columns] = cropSize;
    const tableBytes = entryBytes * columns;
    const output = heap.withScratch(tableBytes + 4 * channels, (table) => {
      const made = heap.allocate([count, rows, columns, channels], 'float32');
      run[method](
        heap.address(image),
        heap.address(boxes),
        heap.address(boxInd),
        heap.address(made),
        count,
        height,
        width,
        channels,
        rows,
        columns,
        extrapolationValue,
        table + tableBytes,
        table,
      );
      return made;
    });
    if (image !== given) heap.dispose(image);
    return output;
  };
}
