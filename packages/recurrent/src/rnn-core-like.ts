import { AbstractModule, ValueError } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { InitialStateOptions } from './initial-state/initial-state-options.ts';
import type { StateSize } from './state-size.ts';

/**
 * What unrolling, stacks and wrappers take for a recurrent core: a module that is called as `core(inputs, prevState)` and has
 * the methods and sizes of an {@link RNNCore}. `TransformerXL` and `CompressiveTransformer` of `@sonnetjs/nets` are such.
 */
export interface RNNCoreLike<
  Inputs = tf.Tensor,
  State = tf.Tensor,
  Output = tf.Tensor,
  PrevState = State,
  Options = never,
> extends AbstractModule<
    [inputs: Inputs, prevState: PrevState, options?: Options],
    [output: Output, nextState: State]
  > {
  /** The sizes of the state's tensors, without the batch dimension, in the structure of the state. */
  readonly stateSize: StateSize;
  /** The sizes of the output's tensors, without the batch dimension, in the structure of the output. */
  readonly outputSize: StateSize;
  /** A state to begin with: [batchSize, ...size] in the structure of `stateSize`. */
  initialState(batchSize: number | tf.Tensor, options?: InitialStateOptions): State;
  /** A state of zeros. */
  zeroState(batchSize: number | tf.Tensor, dtype?: tf.DataType): State;
}

/** Any recurrent core, whatever it takes and gives. */
export type AnyCore = RNNCoreLike<never, unknown, unknown, never, never>;

/** The states that a core gives. */
export type StateOf<Core> = Core extends RNNCoreLike<never, infer State, unknown, never, never> ? State : never;

/** The previous states that a core takes: its states, and often also other ways to write them. */
export type PrevStateOf<Core> =
  Core extends RNNCoreLike<never, unknown, unknown, infer PrevState, never> ? PrevState : never;

/** The outputs that a core gives. */
export type OutputOf<Core> = Core extends RNNCoreLike<never, unknown, infer Output, never, never> ? Output : never;

/** The inputs that a core takes. */
export type InputsOf<Core> = Core extends RNNCoreLike<infer Inputs, unknown, unknown, never, never> ? Inputs : never;

/** Whether a value is a module with what {@link RNNCoreLike} says. */
export function isCore(value: unknown): value is AnyCore {
  if (!(value instanceof AbstractModule && 'stateSize' in value && 'outputSize' in value)) return false;
  const { initialState, zeroState } = value as Partial<AnyCore>;
  return typeof initialState === 'function' && typeof zeroState === 'function';
}

/** @throws ValueError when the value is not a recurrent core. */
export function checkCore(value: unknown, where: string): asserts value is AnyCore {
  if (isCore(value)) return;
  throw new ValueError(
    `${where}: expected a recurrent core, an instance of RNNCore; got ${String(value)}. ` +
      'ModelRNN makes one of a model, and wrapRnnCellClass of a cell of tf.layers.',
  );
}

/**
 * Runs the `build` of a core once more as a part of its latest connection: with the same variables, without being listed
 * or counted as a connection of its own. This is what the later steps of an unrolled core are.
 */
export function buildAgain(
  core: AnyCore,
  inputs: unknown,
  prevState: unknown,
  options?: unknown,
): [output: unknown, nextState: unknown] {
  const build = Reflect.get(core, 'build') as (...args: unknown[]) => [unknown, unknown];
  const args = options === undefined ? [inputs, prevState] : [inputs, prevState, options];
  return core.enterVariableScope(() => build.apply(core, args), { reuse: true });
}
