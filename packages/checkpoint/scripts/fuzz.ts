/**
 * Restores damaged checkpoints: `node fuzz.ts [INPUTS] [SEED]`. Each must restore completely, or fail with a CheckpointError
 * and change nothing. Checksums are made right again for half of them, so that the damage gets past them.
 */
import { cpu } from '@sonnetjs/backend-cpu';
import { Graph, getVariable, initializers, minimize, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, type CheckpointSource, getSaver, type Saver } from '../src/index.ts';
import { seal } from '../src/state/seal.ts';
import { type BundleTensor, makeBundle, makeTable, type Pair, varint } from './make-bundle.ts';
import { Dice, mutate } from './mutate.ts';

/** What came of the inputs. */
export interface FuzzReport {
  readonly inputs: number;
  /** How many could be restored in spite of the damage: it is in a value, or in what is not read. */
  readonly restored: number;
  readonly refused: number;
}

/** Makes one damaged checkpoint. */
type Maker = (dice: Dice) => CheckpointSource;

/** A model with everything that a checkpoint can have, a saver of it, and all that must not change when restoring fails. */
class Subject {
  readonly saver: Saver;
  readonly graph: Graph = new Graph({ seed: 1 });
  readonly #optimizer = tf.train.adam(0.1);
  readonly #variables: readonly tf.Variable[];

  constructor() {
    const make = (name: string, shape: number[]) =>
      getVariable(name, { shape, initializer: initializers.randomNormal() });
    const step = () => tf.mean(tf.square(tf.add(make('w', [2, 3]), make('b', [3])))) as tf.Scalar;
    this.graph.asDefault(() => minimize(this.#optimizer, step));
    this.saver = this.graph.asDefault(() => getSaver('', { optimizer: this.#optimizer }));
    this.#variables = this.graph.getCollection('variables');
  }

  /** Tells whether anything was changed: an assignment gives a variable other data. */
  state(): readonly unknown[] {
    const { accumulatedFirstMoment, accBeta1 } = this.#optimizer as unknown as {
      accumulatedFirstMoment: unknown;
      accBeta1: tf.Variable;
    };
    const { seed, counters } = this.graph.randomState;
    const data = [...this.#variables, accBeta1].map(({ dataId }) => dataId);
    return [...data, accumulatedFirstMoment, this.#optimizer.iterations, seed, JSON.stringify([...counters])];
  }
}

async function makersFor(saver: Saver): Promise<Maker[]> {
  const order = Int32Array.from({ length: 9 }, (_, i) => i);
  const file = await saver.serialize({ step: 7, extra: { epoch: 2, order, state: [tf.ones([2]), { $: -0 }] } });
  const bundle: BundleTensor[] = [
    { name: 'b', shape: [3], data: new Uint8Array(12) },
    { name: 'step', dtype: 9, shape: [], data: new Uint8Array(8), shard: 1 },
    { name: 'w', shape: [2, 3], data: new Uint8Array(24) },
  ];
  const { index, shards } = makeBundle(bundle);
  const files = (index: Uint8Array, [first, second] = shards as [Uint8Array, Uint8Array]): CheckpointSource => ({
    'm.index': index as Uint8Array<ArrayBuffer>,
    'm.data-00000-of-00002': first as Uint8Array<ArrayBuffer>,
    'm.data-00001-of-00002': second as Uint8Array<ArrayBuffer>,
  });
  const pairs = bundlePairs(bundle);
  return [
    (dice) => mutate(file, dice),
    (dice) => sealed(mutate(file, dice)),
    (dice) => sealed(mutate(file, dice)),
    (dice) => files(mutate(index, dice)),
    (dice) => files(makeTable(pairs, { damage: (block) => (dice.below(2) === 0 ? mutate(block, dice) : block) })),
    (dice) => files(makeTable(pairs, { compress: (block) => mutate(literally(block), dice) })),
    (dice) => {
      const chosen = dice.below(pairs.length);
      return files(makeTable(pairs.map(([key, value], i): Pair => [key, i === chosen ? mutate(value, dice) : value])));
    },
    (dice) => {
      const chosen = dice.below(2);
      return files(
        index,
        shards.map((shard, i) => (i === chosen ? mutate(shard, dice) : shard)) as [Uint8Array, Uint8Array],
      );
    },
  ];
}

/** The pairs that {@link makeBundle} puts into its index. */
function bundlePairs(tensors: readonly BundleTensor[]): Pair[] {
  const pairs: Pair[] = [];
  makeBundle(tensors, { collect: (all) => pairs.push(...all) });
  return pairs;
}

function literally(block: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...varint(block.length),
    61 << 2,
    (block.length - 1) & 255,
    (block.length - 1) >> 8,
    ...block,
  ]);
}

function sealed(file: Uint8Array): Uint8Array {
  if (file.length > 100) seal(file);
  return file;
}

/**
 * Restores so many damaged checkpoints.
 *
 * @throws Error when one does what it must not; it says how to get it again.
 */
export async function fuzz(inputs: number, seed: number): Promise<FuzzReport> {
  const subject = new Subject();
  const makers = await makersFor(subject.saver);
  let restored = 0;
  for (let i = 0; i < inputs; i++) {
    const source = (makers[i % makers.length] as Maker)(new Dice(seed + i));
    const before = subject.state();
    const { numTensors } = tf.memory();
    try {
      const { extra } = await subject.saver.restore(source, { allowMissing: i % 3 === 0, allowUnexpected: true });
      restored++;
      disposeAll(extra);
    } catch (error) {
      const changed = subject.state().some((item, j) => item !== before[j]);
      if (!(error instanceof CheckpointError) || changed || tf.memory().numTensors !== numTensors) {
        throw new Error(`Input ${i} of seed ${seed}${changed ? ' has changed something' : ''}: ${String(error)}`, {
          cause: error,
        });
      }
    }
  }
  subject.graph.dispose();
  return { inputs, restored, refused: inputs - restored };
}

function disposeAll(extra: unknown): void {
  if (extra instanceof tf.Tensor) extra.dispose();
  else if (typeof extra === 'object' && extra !== null && !ArrayBuffer.isView(extra))
    Object.values(extra).forEach(disposeAll);
}

if (import.meta.main) {
  await useBackend(cpu());
  const [inputs = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
  const started = performance.now();
  const { restored, refused } = await fuzz(inputs, seed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${inputs} damaged checkpoints of seed ${seed}: ${refused} refused, ${restored} restored, in ${seconds} s; ` +
      `at most ${megabytes} MiB of memory.`,
  );
}
