import { type AnyCore, buildAgain, type RNNCoreLike } from '../rnn-core-like.ts';
import { scan } from './scan.ts';
import { type Sequence, sequenceIn, takesSequence } from './sequence.ts';

/**
 * Takes a core through a sequence, in one connection.
 *
 * A core that takes sequences gets it as it is. Any other one is connected with the first step, and its `build` runs again
 * for each later one.
 *
 * @param options What goes to the core in each step.
 * @returns The outputs, [steps, batch, …], and the state after the last step gone through.
 */
export function unrollCore(
  core: AnyCore,
  sequence: Sequence,
  state: unknown,
  options?: unknown,
): [outputs: unknown, finalState: unknown] {
  const connect = (inputs: unknown, prevState: unknown): [unknown, unknown] => {
    const call = core as unknown as (...args: unknown[]) => [unknown, unknown];
    return options === undefined ? call(inputs, prevState) : call(inputs, prevState, options);
  };
  if (takesSequence(core, sequence)) return connect(sequence, state);
  let isConnected = false;
  return scan(sequence, state, (inputs, previous) => {
    if (isConnected && !core.defunWrapped) return buildAgain(core, inputs, previous, options);
    isConnected = true;
    return connect(inputs, previous);
  });
}

/** Connects a core with what a core around it got: the inputs of a step, or a sequence. */
export function connectCore<Inputs, State, Output, PrevState, Options>(
  core: RNNCoreLike<Inputs, State, Output, PrevState, Options>,
  inputs: Inputs,
  prevState: PrevState,
  options?: Options,
): [output: Output, nextState: State] {
  const sequence = sequenceIn(inputs);
  if (sequence !== null) return unrollCore(core as unknown as AnyCore, sequence, prevState, options) as [Output, State];
  return options === undefined ? core(inputs, prevState) : core(inputs, prevState, options);
}
