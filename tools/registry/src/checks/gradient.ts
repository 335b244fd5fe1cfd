import { nest, resetDefaultGraph, valueAndGrads } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { connect, construct, makeInputs, tensorsOf } from '../construct.ts';
import type { ModuleEntry } from '../entry.ts';

/** A gradient and the finite difference that it is held against, along one direction. */
export interface DirectionalDerivative {
  readonly what: string;
  readonly gradient: number;
  readonly difference: number;
}

const STEP = 2e-3;

/**
 * The derivatives of a module's outputs by its float inputs and trainable variables, each along one fixed direction: from
 * its gradients, and from values at ±step (fourth order, so that float32 rounding is the larger error).
 */
export function directionalDerivatives(entry: ModuleEntry): DirectionalDerivative[] {
  resetDefaultGraph({ seed: 3 });
  const module = construct(entry.config);
  const args = makeInputs(entry.inputs, module);
  const given = new Set(tensorsOf(args));
  tf.dispose(tensorsOf(connect(module, args)).filter((output) => !given.has(output)));
  const inputs = tensorsOf(args)
    .filter((leaf) => leaf.dtype === 'float32')
    .map((leaf) => tf.variable(leaf, true));
  const withInputs = replaceTensors(args, inputs);
  const loss = (): tf.Tensor => tf.tidy(() => weightedSum(tensorsOf(connect(module, withInputs))));
  const variables = [...inputs, ...module.trainableVariables.filter(({ dtype }) => dtype === 'float32')];
  if (variables.length === 0) return [];
  const { grads } = valueAndGrads(loss, { variables });
  const byName = new Map(Object.entries(grads));
  return variables.map((variable) => {
    const direction = directionOf(variable.shape);
    const gradient = [...byName].find(([name]) => name === nameOf(variable))?.[1] ?? null;
    const along = gradient === null ? 0 : scalar(tf.sum(tf.mul(gradient, direction)));
    return { what: nameOf(variable), gradient: along, difference: differenceAlong(variable, direction, loss) };
  });
}

function differenceAlong(variable: tf.Variable, direction: tf.Tensor, loss: () => tf.Tensor): number {
  const origin = tf.clone(variable);
  const at = (step: number): number => {
    variable.assign(tf.tidy(() => tf.add(origin, tf.mul(direction, step))));
    return scalar(loss());
  };
  const near = at(STEP) - at(-STEP);
  const far = at(2 * STEP) - at(-2 * STEP);
  variable.assign(origin);
  return (8 * near - far) / (12 * STEP);
}

/** A sum with weights that differ, so that no output can hide behind another one. */
function weightedSum(outputs: readonly tf.Tensor[]): tf.Tensor {
  const sums = outputs
    .filter(({ dtype }) => dtype === 'float32')
    .map((output) => tf.sum(tf.mul(output, directionOf(output.shape))));
  return sums.reduce((sum, next) => tf.add(sum, next));
}

function directionOf(shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.cos(1.7 * i + 0.4)),
    shape,
  );
}

/** The arguments with their float tensors replaced, in the order in which they are flattened. */
function replaceTensors(args: readonly unknown[], replacements: readonly tf.Tensor[]): unknown[] {
  let next = 0;
  const replaced = nest
    .flatten<unknown>(args)
    .map((leaf) => (leaf instanceof tf.Tensor && leaf.dtype === 'float32' ? replacements[next++] : leaf));
  return nest.packSequenceAs(args, replaced) as unknown[];
}

function nameOf(variable: tf.Variable): string {
  return variable.name;
}

function scalar(value: tf.Tensor): number {
  const [number = Number.NaN] = value.dataSync();
  value.dispose();
  return number;
}
