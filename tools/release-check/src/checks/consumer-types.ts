import type { Check } from '../check.ts';
import type { Consumer } from '../consumer.ts';
import { binaryOf, runCommand } from '../run-command.ts';
import { type ConsumerSlot, installed } from './installation.ts';

/** The compilers of consumers, installed under these names. */
const compilers = ['typescript-5.6', 'typescript-5.9', 'typescript-6.0', 'typescript-7.0'];

const program = `
import { AbstractModule, minimize, useBackend, type Backend } from '@sonnetjs/core';
import { Linear, Sequential, type LinearOptions } from '@sonnetjs/layers';
import { wasm, type WasmOptions } from '@sonnetjs/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const backendOptions: WasmOptions = {};
const backend: Backend = wasm(backendOptions);
await useBackend(backend);

const options: LinearOptions = { name: 'output', useBias: true };
const output = new Linear(1, options);

class Network extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  protected build(inputs: tf.Tensor): tf.Tensor {
    return output(new Sequential([new Linear(3), tf.tanh])(inputs));
  }
}

const network = new Network({ name: 'network' });
const result: tf.Tensor = network(tf.zeros([2, 4]));
const names: readonly string[] = network.trainableVariables.map((variable) => variable.name);
minimize(tf.train.sgd(0.1), () => tf.mean(network(tf.zeros([2, 4]))) as tf.Scalar);

// @ts-expect-error: the size of the output is required
new Linear();
// @ts-expect-error: there is no such option
new Linear(1, { outputSize: 2 });
// @ts-expect-error: a module is called with tensors
output('inputs');

export { names, result };
`;

function configuration(skipLibCheck: boolean): string {
  return JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: [],
      skipLibCheck,
    },
    files: ['program.ts'],
  });
}

const umbrellaProgram = `
import * as tf from '@tensorflow/tfjs-core';
import * as snt from 'sonnetjs';

await snt.useBackend([snt.wasm(), snt.cpu()]);
const output: tf.Tensor = new snt.Linear(2)(tf.ones([3, 4]));
export { output };
`;

/** A consumer's program compiles on old and new compilers, and our declarations have no error of their own. */
export function typeChecks(slot: ConsumerSlot, umbrella: ConsumerSlot): Check {
  return {
    name: 'consumers type-check on TypeScript 5.6, 5.9, 6 and 7',
    async run() {
      await compileEverywhere(installed(slot), program);
      await compileEverywhere(installed(umbrella), umbrellaProgram);
      return undefined;
    },
  };
}

async function compileEverywhere({ folder, write }: Consumer, text: string): Promise<void> {
  write('program.ts', text);
  write('tsconfig.json', configuration(true));
  write('tsconfig.declarations.json', configuration(false));
  for (const compiler of compilers) {
    const tsc = [binaryOf(compiler, 'tsc'), '--pretty', 'false', '-p'];
    await runCommand(process.execPath, [...tsc, 'tsconfig.json'], { cwd: folder });
    // The declarations of tfjs-core have errors: only those in our own files count here.
    const output = await runCommand(process.execPath, [...tsc, 'tsconfig.declarations.json'], { cwd: folder }).catch(
      String,
    );
    const ours = output.split('\n').filter((line) => /^(node_modules\/(@sonnetjs|sonnetjs)\/|program\.ts)/.test(line));
    if (ours.length > 0) throw new Error(`${compiler}, declarations:\n${ours.join('\n')}`);
  }
}
