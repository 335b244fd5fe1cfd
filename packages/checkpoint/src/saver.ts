import {
  AbstractModule,
  type Graph,
  GraphKeys,
  getDefaultGraph,
  getVariableScopeName,
  type ScopeLike,
  ValueError,
} from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { Checkpoint, readCheckpoint } from './checkpoint.ts';
import { type Bytes, serializeSafetensors } from './safetensors/serialize.ts';
import type { Allowance } from './state/comparison.ts';
import { encodeExtra } from './state/extra.ts';
import { modelVariables, type VariableSelection } from './state/model-variables.ts';
import { captureOptimizer, labelOf, type Optimizers } from './state/optimizer-state.ts';
import { type Restored, restoreCheckpoint } from './state/restore.ts';
import { CHECKSUM_BLANK, CHECKSUM_KEY, STATE_KEY, seal } from './state/seal.ts';
import { Snapshot } from './state/snapshot.ts';
import { encodeState, type OptimizerRecord } from './state/training-state.ts';
import { type CheckpointDestination, writeCheckpoint } from './storage/destination.ts';
import type { CheckpointSource } from './storage/source.ts';

/** Options of {@link getSaver}. */
export interface SaverOptions {
  /** The collections whose variables count. Default: `[GraphKeys.GLOBAL_VARIABLES]`, which has moving averages too. */
  readonly collections?: readonly string[];
  /** The scope whose name is taken off: the scope itself (the default) or one around it; `''` leaves names as they are. */
  readonly context?: ScopeLike | null;
  /** How many checkpoints of one name stay; the older ones are removed. 0 is for all. Default: 5. */
  readonly maxToKeep?: number;
  /** Optimizers whose state is saved too: one, or several by name. They must be used through `minimize` of core. */
  readonly optimizer?: tf.Optimizer | Readonly<Record<string, tf.Optimizer>> | null;
}

/** Options of {@link Saver.save} and {@link Saver.serialize}. */
export interface SaveOptions {
  /** The step: an integer of at least 0. It is part of the file's name. */
  readonly step?: number;
  /** Anything else: JSON, tensors and typed arrays, in arrays, plain objects and named tuples. */
  readonly extra?: unknown;
}

/** Options of {@link Saver.restore}. */
export interface RestoreOptions {
  /** What the checkpoint may lack; it keeps its value. Default: false. */
  readonly allowMissing?: Allowance;
  /** What the checkpoint may have besides. Default: false. */
  readonly allowUnexpected?: Allowance;
  /** The name in the checkpoint of a variable that has this name here. Default: the same. */
  readonly nameFn?: (name: string) => string;
  /** Whether the Graph's seed and random counters are restored, if the checkpoint has them. Default: true. */
  readonly randomState?: boolean;
}

/**
 * Saves and restores the variables of a module or scope, and all else that training needs to go on; see {@link getSaver}.
 */
export class Saver {
  readonly #selection: VariableSelection;
  readonly #optimizers: Optimizers;
  readonly #maxToKeep: number;

  /** @internal */
  constructor(selection: VariableSelection, optimizers: Optimizers, maxToKeep: number) {
    this.#selection = selection;
    this.#optimizers = optimizers;
    this.#maxToKeep = maxToKeep;
    modelVariables(selection);
  }

  /**
   * Writes a checkpoint to a file, as everything is at the moment of the call: a program may train on while it is written.
   *
   * The file appears under its name when it is complete. With a step the name ends in it (`out/model-100.safetensors` for
   * `out/model`), and the oldest checkpoints of this name are removed; without one the file is replaced. The folder is made.
   * One program at a time may save under a name.
   *
   * @param destination A path or `file:` URL in node; a `FileSystemFileHandle` in a browser.
   * @param options `step` and `extra`.
   * @returns The path of the file.
   * @throws CheckpointError when it cannot be written.
   * @throws ValueError when a variable was disposed, when the step is no integer of at least 0 or there is a checkpoint of
   *   a later one, or when an optimizer has state that is not of these variables.
   * @throws TypeError when `extra` holds what cannot be saved.
   * @throws NotSupportedError when a path is given where there is no node.
   */
  async save(destination: CheckpointDestination, options: SaveOptions = {}): Promise<string> {
    const content = this.serialize(options);
    // Should the destination be wrong, nobody waits for the content.
    content.catch(() => {});
    return writeCheckpoint(destination, content, { step: options.step ?? null, keep: this.#maxToKeep });
  }

  /**
   * The bytes of a checkpoint, as everything is at the moment of the call: for a download, a database or a request.
   *
   * @param options `step` and `extra`.
   * @throws ValueError and TypeError as {@link Saver.save} does.
   */
  async serialize(options: SaveOptions = {}): Promise<Bytes> {
    const step = checkStep(options.step);
    const snapshot = new Snapshot();
    let state: string;
    try {
      state = this.#capture(snapshot, step, options.extra);
    } catch (error) {
      snapshot.dispose();
      throw error;
    }
    const metadata: [string, string][] = [
      [CHECKSUM_KEY, CHECKSUM_BLANK],
      [STATE_KEY, state],
    ];
    const file = serializeSafetensors(await snapshot.read(), { metadata });
    seal(file);
    return file;
  }

  #capture(snapshot: Snapshot, step: number | null, extra: unknown): string {
    const model = modelVariables(this.#selection);
    for (const [name, { dtype, shape, parts }] of model) {
      snapshot.add(name, { dtype, shape, parts: parts.map(({ variable, box }) => ({ tensor: variable, box })) });
    }
    const optimizers = new Map<string, OptimizerRecord>();
    for (const [label, optimizer] of this.#optimizers) {
      optimizers.set(label, captureOptimizer(label, optimizer, model, snapshot));
    }
    const sink = {
      tensor: (tensor: tf.Tensor) => snapshot.addTensor(tensor),
      array: snapshot.addArray.bind(snapshot),
    };
    const encoded = extra === undefined ? undefined : encodeExtra(extra, sink);
    return encodeState({ step, random: this.#selection.graph.randomState, optimizers, extra: encoded });
  }

  /**
   * Restores variables, optimizers, the seed and the random counters from a checkpoint of either format: all of it or, when
   * anything is missing, unexpected or does not match, nothing.
   *
   * A variable is matched by its name. Floating-point numbers of any size become float32; integers become int32 if they are
   * in its range. A variable that is stored in slices may be whole here, and the other way round. Without an `optimizer` in
   * {@link getSaver}'s options the state of optimizers in the checkpoint is left alone.
   *
   * @param source Where the checkpoint is, or one that {@link readCheckpoint} gave.
   * @param options `allowMissing`, `allowUnexpected`, `nameFn` and `randomState`.
   * @returns The step, the `extra` that was saved, and the names that are missing or unexpected.
   * @throws CheckpointError when there is no checkpoint, when it is damaged, or when it does not fit: its `differences`
   *   then has every name, with the dtypes and shapes on both sides.
   * @throws ValueError when a variable was disposed, or an optimizer has state that is not of these variables.
   */
  async restore(source: CheckpointSource | Checkpoint, options: RestoreOptions = {}): Promise<Restored> {
    const checkpoint = source instanceof Checkpoint ? source : await readCheckpoint(source);
    const { allowMissing = false, allowUnexpected = false, nameFn = (name) => name, randomState = true } = options;
    const { graph } = this.#selection;
    const target = { graph, model: modelVariables(this.#selection), optimizers: this.#optimizers };
    return restoreCheckpoint(checkpoint, target, { allowMissing, allowUnexpected, nameFn, randomState });
  }
}

function checkStep(step: number | undefined): number | null {
  if (step === undefined || (Number.isSafeInteger(step) && step >= 0)) return step ?? null;
  throw new ValueError(`save: step must be an integer of at least 0; got ${String(step)}.`);
}

/**
 * A saver of the variables in a scope or module, under their names inside it: what one instance of a model has saved
 * another one can restore.
 *
 * Checkpoints are safetensors files, which other programs can read, with the state of optimizers, the seed and the random
 * counters of the Graph and more in them. TensorFlow's checkpoints can be restored as well.
 *
 * The variables are those that exist when something is saved or restored, in the Graph of the module or, for a scope, in
 * that which is the default when this is called. Variables of modules that were made elsewhere are not among those of a
 * module that uses them; `getSaver('')` has all of the Graph.
 *
 * @param scope A scope, by its name or otherwise, or a connected module.
 * @param options `collections`, `context`, `maxToKeep` and `optimizer`.
 * @throws NotConnectedError when it is a module that is not connected yet.
 * @throws ValueError when the context's name does not begin the scope's, when two variables have one name, when an
 *   optimizer's name has a colon, or when `maxToKeep` is no integer of at least 0.
 * @throws NotSupportedError when an optimizer is not one of TensorFlow.js.
 *
 * Sonnet: `snt.get_saver`.
 *
 * @example
 * ```ts
 * import { getSaver } from '@sonnetjs/checkpoint';
 * import { minimize } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import assert from 'node:assert';
 *
 * const inputs = tf.ones([2, 3]);
 * const teacher = new Linear(4);
 * const adam = tf.train.adam(0.1);
 * minimize(adam, () => tf.mean(tf.square(teacher(inputs))) as tf.Scalar);
 * const bytes = await getSaver(teacher, { optimizer: adam }).serialize({ step: 1, extra: { epoch: 0 } });
 *
 * const pupil = new Linear(4);
 * pupil(inputs);
 * const { step, extra } = await getSaver(pupil).restore(bytes);
 * assert.equal(step, 1);
 * assert.deepEqual(extra, { epoch: 0 });
 * assert.deepEqual([...pupil(inputs).dataSync()], [...teacher(inputs).dataSync()]);
 * ```
 */
export function getSaver(scope: ScopeLike, options: SaverOptions = {}): Saver {
  const { collections = [GraphKeys.GLOBAL_VARIABLES], context = null, maxToKeep = 5 } = options;
  if (!Number.isSafeInteger(maxToKeep) || maxToKeep < 0) {
    throw new ValueError(`getSaver: maxToKeep must be an integer of at least 0; got ${String(maxToKeep)}.`);
  }
  return new Saver({ graph: graphOf(scope), scope, collections, context }, optimizersOf(options.optimizer), maxToKeep);
}

function graphOf(scope: ScopeLike): Graph {
  // Rejects what is no scope, and modules that are not connected.
  getVariableScopeName(scope);
  return (scope instanceof AbstractModule ? scope.graph : null) ?? getDefaultGraph();
}

function optimizersOf(given: SaverOptions['optimizer']): Optimizers {
  if (given === undefined || given === null) return new Map();
  if (isOptimizer(given)) return new Map([[labelOf(null), given]]);
  return new Map(
    Object.entries(given).map(([key, optimizer]) => {
      if (key.includes(':')) throw new ValueError(`getSaver: an optimizer's name cannot have a colon: "${key}".`);
      return [labelOf(key), optimizer];
    }),
  );
}

function isOptimizer(value: object): value is tf.Optimizer {
  return 'applyGradients' in value && typeof value.applyGradients === 'function';
}
