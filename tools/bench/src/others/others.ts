import * as tf from '@tensorflow/tfjs-core';
import * as onnx from 'onnxruntime-web';
import { type MeasureOptions, measureAsync, type Timing } from '../measuring/measure.ts';
import type { TrainingModel } from '../models/training-model.ts';
import { benchModels } from '../steps.ts';
import { type JaxModel, jaxConvNet, jaxLstm, jaxMlp, startJaxJs } from './jax-js.ts';
import { onnxModel } from './onnx-format.ts';
import { type OnnxCase, onnxConvNet, onnxLstm, onnxMlp } from './onnx-models.ts';

/** Other libraries beside ours: first ours, then the other. */
export interface OthersResult {
  readonly name: string;
  readonly title: string;
  /** A training step: ours of raw ops, and jax-js's, compiled. */
  readonly step: readonly Timing[];
  /** The outputs alone: ours of raw ops, and onnxruntime-web's. */
  readonly forward: readonly Timing[];
}

const others: Readonly<Record<string, { readonly jax: () => JaxModel; readonly onnx: () => OnnxCase }>> = {
  mlp: { jax: jaxMlp, onnx: onnxMlp },
  lstm: { jax: jaxLstm, onnx: onnxLstm },
  convnet: { jax: jaxConvNet, onnx: onnxConvNet },
};

/** Times each model in jax-js (its step) and in onnxruntime-web (its outputs), beside ours, all on one thread. */
export async function compareOthers(options: MeasureOptions): Promise<OthersResult[]> {
  await startJaxJs();
  onnx.env.wasm.numThreads = 1;
  // First all of jax-js: onnxruntime-web makes a global `Worker`, which jax-js takes for a browser's threads.
  const steps: Timing[][] = [];
  for (const { name, raw } of benchModels) steps.push(await timeStep(raw(tf), otherOf(name).jax(), options));
  const results: OthersResult[] = [];
  for (const [i, { name, title, raw }] of benchModels.entries()) {
    const forward = await timeForward(raw(tf), otherOf(name).onnx(), options);
    results.push({ name, title, step: steps[i] ?? [], forward });
  }
  return results;
}

function otherOf(name: string): { readonly jax: () => JaxModel; readonly onnx: () => OnnxCase } {
  const other = others[name];
  if (other === undefined) throw new Error(`There is no other ${name}.`);
  return other;
}

async function timeForward(
  ours: TrainingModel,
  { graph, inputs }: OnnxCase,
  options: MeasureOptions,
): Promise<Timing[]> {
  const session = await onnx.InferenceSession.create(onnxModel(graph), { executionProviders: ['wasm'] });
  const [name, shape] = graph.input;
  const feeds = { [name]: new onnx.Tensor('float32', inputs, [...shape]) };
  const results = await session.run(feeds);
  checkClose('onnxruntime-web', results[graph.output[0]]?.data as Float32Array, ours.outputs());
  const variants = {
    ours: ours.forward,
    'onnxruntime-web': async () => {
      for (const result of Object.values(await session.run(feeds))) result.dispose();
    },
  };
  const timings = await measureAsync(variants, { sampleMs: 20, ...options, warmUp: 3 });
  await session.release();
  return timings;
}

async function timeStep(ours: TrainingModel, jax: JaxModel, options: MeasureOptions): Promise<Timing[]> {
  const steps = 3;
  for (let i = 0; i < steps; i++) {
    const before = ours.loss();
    ours.step();
    await jax.step();
    checkClose('jax-js', [await jax.loss()], [before]);
  }
  return measureAsync({ ours: ours.step, 'jax-js': jax.step }, { sampleMs: 20, ...options, warmUp: 2 });
}

function checkClose(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const largest = Math.max(...Array.from(expected, Math.abs));
  const far = Array.from(actual).some((value, i) => !(Math.abs(value - (expected[i] ?? Number.NaN)) <= 1e-3 * largest));
  if (far || actual.length !== expected.length) throw new Error(`${what} computes something else than ours.`);
}
