import { resetDefaultGraph } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { type MeasureOptions, measure, type Timing } from './measuring/measure.ts';
import { median } from './measuring/median.ts';
import { rawConvNet } from './models/conv-net.ts';
import { rawLstm } from './models/lstm-language-model.ts';
import { rawMlp } from './models/mlp.ts';
import { sonnetConvNet, sonnetLstm, sonnetMlp } from './models/sonnet-models.ts';
import { checkSameTraining, type RawModel, type TrainingModel } from './models/training-model.ts';
import { type Composition, registerStockFilterGradient } from './stock/filter-gradient.ts';
import { loadStock, type Tfjs } from './stock/stock-tfjs.ts';

/** A model that is trained in every column of the tables. */
export interface BenchModel {
  readonly name: string;
  readonly title: string;
  readonly raw: RawModel;
  readonly modules: () => TrainingModel;
  /** The bar: our time ÷ stock's is to be at most this. */
  readonly bar: number;
}

/** The models of the tables. */
export const benchModels: readonly BenchModel[] = [
  { name: 'mlp', title: 'MLP 784-256-256-10, batch 64', raw: rawMlp, modules: sonnetMlp, bar: 1 / 6 },
  {
    name: 'lstm',
    title: 'LSTM language model 2×128, batch 32, 32 steps, vocabulary 64',
    raw: rawLstm,
    modules: sonnetLstm,
    bar: 1 / 8,
  },
  {
    name: 'convnet',
    title: 'ConvNet 28×28, batch 32 (3×3×32, pool, 3×3×64, pool, dense)',
    raw: rawConvNet,
    modules: sonnetConvNet,
    bar: 1 / 5,
  },
];

/** The times of one model's training step: first stock, then ours. */
export interface StepResult {
  readonly name: string;
  readonly title: string;
  readonly bar: number;
  /** How the gradient by the filter was composed in the column of stock; that which was faster. */
  readonly composition?: Composition;
  /** The loss that all columns reached after the same number of steps. */
  readonly loss: number;
  readonly timings: readonly Timing[];
}

/** Times a training step of each model: on stock tfjs, on ours with the same raw ops, and on ours with modules. */
export async function steps(options: MeasureOptions): Promise<StepResult[]> {
  const stock = await loadStock('bundled');
  const composition = registerFasterFilterGradient(stock);
  return benchModels.map(({ name, title, raw, modules, bar }) => {
    resetDefaultGraph();
    const models = { 'stock tfjs': raw(stock), 'raw ops': raw(tf), modules: modules() };
    const loss = checkSameTraining(models);
    const variants = Object.fromEntries(Object.entries(models).map(([column, model]) => [column, model.step]));
    const timings = measure(variants, { ...options, warmUp: 3, calls: undefined, sampleMs: 20 });
    return { name, title, bar, loss, timings, ...(name === 'convnet' ? { composition } : {}) };
  });
}

/** Gives stock tfjs on wasm the gradient by the filter in the composition that makes the ConvNet's step faster. */
export function registerFasterFilterGradient(stock: Tfjs): Composition {
  const times = (['convolution', 'products'] as const).map((composition) => {
    registerStockFilterGradient(stock, composition);
    return { composition, time: timeOf(rawConvNet(stock)) };
  });
  const { composition } = times.reduce((best, other) => (other.time < best.time ? other : best));
  registerStockFilterGradient(stock, composition);
  return composition;
}

function timeOf({ step }: TrainingModel): number {
  const times = Array.from({ length: 6 }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });
  return median(times.slice(1));
}
