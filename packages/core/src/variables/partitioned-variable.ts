import * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import type { GraphState } from '../graph/graph-state.ts';
import type { PartitionedRecord, ScopeNode } from '../graph/scope-node.ts';
import { partitionSlices } from '../partitioners/partition-shapes.ts';
import { checkNotDisposed, checkShape, createVariable } from './create-variable.ts';
import type { GetVariableArgs } from './get-variable-args.ts';

/** Gets or makes a variable that is stored in slices `name/part_0`, `name/part_1`, …; gives the slices as one tensor. */
export function getPartitionedVariable(
  state: GraphState,
  node: ScopeNode,
  leaf: string,
  name: string,
  args: GetVariableArgs,
): tf.Tensor {
  const existing = node.variables.get(leaf);
  if (existing?.kind === 'single') {
    throw new ValueError(
      `Variable "${name}" exists as a whole, but a partitioner was given. Perhaps it was made without one.`,
    );
  }
  const record = existing ?? makePartitioned(state, node, leaf, name, args);
  if (existing !== undefined) checkShared(existing, args);
  for (const slice of record.slices) state.capture(slice);
  return record.read();
}

function makePartitioned(
  state: GraphState,
  node: ScopeNode,
  leaf: string,
  name: string,
  args: GetVariableArgs,
): PartitionedRecord {
  if (args.reuse === true) {
    throw new ValueError(`Variable "${name}" does not exist, and this scope may only share variables.`);
  }
  if (args.shape == null) throw new ValueError(`Variable "${name}" is new, so its shape must be given.`);
  const dtype = args.dtype ?? 'float32';
  const shape = [...args.shape];
  checkShape(name, shape);
  const partitions = shardsOf(name, shape, dtype, args);
  const { axis, slices: parts } = partitionSlices(shape, partitions, name);
  const sliceNode = node.at(leaf);
  const slices = state.transaction(() =>
    parts.map((part, i) => {
      if (sliceNode.variables.has(`part_${i}`)) throw new ValueError(`Variable "${name}/part_${i}" already exists.`);
      const variable = createVariable(state, {
        name: `${name}/part_${i}`,
        shape: part.shape,
        dtype,
        initializer: args.initializer ?? null,
        regularizer: args.regularizer ?? null,
        trainable: args.trainable ?? true,
        collections: args.collections ?? [GraphKeys.GLOBAL_VARIABLES],
        slice: { whole: name, fullShape: shape, offset: part.offset },
      });
      sliceNode.variables.set(`part_${i}`, { kind: 'single', name: `${name}/part_${i}`, variable });
      state.undoLog.recordAction(() => sliceNode.variables.delete(`part_${i}`));
      return variable;
    }),
  );
  const record: PartitionedRecord = {
    kind: 'partitioned',
    name,
    shape,
    axis,
    partitions,
    slices,
    read: () => (slices.length === 1 ? tf.clone(slices[0] as tf.Variable) : tf.concat([...slices], axis)),
  };
  node.variables.set(leaf, record);
  state.undoLog.recordAction(() => node.variables.delete(leaf));
  return record;
}

function shardsOf(name: string, shape: number[], dtype: tf.DataType, args: GetVariableArgs): readonly number[] {
  if (args.partitioner == null) throw new ValueError(`Variable "${name}" is stored in slices: give its partitioner.`);
  return args.partitioner(shape, dtype);
}

function checkShared(record: PartitionedRecord, args: GetVariableArgs): void {
  const { name, shape, slices } = record;
  for (const slice of slices) checkNotDisposed(slice, name);
  if (args.reuse === false) {
    throw new ValueError(
      `Variable "${name}" already exists in ${slices.length} slices, and this scope may not share variables. ` +
        'Use another name, or set reuse to true or "auto" in variableScope.',
    );
  }
  if (args.shape != null && !tf.util.arraysEqual([...args.shape], [...shape])) {
    throw new ValueError(
      `Variable "${name}" cannot be shared: it has the shape [${shape.join(', ')}], ` +
        `but [${args.shape.join(', ')}] was asked for.`,
    );
  }
  const dtype = slices[0]?.dtype ?? 'float32';
  if (args.dtype != null && args.dtype !== dtype) {
    throw new ValueError(`Variable "${name}" cannot be shared: it is ${dtype}, but ${args.dtype} was asked for.`);
  }
  if (args.partitioner != null && args.shape != null) {
    const asked = args.partitioner([...shape], dtype);
    if (!tf.util.arraysEqual([...asked], [...record.partitions])) {
      throw new ValueError(
        `Variable "${name}" cannot be shared: it is stored in [${record.partitions.join(', ')}] slices by axis, ` +
          `but the partitioner asks for [${asked.join(', ')}].`,
      );
    }
  }
}
