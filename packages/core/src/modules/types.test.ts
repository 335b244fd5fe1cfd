import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expectTypeOf, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { nameScope } from '../graph/name-scoping.ts';
import { ones } from '../initializers/index.ts';
import { minimize } from '../training/minimize.ts';
import { type ValueAndGrads, valueAndGrads } from '../training/value-and-grads.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { AbstractModule, type AnyModule } from './abstract-module.ts';
import { Module } from './module.ts';
import { observeConnections } from './observe-connections.ts';
import { type HasVariableScope, reuseVariables } from './reuse-variables.ts';

interface State {
  readonly hidden: tf.Tensor;
}

class Core extends AbstractModule<
  [inputs: tf.Tensor, state: State, options?: { training?: boolean }],
  [tf.Tensor, State]
> {
  static override readonly moduleName: string = 'core';

  protected override build(inputs: tf.Tensor, state: State): [tf.Tensor, State] {
    return [inputs, state];
  }

  readonly named = reuseVariables(function named(this: Core, count: number, ...rest: string[]): string {
    return this.moduleName + count + rest.length;
  });
}

const scalar = (): tf.Tensor => getVariable('w', { shape: [], initializer: ones(), reuse: 'auto' });

beforeEach(() => {
  resetDefaultGraph();
});

describe('the types of modules', () => {
  it('are those of build: a call takes and gives the same', () => {
    const core = new Core();
    expectTypeOf(core).parameters.toEqualTypeOf<[inputs: tf.Tensor, state: State, options?: { training?: boolean }]>();
    expectTypeOf(core).returns.toEqualTypeOf<[tf.Tensor, State]>();
    expectTypeOf(core).toBeCallableWith(tf.scalar(1), { hidden: tf.scalar(1) });
    expectTypeOf(core.call).parameter(1).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(core.apply).parameter(1).toEqualTypeOf<Parameters<typeof core>>();
    expectTypeOf(core.bind(null, tf.scalar(1))).returns.toEqualTypeOf<[tf.Tensor, State]>();
    // @ts-expect-error a state is needed
    expectTypeOf(() => core(tf.scalar(1))).toBeFunction();
    // @ts-expect-error build is not for callers
    expectTypeOf(core.build).toBeFunction();
  });

  it('fit where any module, or a function, is expected', () => {
    expectTypeOf<Core>().toExtend<AnyModule>();
    expectTypeOf<Core>().toExtend<(inputs: tf.Tensor, state: State) => [tf.Tensor, State]>();
    expectTypeOf<Core>().not.toExtend<(inputs: tf.Tensor) => tf.Tensor>();
  });

  it('need no annotations where a module is made of a function', () => {
    const module = new Module((x: tf.Tensor2D, scale?: number) => ({ x, scale }), { name: 'net' });
    expectTypeOf(module).parameters.toEqualTypeOf<[x: tf.Tensor2D, scale?: number]>();
    expectTypeOf(module).returns.toEqualTypeOf<{ x: tf.Tensor2D; scale: number | undefined }>();
    // @ts-expect-error a custom getter is a function or an object of functions
    expectTypeOf(() => new Module(scalar, { customGetter: 'w' })).toBeFunction();
  });

  it('are kept by transforms', () => {
    const core = new Core();
    expectTypeOf(core.defun).parameter(0).parameter(0).toExtend<(...args: Parameters<Core>) => ReturnType<Core>>();
  });
});

describe('the types of reuseVariables', () => {
  it('are those of the method', () => {
    expectTypeOf<Core['named']>().parameters.toEqualTypeOf<[count: number, ...rest: string[]]>();
    expectTypeOf<Core['named']>().returns.toEqualTypeOf<string>();
    expectTypeOf<Core['named']>().thisParameter.toEqualTypeOf<Core>();
  });

  it('ask for an object with a variable scope', () => {
    expectTypeOf<Core>().toExtend<HasVariableScope>();
    // @ts-expect-error Date has no variable scope
    expectTypeOf(() => reuseVariables(function now(this: Date) {})).toBeFunction();
    // @ts-expect-error the names of methods are strings
    expectTypeOf(() => reuseVariables(Core, 3)).toBeFunction();
  });
});

describe('the types of training', () => {
  it('give a loss where it is asked for', () => {
    const optimizer = tf.train.sgd(0.1);
    expectTypeOf(minimize(optimizer, scalar, { returnCost: true })).toEqualTypeOf<tf.Scalar>();
    expectTypeOf(minimize(optimizer, scalar)).toEqualTypeOf<tf.Scalar | null>();
    expectTypeOf(valueAndGrads(scalar)).toEqualTypeOf<ValueAndGrads>();
    expectTypeOf<ValueAndGrads['grads']>().toEqualTypeOf<Record<string, tf.Tensor | null>>();
    const variables = () => [tf.variable(tf.scalar(1))];
    expectTypeOf(valueAndGrads).toBeCallableWith(scalar, { variables });
    // @ts-expect-error a loss is a tensor
    expectTypeOf(() => minimize(optimizer, () => 3)).toBeFunction();
  });
});

describe('functions that run another one', () => {
  it('give its result, with its type', () => {
    const result = (): [number, string] => [1, 'a'];
    expectTypeOf(variableScope('a', result)).toEqualTypeOf<[number, string]>();
    expectTypeOf(variableScope('b', { reuse: 'auto' }, ({ name }) => name)).toEqualTypeOf<string>();
    expectTypeOf(nameScope('a', result)).toEqualTypeOf<[number, string]>();
    expectTypeOf(new Graph().asDefault(result)).toEqualTypeOf<[number, string]>();
    expectTypeOf(observeConnections(() => {}, result)).toEqualTypeOf<[number, string]>();
    expectTypeOf(new Core().enterVariableScope(({ name }) => name)).toEqualTypeOf<string>();
  });
});
