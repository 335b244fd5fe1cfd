import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphState } from '../graph/graph-state.ts';
import type { PartitionedRecord, VariableRecord } from '../graph/scope-node.ts';
import { enterScopeOnly } from './enter-scope.ts';
import { type GetVariableOptions, getVariable } from './get-variable.ts';
import type { VariableScope } from './variable-scope.ts';

/**
 * Gets a variable that a scope has, whatever its shape and dtype, through the scope's custom getters.
 *
 * @throws ValueError when there is none of that name.
 */
export function getKnownVariable(state: GraphState, scope: VariableScope, name: string): Tensor {
  const request = requestFor(state.nodeOf(scope).variables.get(name));
  return state.graph.asDefault(() => enterScopeOnly(state, scope.sharing, () => getVariable(name, request)));
}

function requestFor(record: VariableRecord | PartitionedRecord | undefined): GetVariableOptions {
  if (record === undefined) return {};
  if (record.kind === 'partitioned') return { dtype: record.slices[0]?.dtype };
  return { shape: record.variable.shape, dtype: record.variable.dtype };
}
