import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './kernel-calls.ts';

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

/**
 * A gradient computed from some of the kernel's inputs and its only output, which may only choose: be compared, or become
 * a mask. The gradient of this gradient does not see how the output depends on the input; `fromOutput` does.
 */
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
    gradFunc: (dy, saved, attrs) => Object.fromEntries(gradFunc(single(dy), saved, attrs as Attrs).entries()),
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

/** How many gradients are being computed within each other. */
function gradientDepth(): number {
  return tf.engine().state.gradientDepth;
}

/**
 * A gradient computed from the kernel's only output.
 *
 * The engine saves an output before it records the kernel, so that to a gradient of this gradient it would be a constant.
 * Where one gradient is computed within another the input is saved too, and the output computed from it once more.
 */
export function fromOutput<const Name extends string, Attrs>(
  kernelName: string,
  input: Name,
  gradient: (dy: tf.Tensor, output: tf.Tensor, attrs: Attrs) => tf.Tensor,
): tf.GradConfig {
  return {
    kernelName,
    get inputsToSave() {
      return gradientDepth() > 1 ? [input] : [];
    },
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => ({
      [input]: () => {
        const output = saved.at(-1) as tf.Tensor;
        const isNested = saved.length === 2 && gradientDepth() > 0;
        const traced = isNested ? runKernel(kernelName, { [input]: saved[0] as tf.Tensor }, attrs) : output;
        return gradient(single(dy), traced, attrs as Attrs);
      },
    }),
  };
}

/** The gradient of a kernel of one input `x`, from its output. */
export function unaryOfOutput(kernelName: string, gradient: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return fromOutput(kernelName, 'x', gradient);
}
