import { ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Checks the inputs of a core that takes one vector for each row of the batch.
 *
 * @returns Their shape, [batchSize, inputSize].
 * @throws ValueError when they are not float32 of rank 2.
 */
export function checkVectors(core: object, inputs: unknown): readonly [batchSize: number, inputSize: number] {
  if (inputs instanceof tf.Tensor && inputs.rank === 2 && inputs.dtype === 'float32') {
    return inputs.shape as [number, number];
  }
  if (!(inputs instanceof tf.Tensor)) {
    throw new ValueError(`${String(core)}: inputs must be a tensor [batch, inputSize]; got ${String(inputs)}.`);
  }
  const shape = `[${inputs.shape.join(', ')}]`;
  if (inputs.dtype !== 'float32') {
    throw new ValueError(`${String(core)}: inputs must be float32; got ${inputs.dtype} ${shape}.`);
  }
  throw new ValueError(
    `${String(core)}: the rank of inputs must be 2, not ${inputs.rank} (inputs ${shape}, expected [batch, inputSize]).`,
  );
}

/**
 * Checks the inputs of all steps of a core that takes one vector for each row of the batch.
 *
 * @returns The size of the vectors.
 * @throws ValueError when they are not float32 [steps, batch, inputSize].
 */
export function checkVectorSequence(core: object, values: unknown): number {
  if (values instanceof tf.Tensor && values.rank === 3 && values.dtype === 'float32') return values.shape[2] as number;
  if (!(values instanceof tf.Tensor)) return checkVectors(core, values)[1];
  const shape = `[${values.shape.slice(1).join(', ')}]`;
  if (values.dtype !== 'float32') {
    throw new ValueError(`${String(core)}: the inputs of each step must be float32; got ${values.dtype} ${shape}.`);
  }
  throw new ValueError(
    `${String(core)}: the rank of the inputs of each step must be 2, not ${values.rank - 1} (inputs ${shape}, expected ` +
      '[batch, inputSize]).',
  );
}

/** @throws ValueError when inputs have another size than at the first connection. */
export function checkSameSize(core: object, known: number, size: number): void {
  if (known === size) return;
  throw new ValueError(
    `${String(core)}: the last dimension of inputs must be ${known}, as at its first connection; got ${size}.`,
  );
}

/**
 * Checks a tensor of a previous state.
 *
 * @param name What to call it: `prevState.hidden`.
 * @throws ValueError when it is missing, or has another shape or dtype.
 */
export function checkStateTensor(
  core: object,
  name: string,
  tensor: unknown,
  shape: readonly number[],
): asserts tensor is tf.Tensor {
  if (!(tensor instanceof tf.Tensor)) throw noState(core, `${name} must be a tensor [${shape.join(', ')}]`, tensor);
  if (
    tensor.dtype === 'float32' &&
    tensor.rank === shape.length &&
    shape.every((size, i) => tensor.shape[i] === size)
  ) {
    return;
  }
  throw new ValueError(
    `${String(core)}: ${name} must be float32 [${shape.join(', ')}], with a row for each of the inputs; ` +
      `got ${tensor.dtype} [${tensor.shape.join(', ')}]. initialState(${shape[0]}) makes a state to begin with.`,
  );
}

/** The error of a call without a previous state, or with something else in its place. */
export function noState(core: object, expected: string, found: unknown): ValueError {
  const advice =
    found === undefined
      ? 'Call it as core(inputs, prevState), where core.initialState(batchSize) makes a state to begin with. A Sequential ' +
        'hands no state on: put recurrent cores into a DeepRNN.'
      : 'core.initialState(batchSize) makes a state to begin with.';
  return new ValueError(`${String(core)}: ${expected}; got ${describe(found)}. ${advice}`);
}

function describe(found: unknown): string {
  if (found instanceof tf.Tensor) return `a tensor [${found.shape.join(', ')}]`;
  if (Array.isArray(found)) return `an array of ${found.length}`;
  if (typeof found === 'object' && found !== null) return `an object with ${Object.keys(found).join(', ')}`;
  return String(found);
}
