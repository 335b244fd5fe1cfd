import { type DataType, type Tensor, util } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors.ts';
import { RandomStream } from '../random/random-stream.ts';
import type { Initializer, InitializerContext, PartitionInfo } from './initializer.ts';

/**
 * Makes an {@link Initializer} that checks what it is asked for and carries its name and configuration.
 *
 * @throws ValueError when `config` has a seed that is not a safe integer.
 */
export function defineInitializer(
  name: string,
  config: Readonly<Record<string, unknown>>,
  dtypes: readonly DataType[],
  create: (shape: number[], dtype: DataType, context: InitializerContext) => Tensor,
): Initializer {
  const { seed } = config;
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new ValueError(`initializers.${name}: the seed must be a safe integer; got ${seed}.`);
  }
  const initialize = (shape: number[], dtype: DataType, context: InitializerContext): Tensor => {
    if (!dtypes.includes(dtype)) {
      throw new TypeError(
        `initializers.${name} for "${context.name}": expected dtype ${dtypes.join(' or ')}, got ${dtype}.`,
      );
    }
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new ValueError(
        `initializers.${name} for "${context.name}": the sizes of a shape must be integers >= 0; got [${shape}].`,
      );
    }
    return create(shape, dtype, context);
  };
  return Object.assign(initialize, { initializerName: name, config: Object.freeze(config) });
}

/**
 * One random word for every element of a variable or slice, in row-major order.
 *
 * With a seed, a slice gets the words that it would have within the whole variable; so a partitioned variable has the
 * same first value as a whole one.
 */
export function drawWords(shape: number[], seed: number | undefined, context: InitializerContext): Uint32Array {
  if (seed === undefined) return context.random.bits(util.sizeFromShape(shape));
  const stream = RandomStream.fromSeed(seed);
  if (context.partition === undefined) return stream.bits(util.sizeFromShape(shape));
  return sliceWords(stream, shape, context.partition);
}

function sliceWords(stream: RandomStream, shape: number[], { fullShape, offset }: PartitionInfo): Uint32Array {
  const words = new Uint32Array(util.sizeFromShape(shape));
  const axis = Math.max(
    0,
    shape.findIndex((size, i) => size !== fullShape[i]),
  );
  // Elements that lie next to each other in the slice, and the distance from one such run to the next in the whole.
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  const run = (shape[axis] ?? 1) * inner;
  const stride = (fullShape[axis] ?? 1) * inner;
  for (let start = 0, outer = 0; start < words.length; start += run, outer++) {
    stream.position = outer * stride + (offset[axis] ?? 0) * inner;
    words.set(stream.bits(run), start);
  }
  return words;
}
