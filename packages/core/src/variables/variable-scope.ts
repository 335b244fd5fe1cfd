import type { DataType } from '@tensorflow/tfjs-core';
import type { GraphState } from '../graph/graph-state.ts';
import type { ScopeNode } from '../graph/scope-node.ts';
import type { Initializer } from '../initializers/index.ts';
import type { Partitioner } from '../partitioners/index.ts';
import type { Regularizer } from '../regularizers/index.ts';
import type { CustomGetter } from './get-variable-args.ts';

/** How a scope treats variables that exist: true: they must, false: they must not, 'auto': either. */
export type Reuse = boolean | 'auto';

/** What variables inside a scope get when their own request says nothing. */
export interface ScopeDefaults {
  readonly reuse: Reuse;
  readonly initializer: Initializer | null;
  readonly regularizer: Regularizer | null;
  readonly partitioner: Partitioner | null;
  readonly customGetter: CustomGetter | null;
  readonly dtype: DataType;
}

/**
 * A prefix of variable names together with the defaults of the variables inside it.
 *
 * Made by {@link variableScope}; entering one again, `variableScope(scope, fn)`, goes back to its name and its defaults
 * from anywhere. Sonnet: `tf.VariableScope`.
 *
 * @example
 * ```ts
 * import { getVariable, globalVariables, initializers, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const scope = variableScope('net', { initializer: initializers.ones() }, (inside) => inside);
 * const w = variableScope('elsewhere', () => variableScope(scope, () => getVariable('w', { shape: [1] })));
 * assert.deepEqual([...w.dataSync()], [1]);
 * assert.deepEqual(globalVariables().map((variable) => variable.name), ['net/w']);
 * ```
 */
export class VariableScope implements ScopeDefaults {
  /** The full name, such as `mlp/linear_0`; empty for the outermost scope. */
  readonly name: string;
  /** The name scope that was opened together with this scope when it was made. */
  readonly originalNameScope: string;
  readonly reuse: Reuse;
  readonly initializer: Initializer | null;
  readonly regularizer: Regularizer | null;
  readonly partitioner: Partitioner | null;
  readonly customGetter: CustomGetter | null;
  readonly dtype: DataType;
  /** The last part of the name: the name scope that entering this scope opens. */
  readonly leafName: string;
  /** @internal */
  readonly node: ScopeNode;
  /** @internal */
  readonly owner: GraphState;
  #sharing: VariableScope | null = null;

  /** @internal */
  constructor(owner: GraphState, node: ScopeNode, originalNameScope: string, defaults: ScopeDefaults) {
    this.owner = owner;
    this.node = node;
    this.name = node.name;
    this.leafName = node.name.slice(node.name.lastIndexOf('/') + 1);
    this.originalNameScope = originalNameScope;
    this.reuse = defaults.reuse;
    this.initializer = defaults.initializer;
    this.regularizer = defaults.regularizer;
    this.partitioner = defaults.partitioner;
    this.customGetter = defaults.customGetter;
    this.dtype = defaults.dtype;
  }

  /** @internal The same scope with `reuse: true`, made once: every connection after the first enters it. */
  get sharing(): VariableScope {
    this.#sharing ??= new VariableScope(this.owner, this.node, this.originalNameScope, { ...this, reuse: true });
    return this.#sharing;
  }
}

/** Puts one custom getter around another, the inner one being asked first. */
export function wrapCustomGetter(outer: CustomGetter | null, inner: CustomGetter | null): CustomGetter | null {
  if (outer === null) return inner;
  if (inner === null) return outer;
  return (getter, name, args) => outer((innerName, innerArgs) => inner(getter, innerName, innerArgs), name, args);
}
