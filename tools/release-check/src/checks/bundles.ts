import { gzipSync } from 'node:zlib';
import { bundle } from '../bundle.ts';
import type { Check } from '../check.ts';
import { runCommand } from '../run-command.ts';
import { type ConsumerSlot, installed } from './installation.ts';

/** The most bytes that an import may cost: minified and gzipped, with all of ours that it needs, without tfjs. */
const ceilings: readonly (readonly [code: string, bytes: number])[] = [
  ["export { Linear } from '@sonnetjs/layers';", 15_000],
  ["export * from '@sonnetjs/layers';", 36_000],
  ["export * from '@sonnetjs/core';", 40_000],
  ["export { AbstractModule } from '@sonnetjs/core';", 14_000],
  ["export { nest } from '@sonnetjs/core';", 4_000],
  ["export { registerGradients } from '@sonnetjs/gradients';", 16_000],
  // All gradients, and the code that writes the generated kernels.
  ["export { wasm } from '@sonnetjs/backend-wasm';", 72_000],
  ["export { Linear } from 'sonnetjs';", 15_000],
];

/** No import costs more bytes than its ceiling. */
export function staysSmall(slot: ConsumerSlot, umbrella: ConsumerSlot): Check {
  return {
    name: 'no entry exceeds its ceiling (minified, gzipped, without tfjs)',
    async run() {
      const lines: string[] = [];
      let exceeded = false;
      for (const [index, [code, ceiling]] of ceilings.entries()) {
        const { folder } = installed(code.includes("'sonnetjs'") ? umbrella : slot);
        const size = gzipSync(await bundle(folder, `size-${index}`, code), { level: 9 }).length;
        if (size > ceiling) exceeded = true;
        lines.push(`${size > ceiling ? 'over' : 'ok  '} ${String(size).padStart(6)} of ${ceiling} bytes  ${code}`);
      }
      if (exceeded) throw new Error(lines.join('\n'));
      return lines.join('\n');
    },
  };
}

/** Prints the names of the variables of one module of each class, all with their default names. */
const naming = `
import * as core from '@sonnetjs/core';
import * as layers from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');
const inputs = tf.ones([2, 3, 4]);
const { Linear, Sequential, BatchFlatten, TrainableVariable } = layers;
const { Module, variableName, trainableVariables } = core;
const flat = new BatchFlatten()(inputs);
const sequential = new Sequential([new Linear(5), tf.tanh, new Linear(2)]);
sequential(flat);
new TrainableVariable([3])();
new Module((x) => new Linear(2)(x), { name: 'wrapped' })(flat);
const names = trainableVariables().map(variableName);
let error = null;
try {
  sequential(tf.ones([2, 7]));
} catch (caught) {
  error = { name: caught.name, saysWhere: caught.message.includes('"linear"') };
}
console.log(JSON.stringify({ names, scope: sequential.scopeName, error }));
`;

/** A minifier renames classes, but neither variables, scopes nor errors, whose names are in checkpoints and logs. */
export function keepsNames(slot: ConsumerSlot): Check {
  return {
    name: 'a minified bundle gives variables and errors the same names',
    async run() {
      const { folder } = installed(slot);
      await bundle(folder, 'names-plain', naming, { minify: false });
      await bundle(folder, 'names-minified', naming);
      const run = (name: string) => runCommand(process.execPath, [`${name}.js`], { cwd: folder });
      const [plain, minified] = [lastLine(await run('names-plain')), lastLine(await run('names-minified'))];
      if (plain !== minified) throw new Error(`Unminified: ${plain}\nMinified:   ${minified}`);
      if (!plain.includes('linear/w')) throw new Error(`No variable has its usual name: ${plain}`);
      return plain;
    },
  };
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
