import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import type { Check } from '../check.ts';
import { type Consumer, installedPackages, installMore, installWithNpm } from '../consumer.ts';
import { nodesToCheck } from '../node-versions.ts';
import type { Registry } from '../registry.ts';
import { runCommand } from '../run-command.ts';
import { installRuntimes, type Runtime, runtimes, versionOf, whyMissing } from '../runtimes.ts';
import { copyPrograms, onTensorFlow, reportIn } from '../training-report.ts';
import { runTrials } from '../trials.ts';
import { publishedPackages } from '../workspace.ts';
import { type ConsumerSlot, installed } from './installation.ts';
import { tarballs } from './publish.ts';

const tensorflowPackage = '@tensorflow/tfjs-node';

const program = `
import assert from 'node:assert';
import { cpu } from '@sonnetjs/backend-cpu';
import { node } from '@sonnetjs/backend-node';
import { useBackend } from '@sonnetjs/core';

const { backend, passedOver } = await useBackend([node({ gpu: true }), node(), cpu()]);
assert.equal(backend.name, 'cpu');
for (const { reason } of passedOver) assert.match(reason, /is not installed: npm install @tensorflow.tfjs-node/);
`;

/** All packages arrive without TensorFlow; its adapter passes over to another backend, and says what to do. */
export function nativeIsOptional(folder: string, registry: Registry, slot: ConsumerSlot): Check {
  return {
    name: 'npm installs all packages without TensorFlow and without a script, and the doctor says what is missing',
    async run() {
      const consumer = await installWithNpm(join(folder, 'native'), everything(folder), registry);
      slot.consumer = consumer;
      const names = installedPackages(consumer);
      const native = names.filter((name) => name.startsWith(tensorflowPackage));
      if (native.length > 0) throw new Error(`They bring along ${native.join(', ')}.`);
      // What npm would run is what could download or compile something; without any, --ignore-scripts changes nothing.
      const scripts = packagesWithScripts(consumer);
      if (scripts.length > 0)
        throw new Error(`There are scripts that run when this is installed: ${scripts.join(', ')}.`);
      consumer.write('run.js', program);
      for (const node of nodesToCheck()) await runCommand(node, ['run.js'], { cwd: consumer.folder });
      await expectRefusal(consumer, /code 1:.*node cannot run here.*npm install @tensorflow\/tfjs-node@4/s);
      return `${names.length} packages, none with a script of its installation`;
    },
  };
}

/** A network trains on the real TensorFlow where it is prepared, in all versions of Node that can be installed here. */
export function trainsOnTensorFlow(slot: ConsumerSlot): Check {
  return {
    name: 'a network trains on native TensorFlow in Node, and the doctor finds it',
    async run() {
      const prepared = preparedTensorFlow('cpu');
      if (prepared === undefined) return 'skipped: TensorFlow is not prepared; `pnpm native-tensorflow cpu` does that';
      const consumer = installed(slot);
      await installMore(consumer, [`${tensorflowPackage}@4.22.0`, '--ignore-scripts']);
      await expectRefusal(
        consumer,
        /code 1:.*installed without its native module.*npm rebuild @tensorflow\/tfjs-node/s,
      );
      completeTensorFlow(consumer, join(prepared, 'node_modules', tensorflowPackage));
      copyPrograms(consumer);
      const printed = await installRuntimes();
      const trials = runtimes
        .filter(({ name }) => /^node/.test(name))
        .map((runtime) => ({
          name: runtime.name,
          run: () => trainAndDiagnose(consumer, runtime, printed),
        }));
      return runTrials(trials);
    },
  };
}

function everything(folder: string): string[] {
  const scoped = publishedPackages()
    .map(({ manifest }) => manifest.name)
    .filter((name) => name.startsWith('@'));
  // A name without a scope comes as the file that was published.
  const umbrella = tarballs(folder).filter((file) => /^sonnetjs-\d/.test(basename(file)));
  return [...scoped, ...umbrella, '@tensorflow/tfjs-core@4.22.0'];
}

function packagesWithScripts({ folder }: Consumer): string[] {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly hasInstallScript?: boolean }>;
  };
  return Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : []));
}

/** The doctor must end with a code other than 0, and say this. */
async function expectRefusal({ folder }: Consumer, words: RegExp): Promise<void> {
  const doctor = ['--no-install', 'sonnetjs-backend-node', 'doctor'];
  const refusal = await runCommand('npx', doctor, { cwd: folder }).then(() => 'It ended with code 0.', String);
  if (!words.test(refusal)) throw new Error(refusal);
}

/** Puts into an installed package what its script would have downloaded and compiled. */
function completeTensorFlow({ folder }: Consumer, source: string): void {
  const target = join(folder, 'node_modules', tensorflowPackage);
  cpSync(join(source, 'lib'), join(target, 'lib'), { recursive: true });
  mkdirSync(join(target, 'deps'), { recursive: true });
  symlinkSync(join(source, 'deps/lib'), join(target, 'deps/lib'));
}

async function trainAndDiagnose(consumer: Consumer, runtime: Runtime, printed: readonly string[]): Promise<string> {
  const version = await versionOf(runtime);
  if (version === undefined) return `skipped, not installed: ${whyMissing(runtime, printed)}`;
  const [node, ...args] = runtime.command;
  const options = { cwd: consumer.folder };
  const line = onTensorFlow(reportIn(await runCommand(node, [...args, 'native.js'], options)));
  // It ends with code 0, or this throws.
  const doctor = await runCommand(node, ['node_modules/@sonnetjs/backend-node/dist/main.js', 'doctor'], options);
  const found = /^node works here\n.*\n.*(TensorFlow \S+), on the CPU$/m.exec(doctor)?.[1];
  if (found === undefined) throw new Error(`The doctor finds nothing:\n${doctor}`);
  return `${version}, ${found}, ${line}`;
}
