import { node } from '@sonnetjs/backend-node';
import { wasm } from '@sonnetjs/backend-wasm';
import { Graph, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type MeasureOptions, measureAsync, type Timing } from '../measuring/measure.ts';
import { checkSameLosses, type TrainingModel } from '../models/training-model.ts';
import { type BenchModel, benchModels, registerFasterFilterGradient } from '../steps.ts';
import { loadStock, type Tfjs } from '../stock/stock-tfjs.ts';
import { loadStockTfjsNode } from '../stock/stock-tfjs-node.ts';

/** Where and with what TensorFlow ran. */
export interface NativeFacts {
  /** The package of TensorFlow.js. */
  readonly packageName: string;
  readonly tensorflow: string;
  /** How many threads TensorFlow may use; all else here runs on one. */
  readonly threads: number;
  /** The name of the GPU, where one was used. */
  readonly gpu?: string;
}

/** The times of one model's training step: first on TensorFlow with our adapter, of raw ops. */
export interface NativeTimings {
  readonly name: string;
  readonly title: string;
  /** The loss that all columns reached after the same number of steps. */
  readonly loss: number;
  readonly timings: readonly Timing[];
}

/** What `pnpm bench native` keeps. */
export interface NativeResult {
  readonly facts: NativeFacts;
  readonly models: readonly NativeTimings[];
}

/** Which TensorFlow is measured. */
export interface NativeOptions extends MeasureOptions {
  /** The folder from which tfjs-node is imported, with a slash at the end. */
  readonly from: string;
  /** The name of the GPU to compute on. Default: on the CPU. */
  readonly gpu?: string;
  /** Default: all of the tables. */
  readonly models?: readonly BenchModel[];
}

/** One column: a model that runs while its backend is set. */
interface Column extends TrainingModel {
  /** The backend of our tfjs that it runs on; stock has its own. */
  readonly backendName: 'tensorflow' | 'wasm' | undefined;
}

/**
 * Times a training step of each model on native TensorFlow, on our wasm backend and on both of stock tfjs, in turns.
 *
 * @throws BackendNotAvailableError when TensorFlow cannot run here.
 */
export async function compareNative({
  from,
  gpu,
  models = benchModels,
  ...options
}: NativeOptions): Promise<NativeResult> {
  const packageName = gpu === undefined ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-node-gpu';
  const { backend } = await useBackend(node({ from, gpu: gpu !== undefined }));
  const { binding } = tf.backend() as tf.KernelBackend & { readonly binding: { readonly TF_Version: string } };
  const stocks = { native: await loadStockTfjsNode(from, packageName), wasm: await loadStock('bundled') };
  registerFasterFilterGradient(stocks.wasm);
  await useBackend(wasm());
  const results: NativeTimings[] = [];
  for (const model of models) results.push(await compareModel(model, stocks, gpu !== undefined, options));
  const threads = backend.capabilities.threads;
  return { facts: { packageName, tensorflow: binding.TF_Version, threads, ...(gpu && { gpu }) }, models: results };
}

type Stocks = Readonly<Record<'native' | 'wasm', Tfjs>>;

async function compareModel(
  { name, title, raw, modules }: BenchModel,
  stocks: Stocks,
  onGpu: boolean,
  options: MeasureOptions,
): Promise<NativeTimings> {
  const settles = (library: Tfjs, model: TrainingModel): TrainingModel => (onGpu ? settling(library, model) : model);
  const columns: Record<string, Column> = {
    'node, raw ops': await column('tensorflow', () => settles(tf, raw(tf))),
    'node, modules': await column('tensorflow', () => settles(tf, modules())),
    'stock tfjs-node': await column(undefined, () => settles(stocks.native, raw(stocks.native))),
    'wasm, raw ops': await column('wasm', () => raw(tf)),
    'wasm, modules': await column('wasm', modules),
    'stock tfjs on wasm': await column(undefined, () => raw(stocks.wasm)),
  };
  const loss = await trainAlike(columns);
  const steps = Object.fromEntries(Object.entries(columns).map(([key, { step }]) => [key, step]));
  const before = (key: string): Promise<void> => enter(columns[key] as Column);
  const timings = await measureAsync(steps, { sampleMs: 20, ...options, warmUp: 3, before });
  return { name, title, loss, timings };
}

/** A model made on a backend, in a graph of its own: a graph keeps constants, which belong to a backend. */
async function column(backendName: Column['backendName'], make: () => TrainingModel): Promise<Column> {
  if (backendName !== undefined) await tf.setBackend(backendName);
  const graph = new Graph();
  const model = graph.asDefault(make);
  return { ...model, step: () => graph.asDefault(model.step), loss: () => graph.asDefault(model.loss), backendName };
}

async function enter({ backendName }: Column): Promise<void> {
  if (backendName !== undefined && backendName !== tf.getBackend()) await tf.setBackend(backendName);
}

/** A GPU computes after a call has returned: a step is over when a number that was asked for after it is there. */
function settling(library: Tfjs, model: TrainingModel): TrainingModel {
  const one = library.scalar(1);
  return {
    ...model,
    step: () => {
      model.step();
      library.tidy(() => void library.add(one, one).dataSync());
    },
  };
}

/** @returns The loss that all columns reach. */
async function trainAlike(columns: Readonly<Record<string, Column>>): Promise<number> {
  const steps = 5;
  const losses: Record<string, readonly [number, number]> = {};
  for (const [key, model] of Object.entries(columns)) {
    await enter(model);
    const start = model.loss();
    for (let i = 0; i < steps; i++) model.step();
    losses[key] = [start, model.loss()];
  }
  return checkSameLosses(losses, steps);
}
