import * as tf from '@tensorflow/tfjs-core';

/** The kernels behind tfjs's ops and gradients that tfjs's wasm backend does not have. */
const lacking: readonly string[] = [
  'Complex',
  'ComplexAbs',
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'Draw',
  'Einsum',
  'FFT',
  'IFFT',
  'Imag',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'Real',
  'StaticRegexReplace',
  'UnsortedSegmentSum',
];

/** Those of them that nobody has registered in the meantime. */
export function missingKernels(): readonly string[] {
  return lacking.filter((name) => tf.getKernel(name, 'wasm') === undefined);
}
