import { cpu } from '@sonnetjs/backend-cpu';
import { useBackend } from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeBackends } from './describe-backends.ts';
import { node } from './node.ts';
import { breakTensorFlow, type Damage } from './testing/broken-tensorflow.ts';

const prepared = preparedTensorFlow('cpu');
const anew =
  'delete the folders deps and lib in @tensorflow/tfjs-node, then npm rebuild @tensorflow/tfjs-node --build-addon-from-source';
const another = 'the TensorFlow library is not the one that the native module of @tensorflow/tfjs-node was built for';

const cases: readonly [Damage, RegExp, string][] = [
  ['missing', /^libtensorflow_cc\.so\.2 that the native module .* needs is missing$/, anew.replace(/^.*then /, '')],
  ['cut off', /libtensorflow_cc\.so\.2 is not whole, it has 1048576 bytes of \d{9}$/, anew],
  ['another library', new RegExp(`^${another} \\(.*version \`tensorflow' not found`), anew],
  ['without a function', new RegExp(`^${another} \\(.*undefined symbol: TF`), anew],
];

// The run's closing note says when these are left out.
describe.runIf(prepared !== undefined)('a TensorFlow whose library is', () => {
  it.each(cases)('%s is passed over with the reason, and the process goes on', async (damage, reason, remedy) => {
    const from = breakTensorFlow(prepared ?? '', damage);
    const { backend, passedOver } = await useBackend([node({ from }), cpu()]);
    expect(backend.name).toBe('cpu');
    const [first] = passedOver;
    expect(first?.name).toBe('node');
    expect(first?.reason.endsWith(`: ${remedy}`)).toBe(true);
    expect(first?.reason.slice(0, -remedy.length - 2)).toMatch(reason);
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
    expect(tf.findBackendFactory('tensorflow')).toBeNull();
  });

  it.each(cases)('%s is told of by the doctor', async (damage, reason, remedy) => {
    const from = breakTensorFlow(prepared ?? '', damage);
    const [, onCpu] = await describeBackends({ from, writer: () => {} });
    expect(onCpu).toMatchObject({ works: false, problem: { reason: expect.stringMatching(reason), remedy } });
    expect(onCpu?.found[0]).toContain('@tensorflow/tfjs-node 4.22.0');
  });
});

describe.runIf(prepared !== undefined)('a TensorFlow that is whole', () => {
  it('is used after all of those were passed over', async () => {
    const broken = cases.map(([damage]) => node({ from: breakTensorFlow(prepared ?? '', damage) }));
    const { backend, passedOver } = await useBackend([...broken, node({ from: prepared })]);
    expect(passedOver).toHaveLength(cases.length);
    expect([backend.name, tf.getBackend()]).toEqual(['node', 'tensorflow']);
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
  });
});
