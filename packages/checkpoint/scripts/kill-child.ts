/**
 * Saves one step after the other until it is killed: `node kill-child.ts NAME`. It goes on where the latest checkpoint is,
 * and says so once, when the first save begins.
 */
import { cpu } from '@sonnetjs/backend-cpu';
import { getVariable, initializers, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { getSaver, latestCheckpoint } from '../src/index.ts';

/** Large enough for several writes. */
const SIZE = 100_000;

await useBackend(cpu());
const name = process.argv[2] as string;
const initializer = initializers.zeros();
const variables = ['a', 'b', 'c'].map((v) => getVariable(v, { shape: [SIZE], initializer }) as tf.Variable);
const saver = getSaver('', { maxToKeep: 3 });
const latest = await latestCheckpoint(name);
let step = latest === null ? 0 : ((await saver.restore(latest)).step ?? 0);
process.stdout.write(`${step}\n`);
for (;;) {
  step++;
  for (const variable of variables) tf.tidy(() => variable.assign(tf.fill([SIZE], step)));
  await saver.save(name, { step });
}
