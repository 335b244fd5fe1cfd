import {
  AbstractModule,
  type BuildParameters,
  type ModuleOptions,
  nameScope,
  nest,
  required,
  ValueError,
} from '@sonnetjs/core';
import type { Layer } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { noState } from './check-tensors.ts';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import { RNNCore } from './rnn-core.ts';
import {
  type AnyCore,
  type InputsOf,
  isCore,
  type OutputOf,
  type PrevStateOf,
  type RNNCoreLike,
  type StateOf,
} from './rnn-core-like.ts';
import { flattenSizes, mapSizes, type StateSize } from './state-size.ts';
import { applyLayer } from './unroll/apply-layer.ts';
import { type Sequence, sequenceIn, takeSequences } from './unroll/sequence.ts';
import { connectCore } from './unroll/unroll-core.ts';

/** A core of which no more is known than what it is: anything goes in, and anything comes out. */
type LooseCore = RNNCoreLike<unknown, unknown, unknown, unknown, object>;

/** Options of {@link DeepRNN}. */
export interface DeepRNNOptions extends Pick<ModuleOptions, 'name'> {
  /**
   * Whether every core also gets the inputs, before the outputs of the core below it, and the outputs are those of all
   * cores one behind the other. All cores must then be recurrent. Default: true.
   */
  readonly skipConnections?: boolean;
  /** With skip connections: whether the outputs are those of all cores, or only those of the last one. Default: true. */
  readonly concatFinalOutputIfSkip?: boolean;
}

/** The states of those of some layers that are recurrent cores. */
export type StatesOf<Cores extends readonly Layer[]> = Cores extends readonly []
  ? []
  : Cores extends readonly [infer First, ...infer Rest extends readonly Layer[]]
    ? First extends AnyCore
      ? [StateOf<First>, ...StatesOf<Rest>]
      : StatesOf<Rest>
    : StateOf<Cores[number]>[];

/** The previous states of those of some layers that are recurrent cores. */
export type PrevStatesOf<Cores extends readonly Layer[]> = Cores extends readonly []
  ? readonly []
  : Cores extends readonly [infer First, ...infer Rest extends readonly Layer[]]
    ? First extends AnyCore
      ? readonly [PrevStateOf<First>, ...PrevStatesOf<Rest>]
      : PrevStatesOf<Rest>
    : readonly PrevStateOf<Cores[number]>[];

/** The inputs of the first of some layers. */
export type FirstInputsOf<Cores extends readonly Layer[]> = Cores extends readonly [infer First, ...unknown[]]
  ? First extends AnyCore
    ? InputsOf<First>
    : First extends (inputs: infer Inputs, ...rest: never[]) => unknown
      ? Inputs
      : tf.Tensor
  : tf.Tensor;

/** The outputs of the last of some layers. */
export type LastOutputOf<Cores extends readonly Layer[]> = Cores extends readonly [...unknown[], infer Last]
  ? Last extends AnyCore
    ? OutputOf<Last>
    : Last extends (...args: never[]) => infer Output
      ? Output
      : tf.Tensor
  : tf.Tensor;

/**
 * A stack of cores: each gets the outputs of the one below it. Layers without a state can stand between them.
 *
 * With skip connections, the default, each core also gets the inputs of the stack, in front of the outputs of the core below
 * it; and the outputs of the stack are those of all cores, one behind the other along the last dimension.
 *
 * The state is an array with the state of each recurrent core. The cores are made outside, so their variables belong to them
 * and not to this module's scope. Options of a call go to all layers.
 *
 * Sonnet: `snt.DeepRNN`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import { DeepRNN, LSTM } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const deep = new DeepRNN([new LSTM(16), new LSTM(8)]);
 * const [output, [state1, state2]] = deep(tf.ones([4, 3]), deep.initialState(4));
 * assert.deepEqual([output.shape, state1.cell.shape, state2.cell.shape], [[4, 24], [4, 16], [4, 8]]);
 *
 * const plain = new DeepRNN([new Linear(8), tf.relu, new LSTM(16)], { skipConnections: false });
 * assert.deepEqual(plain(tf.ones([4, 3]), plain.initialState(4))[0].shape, [4, 16]);
 * ```
 */
export class DeepRNN<const Cores extends readonly Layer[]> extends RNNCore<
  FirstInputsOf<Cores>,
  StatesOf<Cores>,
  LastOutputOf<Cores>,
  PrevStatesOf<Cores>,
  object
> {
  static override readonly moduleName: string = 'deep_rnn';
  static override readonly buildParameters?: BuildParameters = { inputs: required, prevState: required };

  static {
    takeSequences(DeepRNN);
  }

  readonly #cores: readonly Layer[];
  readonly #skips: boolean;
  readonly #concatsOutputs: boolean;
  #lastOutputSize: StateSize | null = null;

  /**
   * @param cores Recurrent cores, and modules and functions that take the outputs of what is below them.
   * @param options See {@link DeepRNNOptions}.
   * @throws TypeError when one of the cores is not callable.
   * @throws ValueError when `cores` is not iterable or is empty; when there are skip connections and not all are recurrent
   *   cores, or their outputs cannot be put one behind the other.
   */
  constructor(cores: Cores, options: DeepRNNOptions = {}) {
    const { skipConnections = true, concatFinalOutputIfSkip = true } = options;
    const layers = checkLayers(cores);
    if (skipConnections) checkOutputSizes(checkAllRecurrent(layers));
    super({ name: options.name ?? DeepRNN.moduleName });
    this.#cores = layers;
    this.#skips = skipConnections;
    this.#concatsOutputs = skipConnections && concatFinalOutputIfSkip;
  }

  /**
   * @param inputs What the first layer takes.
   * @param prevState An array with the state of each recurrent core.
   * @param options What goes to every layer, which all must take it.
   * @returns `[output, nextState]`, where the next state is an array with that of each recurrent core.
   * @throws ValueError when the state is not an array with one state for each recurrent core; and what the layers throw.
   */
  protected override build(
    inputs: FirstInputsOf<Cores>,
    prevState: PrevStatesOf<Cores>,
    options?: object,
  ): [output: LastOutputOf<Cores>, nextState: StatesOf<Cores>] {
    const states = this.#checkedStates(prevState);
    const sequence = sequenceIn<unknown>(inputs);
    const start: unknown = sequence === null ? inputs : sequence.values;
    const nextStates: unknown[] = [];
    const outputs: unknown[] = [];
    let current = start;
    for (const layer of this.#cores) {
      if (this.#skips && outputs.length > 0) current = concatLast([start, current]);
      if (isCore(layer)) {
        const i = nextStates.length;
        const given = sequence === null ? current : sequence.withValues(current).forPart(i);
        const [output, next] = connectCore(layer as unknown as LooseCore, given, states[i], options);
        nextStates.push(next);
        current = output;
      } else current = applyLayer(layer, current, sequence, options);
      outputs.push(current);
    }
    const output = this.#concatsOutputs ? concatLast(outputs) : current;
    this.#lastOutputSize = sizesOf(output, sequence);
    return [output as LastOutputOf<Cores>, nextStates as StatesOf<Cores>];
  }

  /**
   * A state to begin with: an array with that of each recurrent core. The variables of a trainable state have the names that
   * the cores themselves give them.
   *
   * @param batchSize The number of rows. A scalar tensor is read back at run time, so that the call cannot be compiled.
   * @param options `trainableInitializers` and `trainableRegularizers` are arrays with one entry for each recurrent core.
   * @throws ValueError when there are not as many initializers or regularizers as recurrent cores; and what the cores throw.
   */
  override initialState(batchSize: number | tf.Tensor, options: InitialStateOptions = {}): StatesOf<Cores> {
    const cores = this.#recurrentCores;
    const { dtype = 'float32', trainable = false } = options;
    const initializers = checkCount(this, 'initializers', options.trainableInitializers ?? null, cores.length);
    const regularizers = checkCount(this, 'regularizers', options.trainableRegularizers ?? null, cores.length);
    return nameScope(this.initialStateName(options.name ?? null), () =>
      cores.map((core, i) =>
        core.initialState(batchSize, {
          dtype,
          trainable,
          trainableInitializers: (initializers?.[i] ?? null) as InitialStateOptions['trainableInitializers'],
          trainableRegularizers: (regularizers?.[i] ?? null) as InitialStateOptions['trainableRegularizers'],
        }),
      ),
    ) as StatesOf<Cores>;
  }

  /** A state of zeros. */
  override zeroState(batchSize: number | tf.Tensor, dtype: tf.DataType = 'float32'): StatesOf<Cores> {
    return this.#recurrentCores.map((core) => core.zeroState(batchSize, dtype)) as StatesOf<Cores>;
  }

  override get stateSize(): StateSize {
    return this.#recurrentCores.map((core) => core.stateSize);
  }

  /**
   * The sizes of the output's tensors, without the batch dimension.
   *
   * Without skip connections it is that of the last layer; where this one does not know it, what it was at the latest
   * connection; and before the first one that of the last layer which knows it.
   *
   * @throws ValueError when no layer knows it.
   */
  override get outputSize(): StateSize {
    const last = this.#cores.at(-1) as Layer;
    if (this.#concatsOutputs) return concatSizes(this.#recurrentCores.map((core) => core.outputSize));
    const known =
      outputSizeOf(last) ??
      (this.isConnected ? this.#lastOutputSize : null) ??
      this.#cores.map(outputSizeOf).findLast((size) => size !== undefined);
    if (known !== undefined) return known;
    throw new ValueError(`${String(this)}: none of its cores knows its output size; connect the module first.`);
  }

  get #recurrentCores(): AnyCore[] {
    return this.#cores.filter((core) => isCore(core)) as unknown as AnyCore[];
  }

  #checkedStates(prevState: unknown): readonly unknown[] {
    const count = this.#recurrentCores.length;
    if (Array.isArray(prevState) && prevState.length === count) return prevState;
    throw noState(this, `the previous state must be an array of ${count}, a state for each recurrent core`, prevState);
  }
}

function checkLayers(cores: Iterable<unknown>): Layer[] {
  if (typeof Object(cores)[Symbol.iterator] !== 'function') {
    throw new ValueError(`DeepRNN: cores should be an iterable object, such as an array; got ${String(cores)}.`);
  }
  const layers = [...cores];
  if (layers.length === 0) throw new ValueError('DeepRNN: cores must not be empty.');
  layers.forEach((layer, i) => {
    if (typeof layer === 'function') return;
    throw new TypeError(`DeepRNN: every core must be a module or a function; core ${i} is ${String(layer)}.`);
  });
  return layers as Layer[];
}

function checkAllRecurrent(layers: readonly Layer[]): AnyCore[] {
  if (layers.every((layer) => isCore(layer))) return [...layers] as unknown as AnyCore[];
  const names = layers.map((layer) => (layer instanceof AbstractModule ? String(layer) : `function ${layer.name}`));
  throw new ValueError(
    'DeepRNN: skipConnections are enabled, but not all cores are `RNNCore`s (`snt.RNNCore`), which is not supported. The ' +
      `following cores were specified: ${names.join(', ')}. Make it with { skipConnections: false }.`,
  );
}

/** Outputs are put one behind the other along the last dimension, so that all others must be the same. */
function checkOutputSizes(cores: readonly AnyCore[]): void {
  const all = cores.map((core) => flattenSizes(core.outputSize));
  const [first = []] = all;
  all.forEach((shapes, i) => {
    shapes.forEach((shape, leaf) => {
      const model = first[leaf] ?? [];
      if (shape.length === model.length && (shape.length < 2 || shape.every((size, d) => size === model[d]))) return;
      throw new ValueError(
        'DeepRNN: the outputs of the provided cores are not able to be concatenated along the first feature dimension. ' +
          `Core 0 has shape [${model.join(', ')}], whereas Core ${i} has shape [${shape.join(', ')}]: these must only ` +
          'differ in the first dimension.',
      );
    });
  });
}

function concatSizes(sizes: readonly StateSize[]): StateSize {
  const all = sizes.map(flattenSizes);
  let leaf = 0;
  return mapSizes(sizes[0] as StateSize, (shape) => {
    const last = all.reduce((sum, shapes) => sum + (shapes[leaf]?.at(-1) ?? 0), 0);
    leaf++;
    return [...shape.slice(0, -1), last];
  }) as StateSize;
}

/** Puts the corresponding leaves of several structures one behind the other along the last dimension. */
function concatLast(structures: readonly unknown[]): unknown {
  if (structures.length === 1) return structures[0];
  const concat = (...leaves: unknown[]): tf.Tensor => tf.concat(leaves as tf.Tensor[], -1);
  return nest.map(concat, ...(structures as [unknown, ...unknown[]]));
}

function outputSizeOf(layer: Layer): StateSize | undefined {
  return Reflect.get(layer, 'outputSize') as StateSize | undefined;
}

function sizesOf(output: unknown, sequence: Sequence | null): StateSize {
  return nest.map((leaf) => (leaf as tf.Tensor).shape.slice(sequence === null ? 1 : 2), output) as StateSize;
}

function checkCount(core: object, what: string, given: unknown, count: number): readonly unknown[] | null {
  if (given === null || (Array.isArray(given) && given.length === count)) return given as readonly unknown[] | null;
  const found = Array.isArray(given) ? String(given.length) : String(given);
  throw new ValueError(
    `${String(core)}: the numbers of ${what} and of recurrent cores should be the same: an array of ${count}; ` +
      `got ${found}.`,
  );
}
