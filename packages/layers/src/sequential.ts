import {
  AbstractModule,
  type AnyModule,
  type BuildParameters,
  deprecationWarning,
  type ModuleOptions,
  type VariableQuery,
} from '@sonnetjs/core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** What a {@link Sequential} is made of: modules and functions. */
export type Layer = AnyModule | ((...args: never[]) => unknown);

type First<Layers extends readonly Layer[]> = Layers extends readonly [infer L, ...unknown[]] ? L : Layers[number];
type Last<Layers extends readonly Layer[]> = Layers extends readonly [...unknown[], infer L] ? L : Layers[number];

/** The arguments of a sequence: those of its first layer. */
export type SequentialInputs<Layers extends readonly Layer[]> = Layers extends readonly []
  ? unknown[]
  : First<Layers> extends (...args: infer Args) => unknown
    ? Args
    : Tensor[];

/** The result of a sequence: that of its last layer. */
export type SequentialOutput<Layers extends readonly Layer[]> = Layers extends readonly []
  ? unknown
  : Last<Layers> extends (...args: never[]) => infer Output
    ? Output
    : Tensor;

/**
 * Applies layers one after the other: each gets what the one before it gave. An array is handed on as several arguments.
 *
 * The layers are made outside, so their variables belong to them and not to this module's scope: `variables` and
 * `getAllVariables` list them, `getVariables` does not. For a feed-forward stack only: layers with a state, such as
 * recurrent cores, go into a DeepRNN.
 *
 * Sonnet: `snt.Sequential`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear, Sequential } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const mlp = new Sequential([new Linear(16), tf.relu, new Linear(2)]);
 * assert.deepEqual(mlp(tf.ones([4, 8])).shape, [4, 2]);
 * ```
 */
export class Sequential<const Layers extends readonly Layer[]> extends AbstractModule<
  SequentialInputs<Layers>,
  SequentialOutput<Layers>
> {
  static override readonly moduleName: string = 'sequential';
  static override readonly buildParameters?: BuildParameters;

  readonly #layers: Layers;

  /**
   * @param layers Modules and functions, in the order in which they are applied.
   * @param options `name`.
   * @throws TypeError when `layers` is not iterable, or an item in it is not callable.
   */
  constructor(layers: Layers, options: Pick<ModuleOptions, 'name'> = {}) {
    const items = checkLayers(layers);
    super({ name: options.name ?? Sequential.moduleName });
    this.#layers = items as unknown as Layers;
  }

  /**
   * @param args The arguments of the first layer.
   * @returns What the last layer gives; without layers the argument itself, or an array of several.
   */
  protected override build(...args: SequentialInputs<Layers>): SequentialOutput<Layers> {
    let values: unknown = args.length === 1 && this.#layers.length === 0 ? args[0] : args;
    for (const layer of this.#layers) {
      const call = layer as (...values: unknown[]) => unknown;
      values = Array.isArray(values) ? call(...values) : call(values);
    }
    return values as SequentialOutput<Layers>;
  }

  /** The layers. */
  get layers(): Layers {
    return this.#layers;
  }

  /**
   * Always empty, since the layers' variables lie outside this module's scope; it warns of that. Use `getAllVariables`.
   *
   * @throws NotConnectedError before the first connection.
   */
  override getVariables(query: VariableQuery = {}): Variable[] {
    deprecationWarning(
      `${String(this)}: getVariables lists only variables inside the module's own scope, and the layers of a ` +
        'Sequential lie outside. Use variables, trainableVariables or getAllVariables.',
    );
    return super.getVariables(query);
  }
}

function checkLayers(layers: Iterable<unknown>): unknown[] {
  if (layers === null || layers === undefined || typeof layers[Symbol.iterator] !== 'function') {
    throw new TypeError(`Sequential: layers must be an array of modules and functions; got ${String(layers)}.`);
  }
  const items = [...layers];
  const wrong = items.map((item, i) => ({ item, i })).filter(({ item }) => typeof item !== 'function');
  if (wrong.length > 0) {
    const list = wrong.map(({ item, i }) => `item ${i} is ${String(item)} (${typeof item})`).join(', ');
    throw new TypeError(`Sequential: every layer must be callable, but ${list}.`);
  }
  return items;
}
