import type * as tf from '@tensorflow/tfjs-core';

/** The gradients of a kernel's inputs by name, each computed only when the tape asks for it. */
export interface InputGradients {
  readonly [input: string]: () => tf.Tensor;
}

/** One tensor for each name of a list. */
type TensorsOf<Names extends readonly string[]> = { -readonly [Index in keyof Names]: tf.Tensor };

/** The engine passes a list of output gradients when there are several outputs, and a tensor when there is one. */
function single(dy: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return dy as tf.Tensor;
}

/** A gradient computed from some of the kernel's inputs. */
export function fromInputs<const Names extends readonly string[], Attrs>(
  kernelName: string,
  names: Names,
  gradFunc: (dy: tf.Tensor, inputs: TensorsOf<Names>, attrs: Attrs) => InputGradients,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...names],
    gradFunc: (dy, saved, attrs) => gradFunc(single(dy), saved as TensorsOf<Names>, attrs as Attrs),
  };
}

/** A gradient computed from some of the kernel's inputs and its only output. */
export function fromInputsAndOutput<const Names extends readonly string[], Attrs>(
  kernelName: string,
  names: Names,
  gradFunc: (dy: tf.Tensor, inputs: TensorsOf<Names>, output: tf.Tensor, attrs: Attrs) => InputGradients,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...names],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) =>
      gradFunc(single(dy), saved as TensorsOf<Names>, saved[names.length] as tf.Tensor, attrs as Attrs),
  };
}

/** The gradient of a kernel whose inputs are a list of tensors; the list is saved. */
export function fromInputList<Attrs>(
  kernelName: string,
  gradFunc: (dy: tf.Tensor, inputs: tf.Tensor[], attrs: Attrs) => readonly (() => tf.Tensor)[],
): tf.GradConfig {
  return {
    kernelName,
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => ({ ...gradFunc(single(dy), saved, attrs as Attrs) }),
  };
}

/** The gradient of a kernel with a list of outputs: `dys` holds one gradient for each, zeros for those not used. */
export function fromManyOutputs<const Names extends readonly string[], Attrs>(
  kernelName: string,
  names: Names,
  outputsToSave: readonly boolean[],
  gradFunc: (dys: tf.Tensor[], inputs: TensorsOf<Names>, outputs: tf.Tensor[], attrs: Attrs) => InputGradients,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...names],
    outputsToSave: [...outputsToSave],
    gradFunc: (dy, saved, attrs) =>
      gradFunc(
        Array.isArray(dy) ? dy : [dy],
        saved.slice(0, names.length) as TensorsOf<Names>,
        saved.slice(names.length),
        attrs as Attrs,
      ),
  };
}

/** The gradient of a kernel of one input `x`, from that input. */
export function unary(kernelName: string, gradient: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return fromInputs(kernelName, ['x'], (dy, [x]) => ({ x: () => gradient(dy, x) }));
}

/** The gradient of a kernel of one input `x`, from its output. */
export function unaryOfOutput(kernelName: string, gradient: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return fromInputsAndOutput(kernelName, [], (dy, _, y) => ({ x: () => gradient(dy, y) }));
}
