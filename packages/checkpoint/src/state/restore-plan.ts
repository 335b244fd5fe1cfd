import * as tf from '@tensorflow/tfjs-core';
import { convertValues, type Values } from '../values/convert.ts';
import { type Box, copyBox } from '../values/slices.ts';
import { elementCount, type StoredTensor } from '../values/stored-tensor.ts';

interface PendingTensor {
  readonly values: Values;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly use: (tensor: tf.Tensor) => void;
}

/** What a restoration will change: it is put together completely before the first change. */
export class RestorePlan {
  readonly #pending: PendingTensor[] = [];
  readonly #actions: (() => void)[] = [];

  /**
   * Plans what to do with the values of a stored tensor, whole or in boxes.
   *
   * @param parts For each box, what to do with a tensor of its values, which is freed afterwards.
   * @throws CheckpointError when the values are damaged or out of range.
   */
  add(
    name: string,
    stored: StoredTensor,
    dtype: tf.DataType,
    parts: readonly { readonly box: Box; readonly use: (tensor: tf.Tensor) => void }[],
  ): void {
    const values = convertValues(name, stored, dtype);
    const isWhole = parts.length === 1;
    for (const { box, use } of parts) {
      const part = isWhole ? values : partOf(values, stored.shape, box);
      this.#pending.push({ values: part, shape: box.shape, dtype, use });
    }
  }

  /** Plans an action that comes after all tensors were used, and cannot fail. */
  finally(action: () => void): void {
    this.#actions.push(action);
  }

  /** Makes all tensors, and then all changes: when there is no memory for the tensors, nothing has changed. */
  apply(): void {
    const tensors: tf.Tensor[] = [];
    try {
      for (const { values, shape, dtype } of this.#pending) tensors.push(tf.tensor(values, [...shape], dtype));
      for (const [i, { use }] of this.#pending.entries()) use(tensors[i] as tf.Tensor);
      for (const action of this.#actions) action();
    } finally {
      tf.dispose(tensors);
    }
  }
}

function partOf<A extends Values>(whole: A, shape: readonly number[], box: Box): A {
  const part = new (whole.constructor as new (length: number) => A)(elementCount(box.shape) ?? 0);
  copyBox('out of', whole, shape, part, box);
  return part;
}
