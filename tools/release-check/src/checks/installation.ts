import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Check } from '../check.ts';
import { type Consumer, installedPackages, installWithNpm } from '../consumer.ts';
import { nodesToCheck } from '../node-versions.ts';
import type { Registry } from '../registry.ts';
import { runCommand } from '../run-command.ts';
import { tarballs } from './publish.ts';

/** What the consumer of these checks installs. Everything else must come by itself. */
const wanted = ['@sonnetjs/layers', '@sonnetjs/backend-wasm', '@tensorflow/tfjs-core@4.22.0'];

/** The packages of ours and of TensorFlow.js that may arrive: these, all of them, and no others. */
const expected = [
  '@sonnetjs/backend-wasm',
  '@sonnetjs/core',
  '@sonnetjs/gradients',
  '@sonnetjs/layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-core',
];

/** A consumer that is installed by {@link installsAlone} and used by the checks after it. */
export interface ConsumerSlot {
  consumer?: Consumer;
}

/** The consumer of a slot. */
export function installed({ consumer }: ConsumerSlot): Consumer {
  if (consumer === undefined) throw new Error('Nothing is installed: see the check of the installation.');
  return consumer;
}

/** npm installs two packages into an empty folder, and only what they need arrives. */
export function installsAlone(folder: string, registry: Registry, slot: ConsumerSlot): Check {
  return {
    name: 'npm installs @sonnetjs/layers and @sonnetjs/backend-wasm alone',
    async run() {
      slot.consumer = await installWithNpm(join(folder, 'consumer'), wanted, registry);
      const names = installedPackages(slot.consumer);
      const ours = names.filter((name) => /^(@sonnetjs\/|@tensorflow\/|sonnetjs$)/.test(name));
      if (ours.join() !== expected.join()) throw new Error(`Expected ${expected.join(', ')}; got ${ours.join(', ')}.`);
      for (const name of ours.filter((name) => name.startsWith('@sonnetjs/'))) {
        const strangers = directDependencies(slot.consumer, name).filter(
          (dependency) => !expected.includes(dependency),
        );
        if (strangers.length > 0) throw new Error(`${name} brings along ${strangers.join(', ')}.`);
      }
      return `${names.length} packages; of ours ${ours.filter((name) => name.startsWith('@sonnetjs/')).join(', ')}`;
    },
  };
}

const umbrella = `
import assert from 'node:assert';
import * as tf from '@tensorflow/tfjs-core';
import * as snt from 'sonnetjs';

const { backend } = await snt.useBackend([snt.wasm(), snt.cpu()]);
const linear = new snt.Linear(2);
assert.deepEqual(linear(tf.ones([3, 4])).shape, [3, 2]);
console.log(process.version + ': ' + backend.name + ', ' + Object.keys(snt).length + ' exports');
`;

/** `sonnetjs` alone brings everything that `import * as snt` promises. */
export function umbrellaRuns(folder: string, registry: Registry, slot: ConsumerSlot): Check {
  return {
    name: 'npm installs sonnetjs, and a module of it runs in plain node',
    async run() {
      // A name without a scope cannot be sent to the loopback registry alone: it comes as the file that was published.
      const packed = tarballs(folder).find((file) => /^sonnetjs-\d/.test(basename(file)));
      if (packed === undefined) throw new Error('sonnetjs is not packed.');
      const consumer = await installWithNpm(
        join(folder, 'umbrella'),
        [packed, '@tensorflow/tfjs-core@4.22.0'],
        registry,
      );
      slot.consumer = consumer;
      consumer.write('run.js', umbrella);
      const lines: string[] = [];
      for (const node of nodesToCheck()) lines.push(await runCommand(node, ['run.js'], { cwd: consumer.folder }));
      return lines.join('');
    },
  };
}

function directDependencies({ folder }: Consumer, name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(manifest.dependencies ?? {});
}

const training = `
import assert from 'node:assert';
import { getDefaultGraph, minimize, trainableVariables, useBackend, variableName } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { wasm } from '@sonnetjs/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

await useBackend(wasm());
const inputs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
const targets = tf.tensor2d([[1], [-1], [3], [1]]);
const linear = new Linear(1);
const loss = () => tf.mean(tf.squaredDifference(linear(inputs), targets));
const optimizer = tf.train.sgd(0.2);
for (let step = 0; step < 300; step++) minimize(optimizer, loss);
const before = tf.memory().numTensors;
minimize(optimizer, loss);
assert.equal(tf.memory().numTensors, before);
const [final] = tf.tidy(loss).dataSync();
assert(final < 1e-6, 'the loss is ' + final);
assert.deepEqual(trainableVariables().map(variableName).sort(), ['linear/b', 'linear/w']);
getDefaultGraph().dispose();
console.log(process.version + ': 300 steps, loss ' + final.toExponential(1));
`;

/** A Linear is trained with core's minimize in plain node, on the machine's own version and on 24. */
export function trainsInPlainNode(slot: ConsumerSlot): Check {
  return {
    name: 'a Linear trains there in plain node',
    async run() {
      const consumer = installed(slot);
      consumer.write('train.js', training);
      const lines: string[] = [];
      for (const node of nodesToCheck()) lines.push(await runCommand(node, ['train.js'], { cwd: consumer.folder }));
      return lines.join('');
    },
  };
}
