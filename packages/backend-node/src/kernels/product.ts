import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../loading/tensorflow-backend.ts';
import { type KernelFamily, kernel } from './kernel.ts';

/**
 * Products of two matrices: tfjs-node asks for a batch of one, for which TensorFlow takes some 30 µs more than for its plain
 * product. The small products of a recurrent network take hardly longer than that.
 */
export const productFamily: KernelFamily = ({ backend, stock }) => {
  const { TF_ATTR_TYPE = 0, TF_ATTR_BOOL = 0, TF_FLOAT = 0 } = backend.binding;
  const flag = (name: string, value: boolean): OpAttribute => ({ name, type: TF_ATTR_BOOL, value });
  return {
    [tf.BatchMatMul]: kernel<tf.BatchMatMulAttrs>((inputs, attrs) => {
      const { a, b } = inputs as Record<'a' | 'b', tf.Tensor>;
      const isPlain = [a, b].every(({ rank, dtype }) => rank === 2 && dtype === 'float32');
      if (!isPlain) return stock(tf.BatchMatMul)(inputs, attrs);
      const attributes = [
        { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
        flag('transpose_a', attrs.transposeA),
        flag('transpose_b', attrs.transposeB),
      ];
      return backend.executeSingleOutput('MatMul', attributes, [a, b]);
    }),
  };
};
