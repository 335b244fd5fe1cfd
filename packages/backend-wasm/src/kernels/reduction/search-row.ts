import { type FunctionBuilder, type I32, i8x16, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import type { Extremum } from './extremum.ts';
import type { Operands } from './strips.ts';

/** So many numbers are searched for the best first, and for its place only at the end. */
const blockBytes = 4 * 64;

/** The best so far in four lanes, and where the block begins in which each is. */
interface Found {
  readonly best: Local<'v128'>;
  readonly where: Local<'v128'>;
}

/** Takes the best of a block, which starts at a place after those before it. */
function takeBlock(
  f: FunctionBuilder,
  { best, where }: Found,
  inBlock: V128,
  place: V128,
  { isBetter, better }: Extremum,
): void {
  // Places grow, so that the largest of them is the last.
  f.set(where, i32x4.maxS(where, v128.and(isBetter(inBlock, best), place)));
  f.set(best, better(best, inBlock));
}

/** Whether the number at an address is not the best one, which is the same in all lanes; no number is where the best is NaN. */
function isElsewhere(at: I32, best: V128, { isSame }: Extremum): I32 {
  return v128.anyTrue(v128.andNot(isSame(best, best), isSame(v128.load32Splat(at), best)));
}

/**
 * Writes the code that finds the place of the best number of a row, which is not empty: searches neighbours in blocks, each lane for itself, holds
 * the lanes against each other, and searches the best block.
 */
export function searchRow(f: FunctionBuilder, { input, output, reduced }: Operands, extremum: Extremum): void {
  const [at, end] = [f.local('i32', input), f.local('i32', i32.add(input, i32.shl(reduced, i32.const(2))))];
  const found: Found = { best: f.local('v128', v128.load32Splat(at)), where: f.local('v128', i32x4.const(0)) };
  const block = { input, at, end };
  takeBlocks(f, block, found, extremum);
  joinLanes(f, found, extremum);
  f.set(at, i32.add(input, i32x4.lane(0, found.where)));
  f.if(
    i32.leU(i32.add(at, i32.const(blockBytes)), end),
    () => f.increase(at, i32.shl(placeInBlock(f, at, found.best, extremum), i32.const(2))),
    () => searchRest(f, block, found.best, extremum),
  );
  f.do(i32.store(output, i32.shrU(i32.sub(at, input), i32.const(2))));
}

/** A row, and the place in it that has been come to. */
interface Place {
  readonly input: Local<'i32'>;
  readonly at: Local<'i32'>;
  readonly end: Local<'i32'>;
}

/** Takes the bests of all blocks, and that of what is left over. */
function takeBlocks(f: FunctionBuilder, { input, at, end }: Place, found: Found, extremum: Extremum): void {
  const { better, worst } = extremum;
  const inBlock = [0, 1, 2, 3].map(() => f.local('v128', worst)) as [Local<'v128'>, ...Local<'v128'>[]];
  const [first, ...others] = inBlock;
  const take = (part: Local<'v128'>, value: V128): void => f.set(part, better(part, value));
  const rest = (bytes: number): I32 => i32.leU(i32.add(at, i32.const(bytes)), end);
  f.while(rest(blockBytes), () => {
    for (const part of inBlock) f.set(part, worst);
    for (let k = 0; k < blockBytes / 64; k++) {
      for (const [i, part] of inBlock.entries()) take(part, v128.load(at, 64 * k + 16 * i));
    }
    for (const part of others) take(first, part);
    takeBlock(f, found, first, i32x4.splat(i32.sub(at, input)), extremum);
    f.increase(at, blockBytes);
  });
  const place = f.local('v128', i32x4.splat(i32.sub(at, input)));
  f.set(first, worst);
  for (const [bytes, load] of [[16, v128.load] as const, [4, v128.load32Splat] as const]) {
    f.while(rest(bytes), () => {
      take(first, load(at));
      f.increase(at, bytes);
    });
  }
  takeBlock(f, found, first, place, extremum);
}

/**
 * How many numbers of a block come before the best one, which is the same in all lanes; none if it is NaN. Without branches, which
 * nobody can foretell: bit k of each lane tells whether vector k has the number there.
 */
function placeInBlock(f: FunctionBuilder, at: I32, best: V128, { isSame }: Extremum): I32 {
  const half = blockBytes / 32;
  const hits = [f.local('v128', i32x4.const(0)), f.local('v128', i32x4.const(0))] as const;
  for (let k = half - 1; k >= 0; k--) {
    for (const [i, hit] of hits.entries()) {
      f.set(hit, i32x4.sub(i32x4.add(hit, hit), isSame(v128.load(at, 16 * (half * i + k)), best)));
    }
  }
  const [low, high] = hits;
  f.set(low, v128.or(low, i32x4.shl(high, i32.const(half))));
  f.set(high, v128.or(low, i8x16.shuffle32(low, low, [2, 3, 0, 1])));
  const all = i32.or(i32x4.lane(0, high), i32x4.lane(1, high));
  const vector = f.local('i32', i32.ctz(all));
  const lane = i32.ctz(i32x4.bitmask(i32x4.shl(low, i32.sub(i32.const(31), vector))));
  const place = i32.add(i32.shl(vector, i32.const(2)), lane);
  return i32.select(v128.anyTrue(isSame(best, best)), place, i32.const(0));
}

/** Goes on to the best number, by vectors as long as there are any. */
function searchRest(f: FunctionBuilder, { at, end }: Place, best: V128, extremum: Extremum): void {
  const { isSame } = extremum;
  const rest = i32.leU(i32.add(at, i32.const(16)), end);
  const goesOn = f.local('i32', i32.and(v128.anyTrue(isSame(best, best)), rest));
  f.while(goesOn, () => {
    f.if(
      v128.anyTrue(isSame(v128.load(at), best)),
      () => f.set(goesOn, i32.const(0)),
      () => {
        f.increase(at, 16);
        f.set(goesOn, rest);
      },
    );
  });
  f.while(isElsewhere(at, best, extremum), () => f.increase(at, 4));
}

/** Makes all lanes the best of them and, of equals, the first place. */
function joinLanes(f: FunctionBuilder, { best, where }: Found, { isBetter, better, isSame }: Extremum): void {
  const [other, otherPlace] = [f.local('v128'), f.local('v128')];
  for (const lanes of [[2, 3, 0, 1] as const, [1, 0, 3, 2] as const]) {
    f.set(other, i8x16.shuffle32(best, best, lanes));
    f.set(otherPlace, i8x16.shuffle32(where, where, lanes));
    const earlier = f.local('v128', v128.select(isSame(best, other), i32x4.minU(where, otherPlace), where));
    f.set(where, v128.select(isBetter(other, best), otherPlace, earlier));
    f.set(best, better(best, other));
  }
}
