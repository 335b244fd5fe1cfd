import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Entry } from '../../entry.ts';
import { type NdArray, offsetOf, sizeOf } from '../../nd-array.ts';
import { movesOf } from '../../references/moves.ts';
import { seed } from '../../sizes.ts';
import { kinds, movingCase, movingEntry } from './moving-entry.ts';

/** Blocks along the axes after the batch, and how much is padded or cropped at both ends of each. */
interface Blocks {
  readonly blockShape: number[];
  readonly margins: [number, number][];
}

const axes = fc.array(
  fc.record({
    block: fc.constantFrom(1, 2, 3),
    count: fc.constantFrom(1, 2, 3, 4, 5),
    before: fc.nat({ max: 3 }),
    after: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const outside = fc.record({
  batch: fc.constantFrom(1, 2, 3),
  rest: fc.constantFrom([], [1], [3], [4], [2, 3]),
  kind: fc.constantFrom(...kinds),
  seed,
});

/** For a block size, the offset inside the block of each part of the enlarged batch. */
function offsetsIn(blockShape: readonly number[], part: number): number[] {
  const offsets = new Array<number>(blockShape.length);
  let rest = part;
  for (let axis = blockShape.length - 1; axis >= 0; axis--) {
    offsets[axis] = rest % (blockShape[axis] as number);
    rest = Math.floor(rest / (blockShape[axis] as number));
  }
  return offsets;
}

const spaceToBatchND = movingEntry<Blocks>({
  op: 'spaceToBatchND',
  cases: fc.record({ axes, outside }).map(({ axes: along, outside: { batch, rest, kind, seed: at } }) => {
    // The padded size is a multiple of the block; the padding takes what it can of it.
    const spatial = along.map(({ block, count, before, after }) => {
      const padded = block * count;
      const first = Math.min(before, padded - 1);
      const last = Math.min(after, padded - 1 - first);
      return { block, size: padded - first - last, margins: [first, last] as [number, number] };
    });
    const attrs = { blockShape: spatial.map(({ block }) => block), margins: spatial.map(({ margins }) => margins) };
    return movingCase([{ shape: [batch, ...spatial.map(({ size }) => size), ...rest], ...kind }], attrs, at);
  }),
  run: ([x], { blockShape, margins }) => tf.spaceToBatchND(x as tf.Tensor, blockShape, margins),
  moves: ([x], { blockShape, margins }) => {
    const { shape } = x as NdArray;
    const [batch, rank] = [shape[0] as number, blockShape.length];
    const result = [
      batch * sizeOf(blockShape),
      ...blockShape.map(
        (block, i) => ((shape[i + 1] as number) + (margins[i]?.[0] ?? 0) + (margins[i]?.[1] ?? 0)) / block,
      ),
      ...shape.slice(1 + rank),
    ];
    return [
      movesOf(result, (index) => {
        const part = index[0] as number;
        const offsets = offsetsIn(blockShape, Math.floor(part / batch));
        const spatial = blockShape.map(
          (block, i) => (index[i + 1] as number) * block + (offsets[i] as number) - (margins[i]?.[0] ?? 0),
        );
        if (spatial.some((at, i) => at < 0 || at >= (shape[i + 1] as number))) return undefined;
        return [0, offsetOf(shape, [part % batch, ...spatial, ...index.slice(1 + rank)])];
      }),
    ];
  },
});

const batchToSpaceND = movingEntry<Blocks>({
  op: 'batchToSpaceND',
  cases: fc.record({ axes, outside }).map(({ axes: along, outside: { batch, rest, kind, seed: at } }) => {
    const margins = along.map(({ block, count, before, after }): [number, number] => {
      const first = Math.min(before, block * count - 1);
      return [first, Math.min(after, block * count - 1 - first)];
    });
    const blockShape = along.map(({ block }) => block);
    const shape = [batch * sizeOf(blockShape), ...along.map(({ count }) => count), ...rest];
    return movingCase([{ shape, ...kind }], { blockShape, margins }, at);
  }),
  run: ([x], { blockShape, margins }) => tf.batchToSpaceND(x as tf.Tensor, blockShape, margins),
  moves: ([x], { blockShape, margins }) => {
    const { shape } = x as NdArray;
    const [batch, rank] = [(shape[0] as number) / sizeOf(blockShape), blockShape.length];
    const result = [
      batch,
      ...blockShape.map(
        (block, i) => (shape[i + 1] as number) * block - (margins[i]?.[0] ?? 0) - (margins[i]?.[1] ?? 0),
      ),
      ...shape.slice(1 + rank),
    ];
    return [
      movesOf(result, (index) => {
        const whole = blockShape.map((_, i) => (index[i + 1] as number) + (margins[i]?.[0] ?? 0));
        const part = whole.reduce(
          (sum, at, i) => sum * (blockShape[i] as number) + (at % (blockShape[i] as number)),
          0,
        );
        const spatial = whole.map((at, i) => Math.floor(at / (blockShape[i] as number)));
        return [0, offsetOf(shape, [part * batch + (index[0] as number), ...spatial, ...index.slice(1 + rank)])];
      }),
    ];
  },
});

export const blockEntries: readonly Entry[] = [batchToSpaceND, spaceToBatchND];
