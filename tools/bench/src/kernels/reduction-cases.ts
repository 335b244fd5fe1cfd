import type * as tf from '@tensorflow/tfjs-core';
import type { Tfjs } from '../stock/stock-tfjs.ts';
import type { Inputs, KernelCase } from './kernel-case.ts';

type Reduce = (library: Tfjs, x: tf.Tensor, axis: number | undefined) => tf.Tensor;

const axes = [
  { variant: 'all', axis: undefined },
  { variant: 'last axis', axis: 1 },
  { variant: 'first axis', axis: 0 },
] as const;

function reductions(
  kernel: string,
  run: Reduce,
  flops = 1,
  which: readonly (typeof axes)[number][] = axes,
): KernelCase[] {
  return which.map(({ variant, axis }) => ({
    kernel,
    variant,
    limit: { reads: 1, writes: 0, flops },
    make: (inputs: Inputs) => {
      // Products of numbers near 1 stay finite.
      const x = inputs.matrix(kernel === 'Prod' ? { low: 0.999, high: 1.001 } : {});
      return () => run(inputs.tf, x, axis);
    },
  }));
}

function ofBooleans(kernel: string, run: Reduce): KernelCase[] {
  return axes.map(({ variant, axis }) => ({
    kernel,
    variant,
    limit: { reads: 1 / 4, writes: 0, flops: 1 },
    make: (inputs: Inputs) => {
      const x = inputs.booleans([inputs.side, inputs.side]);
      return () => run(inputs.tf, x, axis);
    },
  }));
}

function alongRows(kernel: string, run: (library: Tfjs, x: tf.Tensor2D) => tf.Tensor, variant?: string): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.matrix({ low: 0.9, high: 1.1 });
    return () => run(inputs.tf, x);
  };
  return variant === undefined ? { kernel, make } : { kernel, variant, make };
}

/** Kernels that make few numbers of many, and those that go along an axis. */
export const reductionCases: readonly KernelCase[] = [
  ...reductions('Sum', (t, x, axis) => t.sum(x, axis)),
  ...reductions('Mean', (t, x, axis) => t.mean(x, axis)),
  ...reductions('Max', (t, x, axis) => t.max(x, axis)),
  ...reductions('Min', (t, x, axis) => t.min(x, axis)),
  ...reductions('Prod', (t, x, axis) => t.prod(x, axis)),
  ...reductions('ArgMax', (t, x, axis) => t.argMax(x, axis), 3, axes.slice(1)),
  ...reductions('ArgMin', (t, x, axis) => t.argMin(x, axis), 3, axes.slice(1)),
  ...ofBooleans('All', (t, x, axis) => t.all(x, axis)),
  ...ofBooleans('Any', (t, x, axis) => t.any(x, axis)),
  alongRows('Softmax', (t, x) => t.softmax(x)),
  alongRows('Max', (t, x) => t.logSoftmax(x), 'and what else logSoftmax is composed of'),
  alongRows('Cumsum', (t, x) => t.cumsum(x, 1), 'last axis'),
  alongRows('Cumsum', (t, x) => t.cumsum(x, 0), 'first axis'),
  alongRows('Cumprod', (t, x) => t.cumprod(x, 1)),
];
