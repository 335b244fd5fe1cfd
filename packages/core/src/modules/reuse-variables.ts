import { currentState } from '../graph/default-graph.ts';
import type { GraphState } from '../graph/graph-state.ts';
import { rejectPromise } from '../graph/synchronous.ts';
import { toSnakeCase } from '../naming.ts';
import { enterScopeOnly, variableScope } from '../variables/enter-scope.ts';
import { VariableScope } from '../variables/variable-scope.ts';
import { AbstractModule } from './abstract-module.ts';
import { buildParametersOf } from './build-parameters.ts';
import { moduleState, runTidily } from './module-state.ts';

/** What may have shared methods: a module, or any object with a variable scope of its own. */
export type HasVariableScope =
  | { enterVariableScope<T>(fn: (scope: VariableScope) => T): T }
  | { readonly variableScope: VariableScope };

type Method<This, Args extends unknown[], Result> = (this: This, ...args: Args) => Result;

type SharedMethod = Method<HasVariableScope, unknown[], unknown>;

/**
 * Lets a method (or getter) share its variables between calls: the first call makes them, in the variable scope of the
 * object, and later calls get the same ones. Methods do not share with each other: every variable belongs to one method.
 *
 * Three forms: the decorator `@reuseVariables`; in a static block, for several methods, `reuseVariables(this, 'encode',
 * 'decode')`; and around a function, `reuseVariables(function encode(…) { … })`.
 *
 * A call is listed among the module's connections, under the name of the method. When it throws, nothing has changed.
 *
 * @throws TypeError when what is given is not a method, or the object of a call has no variable scope.
 *
 * Sonnet: `snt.reuse_variables`.
 *
 * @example
 * ```ts
 * import { AbstractModule, getVariable, initializers, resetDefaultGraph, reuseVariables } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * class Gain extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
 *   static {
 *     reuseVariables(this, 'factor');
 *   }
 *
 *   constructor() {
 *     super({ name: 'gain' });
 *   }
 *
 *   factor(): tf.Tensor {
 *     return getVariable('factor', { shape: [], initializer: initializers.constant(2) });
 *   }
 *
 *   protected build(x: tf.Tensor): tf.Tensor {
 *     return tf.mul(x, this.factor());
 *   }
 * }
 *
 * resetDefaultGraph();
 * const gain = new Gain();
 * assert.equal(gain.factor(), gain.factor());
 * assert.deepEqual([...gain(tf.tensor1d([1, 2])).dataSync()], [2, 4]);
 * ```
 */
export function reuseVariables(
  type: abstract new (...args: never) => object,
  method: string,
  ...methods: string[]
): void;
export function reuseVariables<This extends HasVariableScope, Args extends unknown[], Result>(
  method: Method<This, Args, Result>,
  context?: ClassMethodDecoratorContext | ClassGetterDecoratorContext,
): Method<This, Args, Result>;
export function reuseVariables(target: unknown, ...rest: unknown[]): unknown {
  const [first] = rest;
  if (typeof first === 'string') {
    if (typeof target !== 'function') throw oldDecorator(first);
    for (const name of rest) shareMethodOf(target, String(name));
    return undefined;
  }
  const isMethod = first === undefined || isDecoratorContext(first);
  if (typeof target !== 'function' || !isMethod) {
    throw new TypeError(`reuseVariables: expected a method or a getter; got ${typeof target}.`);
  }
  const name = isDecoratorContext(first) ? String(first.name) : target.name;
  if (name === '') throw new TypeError('reuseVariables: the method needs a name, as its name scope.');
  return shared(target as SharedMethod, name);
}

function oldDecorator(method: string): TypeError {
  return new TypeError(
    `reuseVariables: "${method}" is not decorated by the standard. Compile without experimentalDecorators, or write ` +
      `static { reuseVariables(this, '${method}') }.`,
  );
}

// biome-ignore lint/complexity/noBannedTypes: a class, of which only the prototype matters.
function shareMethodOf(type: Function, name: string): void {
  const property = Object.getOwnPropertyDescriptor(type.prototype, name);
  if (typeof property?.value === 'function') property.value = shared(property.value as SharedMethod, name);
  else if (property?.get !== undefined) property.get = shared(property.get as SharedMethod, name) as () => unknown;
  else throw new TypeError(`reuseVariables: ${type.name} itself has no method "${name}".`);
  Object.defineProperty(type.prototype, name, property);
}

function isDecoratorContext(value: unknown): value is ClassMethodDecoratorContext {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'method' || value.kind === 'getter';
}

function shared<This extends HasVariableScope, Args extends unknown[], Result>(
  method: Method<This, Args, Result>,
  methodName: string,
): Method<This, Args, Result> {
  const name = toSnakeCase(methodName.replace(/^#/, ''));
  const usedScopes = new WeakMap<GraphState, Set<string>>();
  const declared = buildParametersOf(method);
  return function (this: This, ...args: Args): Result {
    const state = currentState();
    let used = usedScopes.get(state);
    if (used === undefined) {
      used = new Set();
      usedScopes.set(state, used);
    }
    const scopesOfMethod = used;
    return state.transaction(() => {
      const scope = scopeOf(this, methodName);
      const { name: scopeName } = scope;
      return enterScopeOnly(state, scopesOfMethod.has(scopeName) ? scope.sharing : scope, () => {
        const outerNames = state.nameScope;
        state.nameScope = outerNames.unique(scopeName === '' ? name : `${scopeName}/${name}`, state.undoLog);
        const run = (): Result => {
          const outputs = rejectPromise(method.apply(this, args), methodName);
          if (this instanceof AbstractModule) {
            const owner = moduleState(this);
            owner.remember(state, {
              module: owner.module,
              scope: state.nameScope,
              suffix: '/',
              declared,
              args,
              outputs,
            });
          }
          return outputs;
        };
        try {
          const outputs = capture(this, state, () => runTidily(run));
          if (!scopesOfMethod.has(scopeName)) {
            scopesOfMethod.add(scopeName);
            state.undoLog.recordAction(() => scopesOfMethod.delete(scopeName));
          }
          return outputs;
        } finally {
          state.nameScope = outerNames;
        }
      });
    });
  };
}

function capture<T>(owner: HasVariableScope, state: GraphState, fn: () => T): T {
  return owner instanceof AbstractModule ? moduleState(owner).capture(state, fn) : fn();
}

function scopeOf(owner: unknown, method: string): VariableScope {
  if ((typeof owner === 'object' && owner !== null) || typeof owner === 'function') {
    if ('enterVariableScope' in owner && typeof owner.enterVariableScope === 'function') {
      return owner.enterVariableScope((scope: VariableScope) => scope) as VariableScope;
    }
    if ('variableScope' in owner && owner.variableScope instanceof VariableScope) {
      return variableScope(owner.variableScope, (scope) => scope);
    }
  }
  throw new TypeError(
    `reuseVariables: "${method}" was called on something without a variable scope. It must be called as a method of an ` +
      'object that has an enterVariableScope method, as modules do, or a variableScope property.',
  );
}
