import type { DataType } from '@tensorflow/tfjs-core';

const VARIABLE_DTYPES: readonly DataType[] = ['float32', 'int32', 'bool'];

/**
 * Checks that a variable can have a dtype.
 *
 * @throws TypeError when it is one that TensorFlow.js does not have, such as float16 or float64.
 */
export function checkDtype(dtype: unknown, where: string): asserts dtype is DataType {
  if ((VARIABLE_DTYPES as readonly unknown[]).includes(dtype)) return;
  throw new TypeError(
    `${where}: variables can have the dtypes ${VARIABLE_DTYPES.join(', ')}; got ${String(dtype)}. ` +
      'TensorFlow.js has no float16, float64 or int64: use float32 or int32.',
  );
}
