import type * as tf from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { VariableScope } from '../variables/variable-scope.ts';
import type { Graph } from './graph.ts';
import { NameScope } from './name-scope.ts';
import { OpenedNames, ScopeNode } from './scope-node.ts';
import { UndoLog } from './undo-log.ts';

/**
 * Everything that a {@link Graph} remembers, for the parts of this package that work on it.
 *
 * It is apart from the public class so that the hot paths reach plain fields and users see only what is theirs.
 */
export class GraphState {
  readonly graph: Graph;
  seed: number;
  readonly undoLog: UndoLog = new UndoLog();
  readonly openedNames: OpenedNames = new OpenedNames();
  readonly rootNode: ScopeNode = new ScopeNode('');
  readonly collections: Map<string, unknown[]> = new Map();
  /** All variables in the order of their creation, slices one by one. */
  readonly variables: tf.Variable[] = [];
  readonly constants: Map<string, tf.Tensor> = new Map();
  /** How many random streams each scope has drawn inside calls. */
  readonly randomCounters: Map<string, number> = new Map();
  /** Called with each new variable. */
  readonly creationListeners: ((variable: tf.Variable) => void)[] = [];

  scope: VariableScope;
  nameScope: NameScope = NameScope.root();
  /** Receives the variables that are read: those of the innermost module that is being connected. */
  captured: Set<tf.Variable> | null = null;
  /** How many `asDefault` calls are running in this graph. */
  users = 0;
  disposed = false;

  constructor(graph: Graph, seed: number) {
    this.graph = graph;
    this.seed = seed;
    this.scope = new VariableScope(this, this.rootNode, '', {
      reuse: false,
      initializer: null,
      regularizer: null,
      partitioner: null,
      customGetter: null,
      dtype: 'float32',
    });
  }

  /** Runs a function in a transaction: when it throws, everything that it changed in this graph is taken back. */
  transaction<T>(fn: () => T): T {
    const mark = this.undoLog.begin();
    let result: T;
    try {
      result = fn();
    } catch (error) {
      this.undoLog.rollBack(mark);
      throw error;
    }
    this.undoLog.commit();
    return result;
  }

  /** Notes that a variable is used by a module: by the innermost one that is being connected, unless told otherwise. */
  capture(variable: tf.Variable, captured: Set<tf.Variable> | null = this.captured): void {
    if (captured === null || captured.has(variable)) return;
    captured.add(variable);
    this.undoLog.recordAction(() => captured.delete(variable));
  }

  addToCollection(name: string, value: unknown): void {
    this.checkUsable();
    let entries = this.collections.get(name);
    if (entries === undefined) {
      entries = [];
      this.collections.set(name, entries);
    }
    entries.push(value);
    const added = entries;
    this.undoLog.recordAction(() => {
      added.splice(added.lastIndexOf(value), 1);
      if (added.length === 0) this.collections.delete(name);
    });
  }

  /** Puts the random numbers where another run left them. */
  setRandomState(seed: number, counters: ReadonlyMap<string, number>): void {
    this.checkUsable();
    const before = { seed: this.seed, counters: new Map(this.randomCounters) };
    const put = (seed: number, counters: ReadonlyMap<string, number>): void => {
      this.seed = seed;
      this.randomCounters.clear();
      for (const [scope, count] of counters) this.randomCounters.set(scope, count);
    };
    put(seed, counters);
    this.undoLog.recordAction(() => put(before.seed, before.counters));
  }

  /** The node of a scope in this graph's own tree: scopes may come from other graphs. */
  nodeOf(scope: VariableScope): ScopeNode {
    return scope.owner === this ? scope.node : this.rootNode.at(scope.name);
  }

  /** @throws ValueError when this graph was disposed. */
  checkUsable(): void {
    if (this.disposed) throw new ValueError(`Graph ${this.graph.id} was disposed; make a new one.`);
  }

  dispose(): void {
    if (this.users > 0 || this.undoLog.active || this.scope.node !== this.rootNode) {
      throw new ValueError(
        `Graph ${this.graph.id} is in use; dispose it outside of asDefault, of variableScope and of any connection.`,
      );
    }
    this.disposed = true;
    for (const variable of this.variables) if (!variable.isDisposed) variable.dispose();
    for (const constant of this.constants.values()) if (!constant.isDisposed) constant.dispose();
    this.variables.length = 0;
    this.constants.clear();
    this.collections.clear();
    this.randomCounters.clear();
  }
}
