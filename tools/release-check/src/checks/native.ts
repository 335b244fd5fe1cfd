import { join } from 'node:path';
import type { Check } from '../check.ts';
import { installedPackages, installWithNpm } from '../consumer.ts';
import { nodesToCheck } from '../node-versions.ts';
import type { Registry } from '../registry.ts';
import { runCommand } from '../run-command.ts';

const packages = ['@sonnetjs/backend-node', '@sonnetjs/backend-cpu', '@tensorflow/tfjs-core@4.22.0'];

const program = `
import assert from 'node:assert';
import { cpu } from '@sonnetjs/backend-cpu';
import { node } from '@sonnetjs/backend-node';
import { useBackend } from '@sonnetjs/core';

const { backend, passedOver } = await useBackend([node({ gpu: true }), node(), cpu()]);
assert.equal(backend.name, 'cpu');
for (const { reason } of passedOver) assert.match(reason, /is not installed: npm install @tensorflow.tfjs-node/);
`;

/** The adapter of native TensorFlow arrives without TensorFlow, passes over to another backend, and says what to do. */
export function nativeIsOptional(folder: string, registry: Registry): Check {
  return {
    name: 'npm installs @sonnetjs/backend-node without TensorFlow, and its doctor says what is missing',
    async run() {
      const consumer = await installWithNpm(join(folder, 'native'), packages, registry);
      const native = installedPackages(consumer).filter((name) => name.startsWith('@tensorflow/tfjs-node'));
      if (native.length > 0) throw new Error(`It brings along ${native.join(', ')}.`);
      consumer.write('run.js', program);
      const options = { cwd: consumer.folder };
      for (const node of nodesToCheck()) await runCommand(node, ['run.js'], options);
      const doctor = ['--no-install', 'sonnetjs-backend-node', 'doctor'];
      const refusal = await runCommand('npx', doctor, options).then(() => 'It ended with code 0.', String);
      if (!/code 1:.*node cannot run here.*npm install @tensorflow\/tfjs-node@4/s.test(refusal))
        throw new Error(refusal);
      return undefined;
    },
  };
}
