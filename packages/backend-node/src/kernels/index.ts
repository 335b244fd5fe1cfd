import * as tf from '@tensorflow/tfjs-core';
import { backendName, type TensorFlowBackend } from '../loading/tensorflow-backend.ts';
import { activationFamily } from './activation.ts';
import { convolutionFamily } from './convolution.ts';
import { depthwiseFamily } from './depthwise.ts';
import { dtypeFamily } from './dtypes.ts';
import { hostFamily } from './host.ts';
import { indexingFamily } from './indexing.ts';
import type { Kernel, KernelFamily, Runtime } from './kernel.ts';
import { poolingFamily } from './pooling.ts';
import { productFamily } from './product.ts';

const families: readonly KernelFamily[] = [
  activationFamily,
  convolutionFamily,
  depthwiseFamily,
  dtypeFamily,
  hostFamily,
  indexingFamily,
  poolingFamily,
  productFamily,
];

const replaced = new Map<string, tf.KernelConfig>();
let installed: readonly string[] | undefined;

/**
 * Registers the kernels of this package: in place of those of tfjs-node that fail or give other numbers than the other
 * backends, or take longer than they need, and where it has none.
 *
 * @returns Their names.
 */
export function installKernels(backend: TensorFlowBackend): readonly string[] {
  if (installed !== undefined) return installed;
  const runtime: Runtime = {
    backend,
    stock: (name) => (inputs, attrs) =>
      stockKernel(name).kernelFunc({ inputs, backend, attrs: attrs as tf.NamedAttrMap }) as tf.Tensor,
  };
  const kernels = families.flatMap((family) => Object.entries(family(runtime)));
  for (const [name, kernel] of kernels) register(name, kernel);
  installed = kernels.map(([name]) => name).sort();
  return installed;
}

function register(kernelName: string, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (stock !== undefined) {
    replaced.set(kernelName, stock);
    tf.unregisterKernel(kernelName, backendName);
  }
  tf.registerKernel({
    kernelName,
    backendName,
    // tfjs hands over tensors, although the declared type says less.
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as Record<string, tf.Tensor>, attrs)),
  });
}

function stockKernel(kernelName: string): tf.KernelConfig {
  const found = replaced.get(kernelName) ?? (tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined);
  if (found === undefined) throw new Error(`tfjs-node has no kernel ${kernelName}.`);
  return found;
}
