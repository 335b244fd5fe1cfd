import {
  AbstractModule,
  type BuildParameters,
  getVariable,
  graphConstant,
  type ModuleOptions,
  nest,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { asNamedTuples } from '../state-size.ts';

/** Options of {@link TrainableInitialState}. */
export interface TrainableInitialStateModuleOptions extends Pick<ModuleOptions, 'name'> {
  /** Which tensors of the state are learned: booleans in its structure. Default: all. */
  readonly mask?: nest.Nested<boolean> | null;
}

/** What a state's tensor was when the module was made. */
interface Leaf {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly data: tf.TypedArray;
}

/**
 * Makes a state learned: gives a state of the same structure, shapes and, in the beginning, values, made of trainable
 * variables. All rows of the given state must be the same.
 *
 * The given state is read back when the module is made, and not needed afterwards.
 *
 * Variables: `initial_state_0`, `initial_state_1`, … of shape [1, ...size], one for each tensor that is learned.
 *
 * Sonnet: `snt.TrainableInitialState`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { dynamicRnn, GRU, TrainableInitialState } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const gru = new GRU(8);
 * const start = new TrainableInitialState(gru.initialState(4));
 * const [outputs] = dynamicRnn(gru, tf.ones([4, 10, 3]), { initialState: start() });
 * assert.deepEqual(outputs.shape, [4, 10, 8]);
 * assert.deepEqual(start.trainableVariables[0]?.shape, [1, 8]);
 * ```
 */
export class TrainableInitialState<State> extends AbstractModule<[], State> {
  static override readonly moduleName: string = 'trainable_initial_state';
  static override readonly buildParameters: BuildParameters = {};

  readonly #leaves: readonly Leaf[];
  readonly #mask: readonly boolean[];
  readonly #structure: unknown;

  /**
   * @param initialState A tensor [batchSize, …], or a structure of such tensors.
   * @param options See {@link TrainableInitialStateModuleOptions}.
   * @throws TypeError when the mask has something else than booleans, or other types of structures than the state.
   * @throws ValueError when the mask has another structure than the state; when the state has something else than tensors of
   *   one row or more; when the rows of a tensor that is to be learned differ.
   */
  constructor(initialState: State, options: TrainableInitialStateModuleOptions = {}) {
    const mask = checkMask(initialState, options.mask ?? null);
    const leaves = readLeaves(initialState);
    leaves.forEach((leaf, i) => {
      if (mask[i] === true) checkRowsEqual(leaf, i);
    });
    super({ name: options.name ?? TrainableInitialState.moduleName });
    this.#leaves = leaves;
    this.#mask = mask;
    this.#structure = nest.map(() => null, initialState);
  }

  /** @returns A state of the structure and shapes of the one that was given: new tensors at every call. */
  protected override build(): State {
    const tensors = this.#leaves.map((leaf, i) =>
      this.#mask[i] === true ? this.#learned(leaf, i) : this.#constant(leaf, i),
    );
    return nest.packSequenceAs(this.#structure, tensors) as State;
  }

  #learned({ shape, dtype, data }: Leaf, i: number): tf.Tensor {
    const [rows = 1, ...rest] = shape;
    const variable = getVariable(`initial_state_${i}`, {
      shape: [1, ...rest],
      dtype,
      initializer: (rowShape) => tf.tensor(data.slice(0, data.length / rows), rowShape, dtype),
    });
    return tf.tile(variable, [rows, ...rest.map(() => 1)]);
  }

  #constant({ shape, dtype, data }: Leaf, i: number): tf.Tensor {
    const key = `${this.scopeName}/initial_state_${i}`;
    return tf.clone(graphConstant(key, () => tf.tensor(data, [...shape], dtype)));
  }
}

function checkMask(initialState: unknown, given: unknown): boolean[] {
  if (given === null) return nest.flatten(initialState).map(() => true);
  const mask = asNamedTuples(initialState, given);
  const flags: unknown[] = nest.flatten(mask);
  const wrong = flags.find((flag) => typeof flag !== 'boolean');
  if (wrong !== undefined) {
    throw new TypeError(
      `TrainableInitialState: mask should be null or booleans in the structure of the state; got ${String(wrong)} in it.`,
    );
  }
  nest.assertSameStructure(initialState, mask);
  return flags as boolean[];
}

function readLeaves(initialState: unknown): Leaf[] {
  return nest.flatten(initialState).map((leaf: unknown) => {
    if (leaf instanceof tf.Tensor && leaf.rank > 0 && leaf.shape[0] !== 0) {
      return { shape: leaf.shape, dtype: leaf.dtype, data: leaf.dataSync() };
    }
    const found = leaf instanceof tf.Tensor ? `one of shape [${leaf.shape.join(', ')}]` : String(leaf);
    throw new ValueError(
      `TrainableInitialState: the initial state must be tensors [batch, …] with one row or more; got ${found}.`,
    );
  });
}

function checkRowsEqual({ shape, data }: Leaf, i: number): void {
  const width = data.length / (shape[0] ?? 1);
  const wrong = data.findIndex((value, at) => !Object.is(value, data[at % width]));
  if (wrong < 0) return;
  throw new ValueError(
    `TrainableInitialState: all rows of an initial state must be the same, since one row is learned; row ` +
      `${Math.floor(wrong / width)} of tensor ${i} [${shape.join(', ')}] differs from row 0.`,
  );
}
