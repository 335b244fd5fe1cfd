import {
  type AnyModule,
  type ConnectedSubGraph,
  type CustomGetter,
  type customGetters,
  Graph,
  type Initializer,
  nameScope,
  observeConnections,
  type Regularizer,
  variableScope,
} from '@sonnetjs/core';
import type { Bindings } from './bindings.ts';
import type { Step } from './case-format.ts';

type Context = InstanceType<typeof customGetters.Context>;

/** Runs the inner steps; the place where a context does so. */
export type Inside = () => void;

/** Calls into the library, so that a failure to open the context is noted; see {@link runContext}. */
export type Guard = (open: (inside: Inside) => unknown) => unknown;

/**
 * Opens the context that a step describes, a scope, another graph or an observer, around the steps inside it.
 *
 * @param guard Runs the call that opens the context, with a function that runs the inner steps.
 * @returns For observed connections, what the observer got; else nothing of interest.
 */
export function runContext(step: Step, path: string, bindings: Bindings, guard: Guard): unknown {
  if (step.variable_scope !== undefined) return guard(inVariableScope(step, step.variable_scope, path, bindings));
  if (step.name_scope !== undefined) {
    const name = step.name_scope;
    return guard((inside) => nameScope(name, inside));
  }
  if (step.enter_variable_scope !== undefined) {
    const module = bindings.names.get(step.enter_variable_scope) as AnyModule;
    return guard((inside) => module.enterVariableScope(inside));
  }
  if (step.with_context !== undefined) {
    const context = bindings.names.get(step.with_context) as Context;
    return guard((inside) => context.enter(inside));
  }
  if (step.observe_connections !== undefined) return observed(guard);
  if (step.other_graph !== undefined) return inOtherGraph(guard);
  throw new Error(`${path}: the runner does not know this step: ${Object.keys(step).join(', ')}.`);
}

function inVariableScope(step: Step, name: string, path: string, bindings: Bindings): (inside: Inside) => unknown {
  const option = (key: 'custom_getter' | 'initializer' | 'regularizer'): unknown => {
    const value = step[key];
    return value === undefined ? undefined : bindings.decode(value, `${path}.${key}`);
  };
  const options = {
    reuse: step.reuse,
    customGetter: option('custom_getter') as CustomGetter | undefined,
    initializer: option('initializer') as Initializer | undefined,
    regularizer: option('regularizer') as Regularizer | undefined,
  };
  return (inside) => variableScope(name, options, inside);
}

function observed(guard: Guard): ConnectedSubGraph[] {
  const seen: ConnectedSubGraph[] = [];
  guard((inside) => observeConnections((connection) => seen.push(connection), inside));
  return seen;
}

function inOtherGraph(guard: Guard): void {
  const graph = new Graph();
  try {
    guard((inside) => graph.asDefault(inside));
  } finally {
    graph.dispose();
  }
}
