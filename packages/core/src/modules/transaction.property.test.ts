import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToCollection, getCollection, getDefaultGraph, resetDefaultGraph } from '../graph/default-graph.ts';
import { graphConstant } from '../graph/graph-constant.ts';
import { getNameScope, nameScope } from '../graph/name-scoping.ts';
import { nextRandomStream } from '../random/scope-stream.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { variableName } from '../variables/variable-name.ts';
import { AbstractModule } from './abstract-module.ts';
import { Module } from './module.ts';
import { reuseVariables } from './reuse-variables.ts';

/** One thing that a program does. Those with something inside are scopes and modules. */
type Step =
  | { readonly do: 'variable' | 'constant' | 'collect'; readonly name: string }
  | { readonly do: 'random' | 'fail' }
  | { readonly do: 'shared' | 'method'; readonly which: number }
  | { readonly do: 'module' | 'scope' | 'names' | 'catch'; readonly name: string; readonly inside: readonly Step[] };

class Shared extends AbstractModule<[], string> {
  static {
    reuseVariables(Shared, 'encode');
  }
  constructor() {
    super({ name: 'shared' });
  }
  protected override build(): string {
    getVariable('w', { shape: [1] });
    return getNameScope();
  }
  encode(): string {
    getVariable('encoder', { shape: [1] });
    return getNameScope();
  }
}

class Failure extends Error {}

/** Runs a program and notes everything that it sees. */
class Run {
  readonly seen: unknown[] = [];
  /** One of them in a scope that was left by name, where its own name is free until it is connected. */
  readonly shared: readonly Shared[] = [new Shared(), variableScope('a', () => new Shared())];

  all(steps: readonly Step[]): void {
    for (const step of steps) this.#one(step);
  }

  #one(step: Step): void {
    switch (step.do) {
      case 'variable':
        this.seen.push(variableName(getVariable(step.name, { shape: [1], reuse: 'auto' }) as tf.Variable));
        break;
      case 'constant':
        this.seen.push([...graphConstant(step.name, () => tf.tensor1d([this.seen.length])).dataSync()]);
        break;
      case 'collect':
        addToCollection(step.name, step.name);
        break;
      case 'random':
        this.seen.push([...nextRandomStream().bits(1)]);
        break;
      case 'fail':
        throw new Failure();
      case 'shared':
        this.seen.push(this.shared[step.which]?.());
        break;
      case 'method':
        this.seen.push(this.shared[step.which]?.encode());
        break;
      default:
        this.#inside(step.do, step.name, step.inside);
    }
  }

  #inside(kind: 'module' | 'scope' | 'names' | 'catch', name: string, inside: readonly Step[]): void {
    const run = (): void => {
      this.seen.push(getNameScope());
      this.all(inside);
    };
    if (kind === 'module') {
      const module = new Module(run, { name });
      this.seen.push(module.scopeName);
      module();
      this.seen.push(module.variables.map(variableName), module.nameScopes);
    } else if (kind === 'scope') variableScope(name, run);
    else if (kind === 'names') nameScope(name, run);
    else {
      try {
        new Module(run, { name })();
      } catch (error) {
        this.seen.push(error instanceof Failure);
      }
    }
  }
}

/** Everything that can be seen of the graph and of the shared modules. */
function visible(run: Run): unknown {
  const graph = getDefaultGraph();
  return {
    collections: graph.collectionNames
      .sort()
      .map((name) => [name, getCollection(name).map((entry) => (entry instanceof tf.Variable ? entry.name : entry))]),
    shared: run.shared.map((module) => [
      module.isConnected,
      module.graph === null,
      module.isConnected ? module.variables.map(variableName) : [],
      module.nameScopes,
    ]),
    engine: Object.keys(tf.engine().registeredVariables).sort(),
    numTensors: tf.memory().numTensors,
    numDataBuffers: tf.memory().numDataBuffers,
  };
}

const name = fc.constantFrom('a', 'b', 'a_1', 'shared');
const { steps, failingSteps } = fc.letrec<{ steps: Step[]; step: Step; failingSteps: Step[]; failingStep: Step }>(
  (tie) => {
    const simple = fc.oneof(
      fc.record({ do: fc.constantFrom('variable' as const, 'constant' as const, 'collect' as const), name }),
      fc.record({ do: fc.constant('random' as const) }),
      fc.record({ do: fc.constantFrom('shared' as const, 'method' as const), which: fc.constantFrom(0, 1) }),
    );
    const kinds = fc.constantFrom('module' as const, 'scope' as const, 'names' as const, 'catch' as const);
    return {
      steps: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constant<Step[]>([]),
        fc.array(tie('step'), { maxLength: 4 }),
      ),
      step: fc.oneof(simple, fc.record({ do: kinds, name, inside: tie('steps') })),
      failingSteps: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constant<Step[]>([]),
        fc.array(tie('failingStep'), { maxLength: 4 }),
      ),
      failingStep: fc.oneof(
        simple,
        fc.record({ do: fc.constant('fail' as const) }),
        fc.record({ do: kinds, name, inside: tie('failingSteps') }),
      ),
    };
  },
);

/** Connects a module with what is before, then another one that fails or not, and tries that again; gives what was seen. */
function outcome(before: readonly Step[], failed: readonly Step[] | null, after: readonly Step[]): unknown {
  resetDefaultGraph({ seed: 1 });
  const run = new Run();
  const first = new Module(() => run.all(before), { name: 'first' });
  const net = new Module(
    (steps: readonly Step[], fails: boolean) => {
      run.all(steps);
      if (fails) throw new Failure();
    },
    { name: 'net' },
  );
  first();
  if (failed !== null) {
    const state = visible(run);
    const { length } = run.seen;
    expect(() => net(failed, true)).toThrow(Error);
    expect([net.isConnected, net.graph, net.nameScopes]).toEqual([false, null, []]);
    expect(visible(run)).toEqual(state);
    run.seen.length = length;
  }
  net(after, false);
  const next = ['a', 'b', 'net'].map((scope) => variableScope(scope, () => [new Shared().scopeName, getNameScope()]));
  const seen = [...run.seen, net.variables.map(variableName), net.nameScopes, next, visible(run)];
  resetDefaultGraph();
  return seen;
}

it('a connection that fails changes nothing that a program could see, now or later', () => {
  fc.assert(
    fc.property(steps, failingSteps, steps, (before, failed, after) => {
      expect(outcome(before, failed, after)).toEqual(outcome(before, null, after));
    }),
    { seed: 4, numRuns: 700 },
  );
});
