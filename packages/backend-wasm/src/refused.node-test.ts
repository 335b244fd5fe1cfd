/** An engine that refuses code made at run time. It has a process of its own: kernels are put in place only once. */
import assert from 'node:assert';
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend, valueAndGrads } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

const { instantiate } = WebAssembly;
// The binary of tfjs imports functions too; generated code imports the memory alone.
WebAssembly.instantiate = ((source: BufferSource, imports: WebAssembly.Imports) => {
  if (Object.keys(imports.env ?? {}).join() === 'memory') throw new WebAssembly.CompileError('refused');
  return instantiate(source, imports);
}) as typeof WebAssembly.instantiate;
const { backend } = await useBackend(wasm());
WebAssembly.instantiate = instantiate;

assert.equal(backend.capabilities.simd, true);
assert.match(backend.capabilities.limitations?.[0] ?? '', /refuses generated WebAssembly \(refused\)/);
assert(backend.capabilities.missingKernels.includes('UnsortedSegmentSum'));

const w = tf.variable(tf.tensor2d([[1], [2]]));
const { value, grads } = valueAndGrads(() => tf.mean(tf.square(tf.matMul([[1, 1]], w))) as tf.Scalar, {
  variables: [w],
});
assert.equal(value.dataSync()[0], 9);
assert.deepEqual([...(Object.values(grads)[0]?.dataSync() ?? [])], [6, 6]);
