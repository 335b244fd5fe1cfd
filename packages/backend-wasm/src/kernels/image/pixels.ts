import { type FunctionBuilder, f32, f32x4, type I32, i32, type Local, type V128, v128 } from '../../emitter/index.ts';

type F32 = Local<'f32'>;

/** Reads lanes of a pixel by its address, or writes them. */
interface PixelLanes {
  readonly load: (pixel: I32) => V128;
  readonly store: (pixel: I32, value: V128) => void;
}

/** Runs code for all channels of a pixel of so many bytes: four at a time, then one in all lanes. */
export function forPixelLanes(f: FunctionBuilder, bytes: I32, body: (lanes: PixelLanes) => void): void {
  const at = f.local('i32');
  const whole = i32.and(bytes, i32.const(-16));
  f.loop(at, { below: whole, step: 16 }, () =>
    body({
      load: (pixel) => v128.load(i32.add(pixel, at)),
      store: (pixel, value) => f.do(v128.store(i32.add(pixel, at), value)),
    }),
  );
  f.loop(at, { from: whole, below: bytes, step: 4 }, () =>
    body({
      load: (pixel) => v128.load32Splat(i32.add(pixel, at)),
      store: (pixel, value) => f.do(v128.store32Lane(0, i32.add(pixel, at), value)),
    }),
  );
}

/** Copies a pixel. */
export function copyPixel(f: FunctionBuilder, from: I32, to: I32, bytes: I32): void {
  forPixelLanes(f, bytes, ({ load, store }) => store(to, load(from)));
}

/** Gives all channels of a pixel the same value. */
export function paintPixel(f: FunctionBuilder, pixel: I32, value: Local<'f32'>, bytes: I32): void {
  forPixelLanes(f, bytes, ({ store }) => store(pixel, f32x4.splat(value)));
}

/** The whole number nearest to a position; from halfway it is the one farther from zero. */
export function nearestWhole(position: F32): ReturnType<typeof f32.trunc> {
  // With one half itself the largest number below it would be rounded up.
  return f32.trunc(f32.add(position, f32.copysign(f32.const(0.5 - 2 ** -25), position)));
}
