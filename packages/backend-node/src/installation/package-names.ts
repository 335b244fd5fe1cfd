/** The packages of TensorFlow.js that hold TensorFlow itself. */
export type PackageName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

const cpuPackage = '@tensorflow/tfjs-node';
export const gpuPackage = '@tensorflow/tfjs-node-gpu';

/** The packages that serve, the one that suits best first. Without a GPU the package for GPUs computes on the CPU. */
export function packagesFor(gpu: boolean): readonly PackageName[] {
  return gpu ? [gpuPackage] : [cpuPackage, gpuPackage];
}
