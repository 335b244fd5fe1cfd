import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../loading/tensorflow-backend.ts';
import { type Kernel, type KernelFamily, kernel, type Runtime } from './kernel.ts';

/** What picks and moves elements. */
export const indexingFamily: KernelFamily = (runtime) => ({
  [tf.GatherV2]: gather(runtime),
  [tf.SplitV]: split(runtime),
  [tf.Transform]: transform(runtime),
});

/** tfjs-node checks the indices against the length of an axis that it does not find when it is counted from the end. */
function gather({ stock }: Runtime): Kernel {
  return kernel<tf.GatherV2Attrs>((inputs, attrs) => {
    const { x } = inputs as Record<'x', tf.Tensor>;
    const [axis = 0] = tf.util.parseAxisParam(attrs.axis, x.shape);
    return stock(tf.GatherV2)(inputs, { ...attrs, axis });
  });
}

/** tfjs takes a -1 that is the first of the lengths for a length. */
function split({ stock }: Runtime): Kernel {
  return kernel<tf.SplitVAttrs>((inputs, attrs) => {
    const { x } = inputs as Record<'x', tf.Tensor>;
    const [axis = 0] = tf.util.parseAxisParam(attrs.axis, x.shape);
    const lengths = attrs.numOrSizeSplits;
    if (typeof lengths === 'number') return stock(tf.SplitV)(inputs, attrs);
    const given = lengths.filter((length) => length !== -1).reduce((sum, length) => sum + length, 0);
    const rest = (x.shape[axis] as number) - given;
    const numOrSizeSplits = lengths.map((length) => (length === -1 ? rest : length));
    return stock(tf.SplitV)(inputs, { ...attrs, numOrSizeSplits });
  });
}

/** Projective transforms of images, which TensorFlow has and tfjs-node leaves out. */
function transform({ backend }: Runtime): Kernel {
  return kernel<tf.TransformAttrs>((inputs, { interpolation, fillMode, fillValue, outputShape }) => {
    const { image, transforms } = inputs as Record<'image' | 'transforms', tf.Tensor>;
    const { TF_ATTR_TYPE = 0, TF_ATTR_STRING = 0, TF_FLOAT = 0 } = backend.binding;
    const attributes: OpAttribute[] = [
      { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: 'interpolation', type: TF_ATTR_STRING, value: interpolation.toUpperCase() },
      { name: 'fill_mode', type: TF_ATTR_STRING, value: fillMode.toUpperCase() },
    ];
    const size = tf.tensor1d(outputShape ?? image.shape.slice(1, 3), 'int32');
    const images = tf.cast(image, 'float32');
    return backend.executeSingleOutput('ImageProjectiveTransformV3', attributes, [
      images,
      transforms,
      size,
      tf.scalar(fillValue),
    ]);
  });
}
