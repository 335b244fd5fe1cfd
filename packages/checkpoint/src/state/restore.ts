import { type Graph, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from '../checkpoint.ts';
import type { StoredTensor } from '../values/stored-tensor.ts';
import { type Allowance, Comparison } from './comparison.ts';
import { ExtraDecoder } from './extra.ts';
import type { ModelVariable } from './model-variables.ts';
import { compareOptimizer, type Optimizers } from './optimizer-state.ts';
import { RestorePlan } from './restore-plan.ts';

/** What is restored into. */
export interface RestoreTarget {
  readonly graph: Graph;
  readonly model: ReadonlyMap<string, ModelVariable>;
  readonly optimizers: Optimizers;
}

/** How it is restored. */
export interface RestoreSettings {
  readonly allowMissing: Allowance;
  readonly allowUnexpected: Allowance;
  readonly nameFn: (name: string) => string;
  readonly randomState: boolean;
}

/** What `restore` gives back. */
export interface Restored {
  /** The step that was given to `save`; null when none was, and for checkpoints that another program wrote. */
  readonly step: number | null;
  /**
   * What was given to `save` as `extra`; undefined when nothing was. Its tensors are new and belong to the caller, named
   * tuples have become plain objects.
   */
  readonly extra: unknown;
  /** The names of what the checkpoint does not have, as `allowMissing` allows. */
  readonly missing: readonly string[];
  /** The names of what only the checkpoint has, as `allowUnexpected` allows. */
  readonly unexpected: readonly string[];
}

/**
 * Restores a checkpoint that is in memory: all of it, or nothing when anything is wrong.
 *
 * @throws CheckpointError when the checkpoint does not fit, or is damaged.
 * @throws ValueError when a variable was disposed, or an optimizer keeps anything for variables outside of the model.
 */
export function restoreCheckpoint(checkpoint: Checkpoint, target: RestoreTarget, settings: RestoreSettings): Restored {
  const { state } = checkpoint;
  const comparison = new Comparison(checkpoint.tensors);
  const byStoredName = new Map<string, ModelVariable[]>();
  const found: [string, ModelVariable, StoredTensor][] = [];
  for (const variable of target.model.values()) {
    checkAlive(variable);
    const name = settings.nameFn(variable.name);
    byStoredName.set(name, [...(byStoredName.get(name) ?? []), variable]);
    const stored = comparison.expect(name, variable);
    if (stored !== null) found.push([name, variable, stored]);
  }
  const optimizers = [...target.optimizers].map(([label, optimizer]) =>
    compareOptimizer(label, optimizer, state?.optimizers.get(label), byStoredName, comparison),
  );
  const { missing, unexpected } = comparison.finish(settings.allowMissing, settings.allowUnexpected, (name) => {
    return state !== null && name.includes(':') && !target.optimizers.has(name.slice(0, name.indexOf(':')));
  });
  const plan = new RestorePlan();
  for (const [name, { dtype, parts }, stored] of found) {
    const uses = parts.map(({ variable, box }) => ({ box, use: (tensor: tf.Tensor) => variable.assign(tensor) }));
    plan.add(name, stored, dtype as tf.DataType, uses);
  }
  for (const prepare of optimizers) prepare?.(plan);
  if (state !== null && settings.randomState) {
    plan.finally(() => {
      target.graph.randomState = state.random;
    });
  }
  return { step: checkpoint.step, extra: applyWithExtra(plan, checkpoint), missing, unexpected };
}

function checkAlive({ name, parts }: ModelVariable): void {
  if (parts.some(({ variable }) => variable.isDisposed)) throw new ValueError(`restore: "${name}" was disposed.`);
}

function applyWithExtra(plan: RestorePlan, { state, tensors }: Checkpoint): unknown {
  const decoder = new ExtraDecoder(tensors);
  try {
    const extra = state?.extra === undefined ? undefined : decoder.decode(state.extra);
    plan.apply();
    return extra;
  } catch (error) {
    tf.dispose([...decoder.tensors.values()]);
    throw error;
  }
}
