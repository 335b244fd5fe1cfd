import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  i8x16,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';

/** Threefry-2x32: the word that completes the key, and by how much the rounds of even and odd groups rotate. */
const keyParity = 0x1bd11bda;
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/**
 * Adds the functions that draw core's random numbers:
 *
 * - `threefry(output, blocks, key0, key1, counterLow, counterHigh)`: the two words of each of so many blocks (a multiple of 4)
 *   with 20 rounds, the counters going up from the given one.
 * - `uniformFromWords(words, output, count, low, width, end, last)`: low + width · (word >>> 8) · 2^-24 in float64, rounded, and
 *   `last` where that is not below `end`.
 * - `bernoulliFromWords(words, output, count, largest)`: 1 for words up to `largest`, else 0.
 */
export function emitRandom(module: ModuleBuilder): void {
  const parameters = {
    output: 'i32',
    blocks: 'i32',
    key0: 'i32',
    key1: 'i32',
    counterLow: 'i32',
    counterHigh: 'i32',
  } as const;
  module.function('threefry', parameters, (f, { output, blocks, key0, key1, counterLow, counterHigh }) => {
    const keys = [
      f.local('v128', i32x4.splat(key0)),
      f.local('v128', i32x4.splat(key1)),
      f.local('v128', i32x4.splat(i32.xor(i32.xor(key0, key1), i32.const(keyParity)))),
    ] as const;
    const [i, low, high, x0, x1] = [f.local('i32'), f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')];
    f.loop(i, { below: blocks, step: 4 }, () => {
      f.set(low, i32x4.add(i32x4.splat(counterLow), i32x4.lanes(0, 1, 2, 3)));
      // A lane whose low word has passed 2^32 carries one over: its low word is below the first, as unsigned numbers.
      const carried = v128.not(i32x4.leU(i32x4.splat(counterLow), low));
      f.set(high, i32x4.sub(i32x4.splat(counterHigh), carried));
      f.set(x0, i32x4.add(low, keys[0]));
      f.set(x1, i32x4.add(high, keys[1]));
      writeRounds(f, keys, x0, x1);
      f.do(
        v128.store(output, i8x16.shuffle32(x0, x1, [0, 4, 1, 5])),
        v128.store(output, i8x16.shuffle32(x0, x1, [2, 6, 3, 7]), 16),
      );
      f.increase(output, 32);
      const next = f.local('i32', i32.add(counterLow, i32.const(4)));
      f.set(counterHigh, i32.add(counterHigh, i32.ltU(next, counterLow)));
      f.set(counterLow, next);
    });
  });
  emitUniform(module);
  const bernoulli = { words: 'i32', output: 'i32', count: 'i32', largest: 'i32' } as const;
  module.function('bernoulliFromWords', bernoulli, (f, { words, output, count, largest }) => {
    const limit = f.local('v128', i32x4.splat(largest));
    forFours(f, count, (bytes, load, store) => {
      store(output, v128.and(i32x4.leU(load(words), limit), f32x4.const(1)));
      f.increase(words, bytes);
      f.increase(output, bytes);
    });
  });
}

function writeRounds(
  f: FunctionBuilder,
  keys: readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>],
  x0: Local<'v128'>,
  x1: Local<'v128'>,
): void {
  for (let group = 1; group <= 5; group++) {
    for (const bits of rotations[(group - 1) % 2 === 0 ? 0 : 1]) {
      f.set(x0, i32x4.add(x0, x1));
      const rotated = v128.or(i32x4.shl(x1, i32.const(bits)), i32x4.shrU(x1, i32.const(32 - bits)));
      f.set(x1, v128.xor(rotated, x0));
    }
    const [first, second] = [keys[group % 3], keys[(group + 1) % 3]] as [Local<'v128'>, Local<'v128'>];
    f.set(x0, i32x4.add(x0, first));
    f.set(x1, i32x4.add(i32x4.add(x1, second), i32x4.const(group)));
  }
}

function emitUniform(module: ModuleBuilder): void {
  const parameters = {
    words: 'i32',
    output: 'i32',
    count: 'i32',
    low: 'f64',
    width: 'f64',
    end: 'f32',
    last: 'f32',
  } as const;
  module.function('uniformFromWords', parameters, (f, { words, output, count, low, width, end, last }) => {
    const [bits, value] = [f.local('v128'), f.local('v128')];
    const [start, range] = [f.local('v128', f64x2.splat(low)), f.local('v128', f64x2.splat(width))];
    const half = (lanes: V128): V128 => {
      const share = f64x2.mul(f64x2.fromLowI32x4(lanes), f64x2.const(2 ** -24));
      return f32x4.fromF64x2(f64x2.add(start, f64x2.mul(range, share)));
    };
    forFours(f, count, (bytes, load, store) => {
      f.set(bits, i32x4.shrU(load(words), i32.const(8)));
      const upper = half(i8x16.shuffle32(bits, bits, [2, 3, 2, 3]));
      f.set(value, i8x16.shuffle32(half(bits), upper, [0, 1, 4, 5]));
      store(output, v128.select(f32x4.lt(value, f32x4.splat(end)), value, f32x4.splat(last)));
      f.increase(words, bytes);
      f.increase(output, bytes);
    });
  });
}
