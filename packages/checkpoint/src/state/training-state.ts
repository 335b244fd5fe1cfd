import { type RandomState, ValueError } from '@sonnetjs/core';
import { CheckpointError } from '../checkpoint-error.ts';
import { asInteger, asObject, asText, asTexts, type Json, parseJson } from './bounded-json.ts';

/** What is remembered of an optimizer besides its tensors. */
export interface OptimizerRecord {
  /** TensorFlow.js's name of its class, such as `Adam`. */
  readonly className: string;
  /** How many steps it has made. */
  readonly iterations: number;
  /** The names of the variables that it has changed, by position. */
  readonly variables: readonly string[];
}

/** What a checkpoint of this package says besides its tensors. */
export interface TrainingState {
  readonly step: number | null;
  readonly random: RandomState;
  /** By the label under which its tensors are; see `optimizer-state.ts`. */
  readonly optimizers: ReadonlyMap<string, OptimizerRecord>;
  /** The caller's own, as `extra.ts` encodes it; undefined when there is nothing. */
  readonly extra: Json | undefined;
}

const VERSION = 1;
/** The longest text of a state. In memory it takes up to 140 times as much. */
const MAX_LENGTH = 1 << 21;

/**
 * The state as a text, for the metadata of a file.
 *
 * @throws ValueError when it gets too long to be read.
 */
export function encodeState({ step, random, optimizers, extra }: TrainingState): string {
  const text = JSON.stringify({
    version: VERSION,
    step,
    random: { seed: random.seed, counters: Object.fromEntries(random.counters) },
    optimizers: Object.fromEntries(optimizers),
    extra,
  });
  if (text.length <= MAX_LENGTH) return text;
  throw new ValueError(
    `save: extra and names take ${text.length} characters; at most ${MAX_LENGTH} can be read. Put long lists of numbers ` +
      'into typed arrays or tensors.',
  );
}

/** @throws CheckpointError when the text is not a state, or one of a later version. */
export function decodeState(text: string): TrainingState {
  if (text.length > MAX_LENGTH) throw new CheckpointError('The checkpoint is damaged: its state is too long.');
  const state = asObject(parseJson(text), 'state');
  if (state.version !== VERSION) {
    throw new CheckpointError(
      `The checkpoint has version ${JSON.stringify(state.version)} of its format; this program knows version ${VERSION}.`,
    );
  }
  const random = asObject(state.random, 'random state');
  const counters = Object.entries(asObject(random.counters, 'random counters'));
  const optimizers = Object.entries(asObject(state.optimizers, 'optimizers'));
  return {
    step: state.step === null ? null : asInteger(state.step, 'step', 0),
    random: {
      seed: asInteger(random.seed, 'seed', Number.MIN_SAFE_INTEGER),
      counters: new Map(counters.map(([scope, count]) => [scope, asInteger(count, 'random counters', 0)])),
    },
    optimizers: new Map(optimizers.map(([label, record]) => [label, decodeOptimizer(record)])),
    extra: state.extra,
  };
}

function decodeOptimizer(value: Json): OptimizerRecord {
  const record = asObject(value, 'optimizer');
  const variables = asTexts(record.variables, "optimizer's variables");
  // A name that came a million times would be restored as often.
  if (new Set(variables).size < variables.length) {
    throw new CheckpointError("The checkpoint is damaged: one of its optimizer's variables comes twice.");
  }
  return {
    className: asText(record.className, "optimizer's class"),
    iterations: asInteger(record.iterations, "optimizer's iterations", 0),
    variables,
  };
}
