import * as tf from '@tensorflow/tfjs-core';
import { DifferentGraphError, NotInitializedError, ValueError } from '../errors.ts';
import { currentState } from '../graph/default-graph.ts';
import type { GraphState } from '../graph/graph-state.ts';
import { rejectPromise } from '../graph/synchronous.ts';
import { enterScope } from '../variables/enter-scope.ts';
import { variableName } from '../variables/variable-name.ts';
import type { VariableScope } from '../variables/variable-scope.ts';
import type { AnyModule } from './abstract-module.ts';
import type { BuildParameters } from './build-parameters.ts';
import { ConnectedSubGraph, ConnectionLog, type ConnectionParts } from './connected-sub-graph.ts';
import { notifyObservers } from './observe-connections.ts';

/** What a module remembers. It lies beside the module, which is a function. */
export class ModuleState {
  readonly module: AnyModule;
  readonly scope: VariableScope;
  declared: BuildParameters | null;
  readonly captured: Set<tf.Variable> = new Set();
  readonly connections: ConnectionLog = new ConnectionLog();
  graph: GraphState | null = null;
  #passedTo: Set<tf.Variable> | null = null;
  #passed = 0;
  #passedBeforeRollBack = 0;
  /** Whether `build` has run: from then on variables are shared, never made. */
  built = false;
  /** Whether a transform stands around the module's call. */
  transformed = false;
  /** What a call of the module runs. */
  invoke: (...args: never[]) => unknown = () => undefined;

  constructor(module: AnyModule, scope: VariableScope, declared: BuildParameters | null) {
    this.module = module;
    this.scope = scope;
    this.declared = declared;
  }

  /** Binds the module to the current graph, where it stays. */
  claimGraph(): GraphState {
    const current = currentState();
    if (this.graph === current) return current;
    if (this.graph !== null) throw this.#differentGraph(this.graph, current);
    this.graph = current;
    current.undoLog.recordAction(() => {
      this.graph = null;
    });
    return current;
  }

  #differentGraph(own: GraphState, current: GraphState): DifferentGraphError {
    const reason = own.disposed
      ? `its graph, ${own.graph.id}, was disposed with all variables; make the module anew.`
      : `it is connected in ${own.graph.id} and cannot be connected in ${current.graph.id} too; make a module of its own ` +
        'for each graph.';
    return new DifferentGraphError(`${String(this.module)}: ${reason}`);
  }

  /** Puts a transform around what a call of the module runs. */
  wrap(transform: (invoke: (...args: never[]) => unknown) => (...args: never[]) => unknown): void {
    if (typeof transform !== 'function') {
      throw new TypeError(`${String(this.module)}: defun takes a transform, a function; got ${String(transform)}.`);
    }
    const transformed = transform(this.invoke);
    if (typeof transformed !== 'function') {
      throw new TypeError(
        `${String(this.module)}: defun's transform must return a function; got ${String(transformed)}.`,
      );
    }
    this.invoke = transformed;
    this.transformed = true;
  }

  /** Connects the module: runs its `build` in its scope, in a transaction. */
  connect<Output>(args: readonly unknown[], build: () => Output): Output {
    const state = currentState();
    const mark = state.undoLog.begin();
    const outerCaptured = state.captured;
    try {
      if (this.graph !== state) this.claimGraph();
      state.captured = this.captured;
      const outputs = enterScope(state, this.built ? this.scope.sharing : this.scope, () =>
        runTidily(() => this.#build(state, args, build)),
      );
      if (!this.built) this.#markBuilt(state);
      if (outerCaptured !== null) this.#passOn(state, outerCaptured);
      state.undoLog.commit();
      return outputs;
    } catch (error) {
      state.undoLog.rollBack(mark);
      throw error;
    } finally {
      state.captured = outerCaptured;
    }
  }

  #build<Output>(state: GraphState, args: readonly unknown[], build: () => Output): Output {
    const numVariables = state.variables.length;
    const outputs = rejectPromise(build(), 'build');
    if (this.built && state.variables.length > numVariables) this.#refuseTrainable(state.variables.slice(numVariables));
    const { module, declared } = this;
    this.remember(state, { module, scope: state.nameScope, suffix: '', declared, args, outputs });
    return outputs;
  }

  /** Inside the module's scope a new variable was refused already; this is about those of modules made elsewhere. */
  #refuseTrainable(variables: readonly tf.Variable[]): void {
    const names = variables.filter(({ trainable }) => trainable).map((variable) => `"${variableName(variable)}"`);
    if (names.length === 0) return;
    throw new ValueError(
      `${String(this.module)}: this connection made trainable variables (${names.join(', ')}) that its first one did not ` +
        'make. Connect every module that it uses at its first connection, or before it.',
    );
  }

  /** Runs a function so that the variables it reads count as this module's, and as those of the module around it. */
  capture<T>(state: GraphState, fn: () => T): T {
    const outer = state.captured;
    state.captured = this.captured;
    try {
      return fn();
    } finally {
      state.captured = outer;
      if (outer !== null) this.#passOn(state, outer);
    }
  }

  /** Lists a connection and tells the observers. */
  remember(state: GraphState, parts: ConnectionParts): void {
    const connection = new ConnectedSubGraph(parts);
    this.connections.push(connection, state.undoLog);
    notifyObservers(connection);
  }

  /** Counts this module's variables among those of the module around it. Sets shrink only in roll-backs: it is soon done. */
  #passOn(state: GraphState, outer: Set<tf.Variable>): void {
    const { captured } = this;
    const { rollBacks } = state.undoLog;
    const isDone = this.#passedTo === outer && this.#passed === captured.size;
    if (isDone && this.#passedBeforeRollBack === rollBacks) return;
    for (const variable of captured) state.capture(variable, outer);
    this.#passedTo = outer;
    this.#passed = captured.size;
    this.#passedBeforeRollBack = rollBacks;
  }

  #markBuilt(state: GraphState): void {
    this.built = true;
    state.undoLog.recordAction(() => {
      this.built = false;
    });
  }
}

/** Runs a function so that only the tensors that it returns outlive it. */
export function runTidily<T>(fn: () => T): T {
  return tf.tidy(fn as () => tf.TensorContainer) as T;
}

const states = new WeakMap<object, ModuleState>();

/** Attaches a state to a new module. */
export function attachState(state: ModuleState): void {
  states.set(state.module, state);
}

/** Whether the constructor of AbstractModule has run for an object. */
export function isInitialized(module: object): boolean {
  return states.has(module);
}

/**
 * The state of a module.
 *
 * @throws NotInitializedError when the constructor of AbstractModule never ran for it.
 */
export function moduleState(module: object): ModuleState {
  const state = states.get(module);
  if (state === undefined) {
    throw new NotInitializedError(
      `${module.constructor.name}: the module is not initialized. ` +
        'Its constructor must call super({ name }) before anything else, and the module must be made with new.',
    );
  }
  return state;
}
