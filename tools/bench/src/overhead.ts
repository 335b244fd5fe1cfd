import { Module, resetDefaultGraph } from '@sonnetjs/core';
import { Linear, Sequential } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { type MeasureOptions, measure, type Timing } from './measuring/measure.ts';

/** One comparison: raw ops against modules that run the same ops. */
export interface Comparison {
  readonly title: string;
  /** How many modules a call of the last variant connects. */
  readonly modules: number;
  readonly timings: readonly Timing[];
}

/** How the overhead is measured: with a fixed number of calls, so that differences of a nanosecond are seen. */
export type OverheadOptions = MeasureOptions & { readonly calls: number };

/**
 * What a module costs from its second call on: the same tfjs ops by hand, in a `tf.tidy` as anyone has to write them to
 * free the intermediate results, and as modules.
 */
export function overhead(options: OverheadOptions): Comparison[] {
  return [identity(options), smallLinear(options), nested(options), largeLinear(options)];
}

function identity(options: OverheadOptions): Comparison {
  resetDefaultGraph();
  const x = filled([1]);
  const module = new Module((inputs: tf.Tensor) => inputs, { name: 'identity' });
  const timings = measure({ 'tf.tidy': () => void tf.tidy(() => x), module: () => void module(x) }, options);
  return { title: 'a module that does nothing', modules: 1, timings };
}

function smallLinear(options: OverheadOptions): Comparison {
  resetDefaultGraph();
  const x = filled([1, 2]);
  const linear = new Linear(2);
  return { title: 'Linear 1×2 → 2', modules: 1, timings: compareLinear(linear, x, options) };
}

function largeLinear(options: OverheadOptions): Comparison {
  resetDefaultGraph();
  const x = filled([32, 784]);
  const linear = new Linear(256);
  const fewer = { ...options, calls: Math.max(1, Math.round(options.calls / 20)) };
  return { title: 'Linear 32×784 → 256', modules: 1, timings: compareLinear(linear, x, fewer) };
}

function compareLinear(linear: Linear, x: tf.Tensor, options: OverheadOptions): Timing[] {
  linear(x).dispose();
  const { w, b } = linear;
  return measure(
    {
      'raw ops': () => tf.tidy(() => tf.add(tf.matMul(x, w), b)).dispose(),
      module: () => linear(x).dispose(),
    },
    options,
  );
}

function nested(options: OverheadOptions): Comparison {
  resetDefaultGraph();
  const x = filled([1, 4]);
  const layers = [new Linear(4), new Linear(4), new Linear(4)] as const;
  const stack = new Sequential([layers[0], tf.relu, layers[1], tf.relu, layers[2]]);
  stack(x).dispose();
  const [first, second, third] = layers.map(({ w, b }) => ({ w, b }));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three layers are needed');
  const dense = (inputs: tf.Tensor, { w, b }: typeof first): tf.Tensor => tf.add(tf.matMul(inputs, w), b);
  const raw = (): tf.Tensor => dense(tf.relu(dense(tf.relu(dense(x, first)), second)), third);
  const timings = measure({ 'raw ops': () => tf.tidy(raw).dispose(), modules: () => stack(x).dispose() }, options);
  return { title: 'Sequential of three Linear and relu, 1×4', modules: 4, timings };
}

/** A tensor of numbers that are not zero: untouched pages would make the first op on them look fast. */
function filled(shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((i * 7919) % 997) / 997 - 0.5);
  return tf.tensor(values, shape);
}
