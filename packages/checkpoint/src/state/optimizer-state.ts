import { optimizerVariables, setOptimizerVariables, ValueError, variableName } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../values/stored-tensor.ts';
import type { Comparison } from './comparison.ts';
import type { ModelVariable, VariablePart } from './model-variables.ts';
import { OptimizerMembers, type OptimizerSlot } from './optimizer-layout.ts';
import type { RestorePlan } from './restore-plan.ts';
import type { Snapshot } from './snapshot.ts';
import type { OptimizerRecord } from './training-state.ts';

/** The optimizers of a saver, by the label with which the names of their tensors begin. */
export type Optimizers = ReadonlyMap<string, tf.Optimizer>;

/** The label of the tensors of an optimizer: the part of their names before the first colon. */
export function labelOf(key: string | null): string {
  return key === null ? 'optimizer' : `optimizer.${key}`;
}

function slotKey(label: string, variable: string, slot: string): string {
  return `${label}:${variable}:${slot}`;
}

function scalarKey(label: string, scalar: string): string {
  return `${label}:${scalar}`;
}

/**
 * Adds the state of an optimizer to a snapshot.
 *
 * @throws ValueError when the optimizer keeps anything for variables outside of the model, or was used otherwise than
 *   through core's `minimize`.
 */
export function captureOptimizer(
  label: string,
  optimizer: tf.Optimizer,
  model: ReadonlyMap<string, ModelVariable>,
  snapshot: Snapshot,
): OptimizerRecord {
  const members = new OptimizerMembers(optimizer);
  const order = optimizerVariables(optimizer);
  const positions = new Map(order.map((variable, i) => [variable, i]));
  const kept = [...model.values()].filter(({ parts }) => parts.some(({ variable }) => positions.has(variable)));
  checkCoverage(members, order, kept);
  for (const name of members.slotNames) {
    const slots = members.slots(name);
    for (const variable of kept) {
      const parts = variable.parts.map((part) => {
        const slot = slots[positions.get(part.variable) ?? -1] as OptimizerSlot;
        return { tensor: slot.variable, box: part.box };
      });
      snapshot.add(slotKey(label, variable.name, name), { dtype: 'float32', shape: variable.shape, parts });
    }
  }
  for (const name of members.scalarNames) {
    const tensor = members.scalar(name);
    snapshot.add(scalarKey(label, name), {
      dtype: 'float32',
      shape: [],
      parts: [{ tensor, box: { offset: [], shape: [] } }],
    });
  }
  return {
    className: members.className,
    iterations: members.iterations,
    variables: kept.map(({ name }) => name),
  };
}

function checkCoverage(members: OptimizerMembers, order: readonly tf.Variable[], kept: readonly ModelVariable[]): void {
  for (const name of members.slotNames) {
    if (members.slots(name).length === order.length) continue;
    throw new ValueError(
      `The optimizer ${members.className} was not used through minimize of @sonnetjs/core alone, so that it is not known ` +
        'which variables its running averages belong to.',
    );
  }
  checkNoneOutside(members, order, kept);
  const known = new Set(order);
  const incomplete = kept.find(({ parts }) => parts.some(({ variable }) => !known.has(variable)));
  if (incomplete !== undefined) {
    throw new ValueError(`The optimizer ${members.className} has changed some slices of "${incomplete.name}" only.`);
  }
}

/** What an optimizer keeps for other variables would be lost. */
function checkNoneOutside(
  members: OptimizerMembers,
  order: readonly tf.Variable[],
  model: Iterable<ModelVariable>,
): void {
  const covered = new Set([...model].flatMap(({ parts }) => parts.map(({ variable }) => variable)));
  // An optimizer remembers variables that were freed with their graph; nothing needs those any more.
  const outside = order.find((variable) => !covered.has(variable) && !variable.isDisposed);
  if (outside === undefined) return;
  throw new ValueError(
    `The optimizer ${members.className} has also changed "${variableName(outside)}", which is not among the variables of ` +
      "this saver: use a saver of a larger scope; getSaver('') has all variables.",
  );
}

/** What is to become the state of one variable: the stored slots in the order of their names. */
interface Row {
  readonly name: string;
  readonly parts: readonly VariablePart[];
  readonly slots: readonly StoredTensor[];
}

/**
 * Compares the state of an optimizer in a checkpoint with what the optimizer can take.
 *
 * @param record What the checkpoint says of it; undefined when it has none.
 * @param model The variables by the names that they have in the checkpoint.
 * @returns Plans the restoration; null when there is not all that it takes.
 * @throws ValueError when the optimizer keeps anything for variables outside of the model.
 */
export function compareOptimizer(
  label: string,
  optimizer: tf.Optimizer,
  record: OptimizerRecord | undefined,
  model: ReadonlyMap<string, readonly ModelVariable[]>,
  comparison: Comparison,
): ((plan: RestorePlan) => void) | null {
  const members = new OptimizerMembers(optimizer);
  checkNoneOutside(members, optimizerVariables(optimizer), [...model.values()].flat());
  if (record === undefined) {
    comparison.expectedInVain(label, { dtype: `the state of ${members.className}`, shape: [] });
    return null;
  }
  if (record.className !== members.className) {
    comparison.note(`${label} is ${members.className} here; in the checkpoint it is ${record.className}.`);
  }
  const rows: Row[] = [];
  for (const name of record.variables) {
    for (const { shape, parts } of model.get(name) ?? []) {
      const spec = { dtype: 'float32', shape };
      const slots = members.slotNames.map((slot) => comparison.expect(slotKey(label, name, slot), spec));
      rows.push({ name, parts, slots: slots.filter((slot) => slot !== null) });
    }
  }
  const scalars = members.scalarNames.map((name) =>
    comparison.expect(scalarKey(label, name), { dtype: 'float32', shape: [] }),
  );
  const isComplete = rows.every(({ slots }) => slots.length === members.slotNames.length) && !scalars.includes(null);
  if (!isComplete || record.className !== members.className) return null;
  return (plan) => {
    planSlots(plan, label, members, rows);
    members.scalarNames.forEach((name, i) => {
      const use = (tensor: tf.Tensor) => members.scalar(name).assign(tensor);
      plan.add(scalarKey(label, name), scalars[i] as StoredTensor, 'float32', [
        { box: { offset: [], shape: [] }, use },
      ]);
    });
    plan.finally(() => {
      setOptimizerVariables(
        optimizer,
        rows.flatMap(({ parts }) => parts.map(({ variable }) => variable)),
      );
      members.iterations = record.iterations;
    });
  };
}

function planSlots(plan: RestorePlan, label: string, members: OptimizerMembers, rows: readonly Row[]): void {
  members.slotNames.forEach((name, s) => {
    const slots: OptimizerSlot[] = [];
    for (const row of rows) {
      const parts = row.parts.map(({ variable, box }) => ({
        box,
        use: (tensor: tf.Tensor) => {
          slots.push({ originalName: `${variable.name}/${name}`, variable: tf.variable(tensor, false) });
        },
      }));
      plan.add(slotKey(label, row.name, name), row.slots[s] as StoredTensor, 'float32', parts);
    }
    plan.finally(() => members.replaceSlots(name, slots));
  });
}
