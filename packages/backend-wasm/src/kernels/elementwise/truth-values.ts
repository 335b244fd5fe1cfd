import { type FunctionBuilder, type I32, i8x16, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';
import { inTurns } from './map.ts';

/** How a mask of four lanes, ones for true, is computed of what is loaded. */
export type TruthLanes = (load: (address: I32) => V128) => V128;

/**
 * Writes code that stores the truth values of `count` elements as bytes 1 or 0: two vectors of them at a time, then four, then one.
 *
 * @param pointers What goes along with the elements.
 */
export function forTruths(
  f: FunctionBuilder,
  count: I32,
  output: Local<'i32'>,
  pointers: readonly Local<'i32'>[],
  lanes: TruthLanes,
): void {
  const turns = inTurns(f, count, [...pointers.map((pointer) => [pointer, 4] as const), [output, 1]]);
  const one = f.constant(i32x4.const(1));
  const words = f.local('v128');
  const storeSixteen = (offset: 0 | 16): void => {
    const mask = (k: number): V128 =>
      f.local(
        'v128',
        lanes((address) => v128.load(address, 4 * offset + 16 * k)),
      );
    const masks = [mask(0), mask(1), mask(2), mask(3)] as const;
    const low = i8x16.narrow32(masks[0], masks[1]);
    const high = i8x16.narrow32(masks[2], masks[3]);
    f.do(v128.store(output, v128.and(i8x16.narrowS(low, high), f.constant(i8x16.const(1))), offset));
  };
  turns(32, () => {
    storeSixteen(0);
    storeSixteen(16);
  });
  turns(4, () => {
    f.set(words, v128.and(lanes(v128.load), one));
    f.set(words, i8x16.narrow32(words, words));
    f.do(v128.store32Lane(0, output, i8x16.narrow(words, words)));
  });
  turns(1, () => f.do(i32.store8(output, i32x4.lane(0, v128.and(lanes(v128.load32Splat), one)))));
}
