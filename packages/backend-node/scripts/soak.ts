/**
 * Trains a small network on native TensorFlow for many steps and looks at the memory of the process:
 * `node --expose-gc --max-semi-space-size=1 soak.ts [STEPS]`. Ends with code 1 where it has grown by more than a twentieth
 * since step 1,000. It looks after a garbage collection, and with a young generation of fixed size: the engine's own lets
 * that grow in the first few thousand steps of any program, by 60 MB.
 */
import { AbstractModule, minimize, useBackend } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { node } from '../src/index.ts';

const warmUp = 1000;
const mostGrowth = 0.05;
const steps = Number(process.argv[2] ?? 50_000);

class Network extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName = 'network';

  protected build(inputs: tf.Tensor): tf.Tensor {
    return new Linear(1)(tf.relu(new Linear(32)(inputs)));
  }
}

function nativeTensors(): number {
  return (tf.backend() as tf.KernelBackend & { getNumOfTFTensors(): number }).getNumOfTFTensors();
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function soak(): Promise<boolean> {
  const network = new Network();
  const optimizer = tf.train.adam(0.001);
  const inputs = tf.randomNormal([64, 16], 0, 1, 'float32', 1);
  const targets = tf.sum(inputs, 1, true);
  const loss = (): tf.Scalar => tf.losses.meanSquaredError(targets, network(inputs)) as tf.Scalar;
  let before = Number.NaN;
  for (let step = 1; step <= steps; step++) {
    minimize(optimizer, loss);
    // Gives way, so that what is only freed between tasks is freed.
    if (step % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (step !== warmUp && step % 10_000 !== 0) continue;
    const rss = residentBytes();
    if (step === warmUp) before = rss;
    console.log(
      `step ${step}: ${(rss / 2 ** 20).toFixed(1)} MB resident, ${tf.memory().numTensors} tensors, ` +
        `${nativeTensors()} in TensorFlow`,
    );
  }
  const growth = residentBytes() / before - 1;
  console.log(`${steps} steps; resident memory since step ${warmUp}: ${(100 * growth).toFixed(1)} %`);
  return growth <= mostGrowth;
}

const from = preparedTensorFlow('cpu');
if (from === undefined) {
  console.log('Nothing was measured: `pnpm native-tensorflow` makes TensorFlow ready.');
} else {
  await useBackend(node({ from }));
  if (!(await soak())) process.exitCode = 1;
}
