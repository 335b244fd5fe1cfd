import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cpu } from '@sonnetjs/backend-cpu';
import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { overhead } from './overhead.ts';
import { render } from './render.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    rounds: { type: 'string', default: '31' },
    calls: { type: 'string', default: '4000' },
    out: { type: 'string' },
  },
});

await useBackend(values.backend === 'cpu' ? cpu() : wasm());
const comparisons = overhead({ rounds: Number(values.rounds), calls: Number(values.calls) });
console.log(`What a module costs on ${tf.getBackend()}, node ${process.version}:\n`);
console.log(render(comparisons));
if (values.out !== undefined) {
  mkdirSync(values.out, { recursive: true });
  const result = { node: process.version, backend: tf.getBackend(), comparisons };
  writeFileSync(`${values.out}/overhead.json`, `${JSON.stringify(result, null, 2)}\n`);
}
