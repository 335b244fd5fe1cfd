import { useBackend } from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeBackends } from './describe-backends.ts';
import { node } from './node.ts';

const from = preparedTensorFlow('gpu');

/** In a file of its own, which is a process of its own: TensorFlow is loaded once. */
describe.runIf(from !== undefined)('with the package for GPUs', () => {
  it('says whether there is a GPU, and otherwise runs it on the CPU', async () => {
    const [onGpu] = await describeBackends({ from, writer: () => {} });
    expect(onGpu?.found[0]).toContain('tfjs-node-gpu 4.22.0');
    const { backend, passedOver } = await useBackend([node({ gpu: true, from }), node({ from })]);
    expect(numbersOf(tf.matMul([[1, 2]], [[3], [4]]))).toEqual([11]);
    expect(backend.name).toBe(onGpu?.works === true ? 'node-gpu' : 'node');
    expect(backend.capabilities.gpu).toBe(onGpu?.works);
    expect(passedOver).toEqual(
      onGpu?.works === true
        ? []
        : [{ name: 'node-gpu', reason: expect.stringMatching(/^TensorFlow finds no GPU that it can use \(it says: /) }],
    );
  });
});

function numbersOf(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()];
}
