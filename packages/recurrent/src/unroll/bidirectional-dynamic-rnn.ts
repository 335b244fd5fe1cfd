import { transaction, type VariableScope, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkCore, type RNNCoreLike } from '../rnn-core-like.ts';
import { unrollDynamically } from './dynamic-rnn.ts';
import type { SequenceLength } from './sequence-lengths.ts';

/** Options of {@link bidirectionalDynamicRnn}. */
export interface BidirectionalDynamicRnnOptions<ForwardState = unknown, BackwardState = unknown> {
  /**
   * The number of steps of each row, between 0 and that of the inputs. The backward core begins with a row's last step. A
   * tensor is read back at run time, so that the call cannot be compiled. Default: all steps.
   */
  readonly sequenceLength?: SequenceLength | null;
  /** The state of the forward core before the first step. Default: its own `initialState(batchSize)`. */
  readonly initialStateFw?: ForwardState | null;
  /** The state of the backward core after the last step. Default: its own `initialState(batchSize)`. */
  readonly initialStateBw?: BackwardState | null;
  /** Whether inputs and outputs are [steps, batch, …] instead of [batch, steps, …]. Default: false. */
  readonly timeMajor?: boolean;
  /** The variable scope to work in: a name, or a scope. Default: `bidirectional_rnn`. */
  readonly scope?: string | VariableScope | null;
}

/**
 * Unrolls one core forward and another one backward in time, over the same sequence.
 *
 * @param coreFw The core that begins with the first step.
 * @param coreBw The core that begins with the last step.
 * @param inputs A tensor [batch, steps, …], or with `timeMajor` [steps, batch, …]; or a structure of such tensors.
 * @param options See {@link BidirectionalDynamicRnnOptions}.
 * @returns `[[outputsFw, outputsBw], [stateFw, stateBw]]`: the outputs of both in the order of the inputs, and the state of
 *   each after the step that it came to last.
 * @throws ValueError as {@link dynamicRnn} does.
 *
 * TensorFlow 1: `tf.nn.bidirectional_dynamic_rnn`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { bidirectionalDynamicRnn, GRU } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const [outputs] = bidirectionalDynamicRnn(new GRU(4), new GRU(4), tf.ones([2, 7, 3]));
 * assert.deepEqual(tf.concat(outputs, 2).shape, [2, 7, 8]);
 * ```
 */
export function bidirectionalDynamicRnn<Inputs, StateFw, OutputFw, PrevFw, StateBw, OutputBw, PrevBw>(
  coreFw: RNNCoreLike<Inputs, StateFw, OutputFw, PrevFw>,
  coreBw: RNNCoreLike<Inputs, StateBw, OutputBw, PrevBw>,
  inputs: Inputs,
  options: BidirectionalDynamicRnnOptions<PrevFw, PrevBw> = {},
): [outputs: [forward: OutputFw, backward: OutputBw], states: [forward: StateFw, backward: StateBw]] {
  const where = 'bidirectionalDynamicRnn';
  checkCore(coreFw, where);
  checkCore(coreBw, where);
  const { scope, initialStateFw = null, initialStateBw = null, ...shared } = options;
  const unroll = (): [[unknown, unknown], [unknown, unknown]] => {
    const [outputFw, stateFw] = variableScope('fw', (fw) =>
      unrollDynamically(
        coreFw,
        inputs,
        { ...shared, initialState: initialStateFw, scope: fw },
        { reversed: false, where },
      ),
    );
    const [outputBw, stateBw] = variableScope('bw', (bw) =>
      unrollDynamically(
        coreBw,
        inputs,
        { ...shared, initialState: initialStateBw, scope: bw },
        { reversed: true, where },
      ),
    );
    return [
      [outputFw, outputBw],
      [stateFw, stateBw],
    ];
  };
  const run = () => variableScope(scope ?? 'bidirectional_rnn', unroll);
  return transaction(() => tf.tidy(run as () => tf.TensorContainer)) as unknown as [
    [OutputFw, OutputBw],
    [StateFw, StateBw],
  ];
}
