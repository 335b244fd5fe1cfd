import type { SonnetSymbol } from './symbols.ts';

/** How symbols differ from Sonnet's on purpose, where no case tells. */
export interface Difference {
  readonly text: string;
  /** The page that says why, seen from `docs`. */
  readonly page: string;
  readonly symbols: readonly string[];
}

const convNets = ['nets.AlexNet', 'nets.AlexNetFull', 'nets.AlexNetMini', 'nets.ConvNet2D', 'nets.ConvNet2DTranspose'];

/** Those that belong to certain symbols. */
export const differences: readonly Difference[] = [
  {
    text: 'moving averages are updated in the call, unless `updateOpsCollection` defers them',
    page: 'decisions/0010-deferred-updates.md',
    symbols: ['BatchNorm', 'BatchNormLSTM', ...convNets],
  },
  {
    text: 'gives a saver of this project: safetensors, with optimizers, step and random state; it reads TensorFlow checkpoints',
    page: 'decisions/0020-checkpoint-formats.md',
    symbols: ['get_saver'],
  },
  {
    text: 'takes a checkpoint that is in memory, `await readCheckpoint(source)`, since modules are built without waiting',
    page: 'decisions/0020-checkpoint-formats.md',
    symbols: ['custom_getters.restore_initializer'],
  },
  {
    text: "wraps the cells of TensorFlow.js's `tf.layers`, where Sonnet wraps those of `tf.nn.rnn_cell`",
    page: '../packages/recurrent/README.md',
    symbols: ['RNNCellWrapper', 'wrap_rnn_cell_class'],
  },
  {
    text: 'a decorator, a call in a static block, or a wrapper of a function: not every toolchain has decorators',
    page: 'guide/method-sharing.md',
    symbols: ['reuse_variables'],
  },
  {
    text: 'goes by `buildParameters`, since JavaScript cannot look into a signature',
    page: 'guide/own-modules.md',
    symbols: ['supports_kwargs', 'remove_unsupported_kwargs'],
  },
];

/** Those that hold for all symbols, as Markdown. */
export const everywhere: readonly string[] = [
  "What is required is positional, in Sonnet's order; everything else is one options object, last. Names are in camelCase " +
    '([how things are written](guide/coming-from-sonnet-python.md#how-things-are-written)).',
  'Connecting a module computes its outputs; there is no session ' +
    '([what is different](guide/coming-from-sonnet-python.md#what-is-different)).',
  'Modules are functions ([decision](decisions/0003-modules-are-functions.md)); a connection that fails leaves nothing ' +
    'behind ([decision](decisions/0004-connections-are-transactions.md)).',
  'Name scopes count connections as TensorFlow did ([decision](decisions/0002-name-scopes-count.md)); a module remembers ' +
    'its first connection and the latest 64.',
  "Initial values have Sonnet's distributions, from a seeded generator of this project " +
    '([decision](decisions/0005-seeded-random-numbers.md)).',
  'Tensors are float32, int32 or bool; there is no float16, float64 or int64.',
];

/** Numbers of {@link differences}, from 1, that a symbol has. */
export function differencesOf({ name }: SonnetSymbol): number[] {
  return differences.flatMap(({ symbols }, i) => (symbols.includes(name) ? [i + 1] : []));
}

/** @throws Error when a difference is about something that Sonnet does not have. */
export function checkDifferences(symbols: readonly SonnetSymbol[]): void {
  const names = new Set(symbols.map(({ name }) => name));
  const unknown = differences.flatMap((difference) => difference.symbols).find((name) => !names.has(name));
  if (unknown !== undefined) throw new Error(`A difference is about ${unknown}, which Sonnet does not have.`);
}
