/** What is bundled as stock TensorFlow.js without gradients: the builds of core and wasm backend that plain node loads. */

export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
export * from '@tensorflow/tfjs-core';
