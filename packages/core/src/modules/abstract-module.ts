import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { customGetterRouter } from '../custom-getters/custom-getter-router.ts';
import { NotConnectedError, NotSupportedError, ValueError } from '../errors.ts';
import { currentState } from '../graph/default-graph.ts';
import type { Graph } from '../graph/graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { toSnakeCase } from '../naming.ts';
import { claimScope, enterScope } from '../variables/enter-scope.ts';
import type { CustomGetter } from '../variables/get-variable-args.ts';
import { getKnownVariable } from '../variables/known-variable.ts';
import { sortByName } from '../variables/sort-by-name.ts';
import type { VariableScope } from '../variables/variable-scope.ts';
import { type BuildParameters, buildParametersOf } from './build-parameters.ts';
import type { ConnectedSubGraph } from './connected-sub-graph.ts';
import type { ModuleInfo } from './module-info.ts';
import { attachState, isInitialized, ModuleState, moduleState } from './module-state.ts';

/** Options that every module takes. */
export interface ModuleOptions {
  /**
   * The name of the module: the scope of its variables. Made unique by `_1`, `_2`, … where it is taken. The default is
   * the class's own, in snake_case.
   */
  readonly name?: string | null;
  /**
   * Stands between the module and its variables: a custom getter, or an object of regular expressions, matched with the
   * beginning of the variable's name inside the module, and the getter for each.
   */
  readonly customGetter?: CustomGetter | Readonly<Record<string, CustomGetter>> | null;
}

/** Options of the methods that list variables. */
export interface VariableQuery {
  /** The collection that is searched. Default: `GraphKeys.TRAINABLE_VARIABLES`. */
  readonly collection?: string;
}

/** Any module, whatever it takes and gives. */
export type AnyModule = AbstractModule<never, unknown>;

// An instance is a function: the interface gives it its call signature.
export interface AbstractModule<Args extends readonly unknown[] = readonly unknown[], Output = unknown> {
  /**
   * Connects the module: computes outputs from inputs. The first connection makes the module's variables, every later
   * one uses the same ones. When it throws, nothing has changed.
   *
   * @throws DifferentGraphError in another graph than that of the first connection.
   * @throws ValueError when a later connection asks for a variable that the first one did not make.
   * @throws TypeError when `build` returns a promise.
   */
  (...args: Args): Output;
}

/**
 * The class of all modules: objects that are configured once, connected any number of times, and own their variables.
 *
 * A module is a class with a `build` method. Its instances are functions; calling one *connects* it. All variables that
 * `build` asks for with {@link getVariable}, and all modules that it makes, live in the module's variable scope and are
 * shared between connections. `build` must be synchronous and ask for the same variables every time.
 *
 * Sonnet: `snt.AbstractModule`.
 *
 * @example
 * ```ts
 * import { AbstractModule, getVariable, initializers, resetDefaultGraph } from '@sonnetjs/core';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * class Scale extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
 *   constructor(options: { name?: string } = {}) {
 *     super({ name: 'scale', ...options });
 *   }
 *
 *   protected build(inputs: tf.Tensor): tf.Tensor {
 *     const factor = getVariable('factor', { shape: [], initializer: initializers.constant(3) });
 *     return tf.mul(inputs, factor);
 *   }
 * }
 *
 * resetDefaultGraph();
 * const scale = new Scale();
 * const train = scale(tf.tensor1d([1, 2]));
 * const test = scale(tf.tensor1d([5]));
 * assert.deepEqual([...train.dataSync(), ...test.dataSync()], [3, 6, 15]);
 * assert.deepEqual(scale.variables.map((variable) => variable.name), ['scale/factor']);
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function, which is what the interface says.
export abstract class AbstractModule<Args extends readonly unknown[] = readonly unknown[], Output = unknown> {
  static {
    // What node's console.log and util.inspect print.
    Object.defineProperty(AbstractModule.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: object) {
        return String(this);
      },
    });
  }

  /** The default name of the class's modules. Set it in your own classes: minifiers rename classes. */
  static readonly moduleName?: string;

  /** The parameters of `build`, each with its default or `required`; see {@link BuildParameters}. */
  static readonly buildParameters?: BuildParameters;

  /**
   * @param options `name` and `customGetter`.
   * @throws TypeError when the name is not a string, a custom getter is not a function, or the class has no `build`.
   * @throws ValueError when the name has characters that no scope name may have, or the argument is not an object.
   */
  constructor(options: ModuleOptions = {}) {
    const type: ModuleClass = new.target;
    const name = checkedName(type, options);
    const getter = checkedGetter(type.name, options.customGetter ?? null, () => scope.name);
    if (!('build' in type.prototype)) {
      throw new TypeError(`${type.name} is abstract: it has no build method. Make a subclass that has one.`);
    }
    const scope: VariableScope = claimScope(currentState(), name, getter);
    const self = callable<Args, Output>(
      type.prototype,
      (...args) => state.invoke(...(args as unknown as never[])) as Output,
    );
    const state = new ModuleState(self as unknown as AnyModule, scope, buildParametersOf(type));
    state.invoke = (...args) => state.connect(args, () => self.build(...(args as unknown as Args)));
    attachState(state);
    // biome-ignore lint/correctness/noConstructorReturn: a module is a function with the class's prototype.
    return self;
  }

  /**
   * Computes outputs from inputs. Called at every connection, inside the module's variable scope; call the module itself
   * instead of this method.
   */
  protected abstract build(...args: Args): Output;

  /**
   * Runs a function inside this module's variable scope: how a constructor makes modules that belong to this one.
   *
   * @param fn A synchronous function; it gets the scope.
   * @param options `reuse: true`: variables must exist already.
   * @returns What `fn` returns.
   * @throws DifferentGraphError when the module belongs to another graph than the default one.
   * @throws TypeError when `fn` returns a promise.
   */
  enterVariableScope<T>(fn: (scope: VariableScope) => T, options: { readonly reuse?: boolean } = {}): T {
    const state = moduleState(this);
    const graph = state.claimGraph();
    const scope = options.reuse === true ? state.scope.sharing : state.scope;
    return state.capture(graph, () => enterScope(graph, scope, () => fn(scope)));
  }

  /**
   * A variable of this module by its name inside the module: what `getVariable` gives `build` at a later connection. With
   * a partitioner or a custom getter this is a new tensor at every call.
   *
   * @throws NotConnectedError before the first connection.
   * @throws ValueError when there is no such variable.
   */
  protected ownVariable(name: string): Tensor {
    const { graph, scope } = moduleState(this);
    if (graph === null || !this.isConnected) return notConnected(this);
    return getKnownVariable(graph, scope, name);
  }

  /**
   * Lets a transform, such as `compile`, wrap this module's call: from now on the transformed function runs.
   *
   * @param transform Gets the function that connects the module, and returns the one that is to be called instead.
   * @throws TypeError when the transform is not a function, or does not give one.
   */
  defun(transform: (connect: (...args: Args) => Output) => (...args: Args) => Output): void {
    moduleState(this).wrap(transform as unknown as Parameters<ModuleState['wrap']>[0]);
  }

  /** Whether {@link defun} was called. */
  get defunWrapped(): boolean {
    return moduleState(this).transformed;
  }

  /** The name of this module, the last part of its scope's name: `linear_1`. */
  get moduleName(): string {
    return moduleState(this).scope.leafName;
  }

  /** The full name of this module's variable scope: `mlp/linear_1`. */
  get scopeName(): string {
    return moduleState(this).scope.name;
  }

  /** Whether this module was connected at least once. */
  get isConnected(): boolean {
    return moduleState(this).connections.last !== null;
  }

  /** The graph to which this module belongs, or null before its first connection. */
  get graph(): Graph | null {
    return moduleState(this).graph?.graph ?? null;
  }

  /** The connections of this module: the first one and the latest `REMEMBERED_CONNECTIONS`. */
  get connectedSubgraphs(): ConnectedSubGraph[] {
    return moduleState(this).connections.all();
  }

  /** The name scopes of {@link connectedSubgraphs}. */
  get nameScopes(): string[] {
    return this.connectedSubgraphs.map((connection) => connection.nameScope);
  }

  /**
   * The latest connection of this module.
   *
   * @throws NotConnectedError before the first one.
   */
  get lastConnectedSubgraph(): ConnectedSubGraph {
    return moduleState(this).connections.last ?? notConnected(this);
  }

  /**
   * The variable scope of this module.
   *
   * @throws NotConnectedError before the first connection; {@link scopeName} works at any time.
   */
  get variableScope(): VariableScope {
    return this.isConnected ? moduleState(this).scope : notConnected(this);
  }

  /**
   * All variables that the connections of this module used, those of modules from elsewhere included; sorted by name.
   *
   * @throws NotConnectedError before the first connection.
   */
  get variables(): Variable[] {
    if (!this.isConnected) notConnected(this);
    return sortByName([...moduleState(this).captured].filter((variable) => !variable.isDisposed));
  }

  /** Those of {@link variables} that optimizers change. */
  get trainableVariables(): Variable[] {
    return this.variables.filter((variable) => variable.trainable);
  }

  /** Those of {@link variables} that optimizers leave alone. */
  get nonTrainableVariables(): Variable[] {
    return this.variables.filter((variable) => !variable.trainable);
  }

  /** What a listing of modules shows of this one. */
  get info(): ModuleInfo {
    const { moduleName, scopeName, connectedSubgraphs } = this;
    return { moduleName, scopeName, className: this.constructor.name, connectedSubgraphs };
  }

  /**
   * The variables inside this module's variable scope, in the order of their creation. Variables of modules that were
   * made elsewhere and used here are not among them; see {@link getAllVariables}.
   *
   * @throws NotConnectedError before the first connection.
   */
  getVariables(query: VariableQuery = {}): Variable[] {
    const { collection = GraphKeys.TRAINABLE_VARIABLES } = query;
    const graph = this.isConnected ? this.graph : null;
    if (graph === null) return notConnected(this);
    return graph.getCollection(collection, { scope: this.scopeName }) as Variable[];
  }

  /**
   * Those of {@link variables} that are in a collection, sorted by name.
   *
   * @throws NotConnectedError before the first connection.
   */
  getAllVariables(query: VariableQuery = {}): Variable[] {
    const { collection = GraphKeys.TRAINABLE_VARIABLES } = query;
    const graph = this.isConnected ? this.graph : null;
    if (graph === null) return notConnected(this);
    const members = new Set(graph.getCollection(collection));
    return this.variables.filter((variable) => members.has(variable));
  }

  /**
   * The keys that `initializers` (and `regularizers`, `partitioners`) of this class may have.
   *
   * @param _options What the keys depend on, such as `{ useBias: false }`.
   */
  static getPossibleInitializerKeys(_options: object = {}): string[] {
    return [];
  }

  /** Connects the module, as calling it does: what makes it fit wherever a function is expected. */
  call(_thisArg: unknown, ...args: Args): Output {
    return (this as (...args: Args) => Output)(...args);
  }

  /** Connects the module with an array of arguments. */
  apply(_thisArg: unknown, args: Args): Output {
    return (this as (...args: Args) => Output)(...args);
  }

  /** A function that connects the module with some arguments given already. */
  bind(_thisArg: unknown, ...bound: unknown[]): (...rest: unknown[]) => Output {
    return (...rest) => moduleState(this).invoke(...([...bound, ...rest] as never[])) as Output;
  }

  /**
   * Modules cannot be serialized, which this says when `JSON.stringify` comes upon one.
   *
   * @throws NotSupportedError always.
   */
  toJSON(): never {
    throw new NotSupportedError(
      `${String(this)}: modules cannot be serialized, since they hold variables of a graph. Write down the name of the ` +
        'class and the constructor arguments to make the module again, and the variables with a checkpoint.',
    );
  }

  /** The class and the full name, as in messages: `Linear "mlp/linear_0"`. */
  toString(): string {
    const className = this.constructor.name;
    return isInitialized(this) ? `${className} "${moduleState(this).scope.name}"` : `${className} (not initialized)`;
  }
}

function notConnected(module: object): never {
  throw new NotConnectedError(
    `${String(module)}: it is not connected yet, so its variables do not exist; call the module first.`,
  );
}

type ModuleClass = { readonly name: string; readonly moduleName?: string; readonly prototype: object };

function callable<Args extends readonly unknown[], Output>(
  prototype: object,
  fn: (...args: Args) => Output,
): AbstractModule<Args, Output> {
  Reflect.deleteProperty(fn, 'name');
  Reflect.deleteProperty(fn, 'length');
  return Object.setPrototypeOf(fn, prototype);
}

function checkedName(type: ModuleClass, options: ModuleOptions): string {
  if (typeof options !== 'object' || options === null) {
    throw new ValueError(
      `${type.name}: the base constructor takes an options object: super({ name: 'my_module' }); got ${String(options)}.`,
    );
  }
  const name: unknown = options.name ?? type.moduleName ?? nameOfClass(type.name);
  if (typeof name !== 'string') {
    throw new TypeError(`${type.name}: the name must be a string; got ${String(name)} (${typeof name}).`);
  }
  return name;
}

const warned = new Set<string>();

function nameOfClass(className: string): string {
  if (className.length <= 2 && !warned.has(className)) {
    warned.add(className);
    console.warn(
      `Sonnet: a module takes its name from its class, "${className}", which looks like the work of a minifier. ` +
        'Names of variables and checkpoints depend on it: pass { name } or set static moduleName.',
    );
  }
  return className === '' ? 'module' : toSnakeCase(className);
}

function checkedGetter(
  className: string,
  customGetter: NonNullable<ModuleOptions['customGetter']> | null,
  scopeName: () => string,
): CustomGetter | null {
  if (customGetter === null || typeof customGetter === 'function') return customGetter;
  if (typeof customGetter !== 'object' || Symbol.iterator in customGetter) {
    throw new TypeError(
      `${className}: customGetter must be a function, or an object of functions; got ${String(customGetter)}.`,
    );
  }
  return customGetterRouter(customGetter, (name) => name.slice(scopeName() === '' ? 0 : scopeName().length + 1));
}
