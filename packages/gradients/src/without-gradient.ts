import * as tf from '@tensorflow/tfjs-core';

const complexNumbers = 'the engine of tfjs accepts float32 gradients only, and this one would be complex';
const noTensor = 'it has no tensor among its inputs';
const strings = 'it works on strings';
const insideCustomGradient =
  'it runs inside the custom gradient of the fused op; called directly, the engine cannot save inputs that are left out';
const onlyInGradients = 'only gradients run it, and the ones of this package compose theirs from other kernels';
const pixels = 'its input or its output is a picture of the browser';
const ragged = 'the engine can neither trace nor save the list of row splits among its inputs';
const notRun = 'no op of tfjs runs it: the op of this name is composed of others';

/**
 * Kernels of tfjs that have no gradient, each with the reason. A gradient that reaches one of them throws, as tfjs does:
 * `Cannot compute gradient: gradient function not found for …`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { kernelsWithoutGradient } from '@sonnetjs/gradients';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * assert.match(kernelsWithoutGradient[tf.FFT] ?? '', /complex/);
 * ```
 */
export const kernelsWithoutGradient: Readonly<Record<string, string>> = {
  [tf.Complex]: complexNumbers,
  [tf.ComplexAbs]: complexNumbers,
  [tf.FFT]: complexNumbers,
  [tf.IFFT]: complexNumbers,
  [tf.Imag]: complexNumbers,
  [tf.Real]: complexNumbers,
  [tf.Fill]: noTensor,
  [tf.LinSpace]: noTensor,
  [tf.Range]: noTensor,
  [tf.StaticRegexReplace]: strings,
  [tf.StringNGrams]: strings,
  [tf.StringSplit]: strings,
  [tf.StringToHashBucketFast]: strings,
  [tf.FusedConv2D]: insideCustomGradient,
  [tf.FusedDepthwiseConv2D]: insideCustomGradient,
  [tf._FusedMatMul]: insideCustomGradient,
  [tf.LRNGrad]: onlyInGradients,
  [tf.ResizeBilinearGrad]: onlyInGradients,
  [tf.ResizeNearestNeighborGrad]: onlyInGradients,
  [tf.Draw]: pixels,
  [tf.FromPixels]: pixels,
  [tf.RaggedGather]: ragged,
  [tf.RaggedTensorToTensor]: ragged,
  [tf.RaggedRange]: 'how many values it makes depends on its inputs; TensorFlow defines no gradient either',
  [tf.Unique]: 'what it returns depends on which values are equal; TensorFlow defines no gradient either',
  [tf.MatrixBandPart]: notRun,
  [tf.Pool]: notRun,
};
