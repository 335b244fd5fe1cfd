import {
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { forPositions, type GeometryLocals, geometryOf, geometryParameters, type PositionLocals } from './window.ts';

/** How the channels of a strip are read and written: four of them, or one. */
export interface Strip {
  /** The number of the first channel. */
  readonly channel: Local<'i32'>;
  load(base: I32, place: I32): V128;
  store(base: I32, place: I32, value: V128): void;
}

/**
 * Adds the functions of pooling images that have their channels last; all take one image.
 *
 * - `maxPool(x, y, positions, geometry)`: the largest elements; with `positions` not 0, also where in the image they are.
 * - `maxPoolGrad(x, y, dy, dx, open, geometry)`: adds dy where the first largest element of each window is.
 * - `avgPool(x, y, geometry)`: the averages of the elements of each window that lie on the image.
 * - `avgPoolGrad(dy, dx, geometry)`: adds dy, divided by the size of the whole window, to all of the window.
 */
export function emitPooling(module: ModuleBuilder): void {
  emitLargest(module);
  emitLargestGradient(module);
  emitAverage(module);
  emitAverageGradient(module);
}

function emitLargest(module: ModuleBuilder): void {
  const maximum = { x: 'i32', y: 'i32', positions: 'i32', ...geometryParameters } as const;
  module.function('maxPool', maximum, (f, { x, y, positions, ...geometry }) => {
    const g = geometryOf(geometry);
    const [best, where] = [f.local('v128'), f.local('v128')];
    forPositions(f, g, (position) =>
      forStrips(f, g, (strip) => {
        findLargest(f, strip, position, x, best, where);
        strip.store(y, position.output, best);
        f.if(positions, () => {
          const channels = i32x4.add(i32x4.splat(strip.channel), laneNumbers);
          const inImage = i32x4.add(i32x4.mul(where, i32x4.splat(g.channels)), channels);
          strip.store(positions, position.output, inImage);
        });
      }),
    );
  });
}

function emitLargestGradient(module: ModuleBuilder): void {
  const gradient = { x: 'i32', y: 'i32', dy: 'i32', dx: 'i32', open: 'i32', ...geometryParameters } as const;
  module.function('maxPoolGrad', gradient, (f, { x, y, dy, dx, open, ...geometry }) => {
    const g = geometryOf(geometry);
    const rowBytes = f.local('i32', i32.shl(g.channels, i32.const(2)));
    const rowOf = (base: I32, place: I32): I32 => i32.add(base, i32.mul(place, rowBytes));
    const [largest, slope, input, target, found] = [
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('v128'),
    ];
    const here = i32.const(0);
    forPositions(f, g, (position) => {
      f.do(i32.fillMemory(open, i32.const(0xff), rowBytes));
      f.set(largest, rowOf(y, position.output));
      f.set(slope, rowOf(dy, position.output));
      position.forWindow((place) => {
        f.set(input, rowOf(x, place));
        f.set(target, rowOf(dx, place));
        forStrips(f, g, (strip) => {
          f.set(found, v128.and(strip.load(open, here), f32x4.eq(strip.load(input, here), strip.load(largest, here))));
          strip.store(open, here, v128.andNot(strip.load(open, here), found));
          const share = v128.and(strip.load(slope, here), found);
          strip.store(target, here, f32x4.add(strip.load(target, here), share));
        });
      });
    });
  });
}

function emitAverage(module: ModuleBuilder): void {
  module.function('avgPool', { x: 'i32', y: 'i32', ...geometryParameters }, (f, { x, y, ...geometry }) => {
    const g = geometryOf(geometry);
    const sum = f.local('v128');
    forPositions(f, g, (position) =>
      forStrips(f, g, (strip) => {
        f.set(sum, f32x4.const(0));
        position.forWindow((place) => f.set(sum, f32x4.add(sum, strip.load(x, place))));
        strip.store(y, position.output, f32x4.div(sum, f32x4.splat(f32.fromI32(position.count))));
      }),
    );
  });
}

function emitAverageGradient(module: ModuleBuilder): void {
  module.function('avgPoolGrad', { dy: 'i32', dx: 'i32', ...geometryParameters }, (f, { dy, dx, ...geometry }) => {
    const g = geometryOf(geometry);
    const size = [0, 1, 2].map((axis) => g.get('filter', axis) as I32).reduce((product, n) => i32.mul(product, n));
    const wholeWindow = f.local('v128', f32x4.splat(f32.fromI32(size)));
    const share = f.local('v128');
    forPositions(f, g, (position) =>
      forStrips(f, g, (strip) => {
        f.set(share, f32x4.div(strip.load(dy, position.output), wholeWindow));
        position.forWindow((place) => strip.store(dx, place, f32x4.add(strip.load(dx, place), share)));
      }),
    );
  });
}

const laneNumbers: V128 = i32x4.lanes(0, 1, 2, 3);

/** The largest element of the window, and the first place in the image that has it. */
function findLargest(
  f: FunctionBuilder,
  strip: Strip,
  position: PositionLocals,
  x: I32,
  best: Local<'v128'>,
  where: Local<'v128'>,
): void {
  const [value, more] = [f.local('v128'), f.local('v128')];
  f.set(best, f32x4.const(Number.NEGATIVE_INFINITY));
  f.set(where, i32x4.const(-1));
  position.forWindow((place) => {
    f.set(value, strip.load(x, place));
    // The first of the window counts even where it is -∞, and NaN counts as the largest.
    const first = i32x4.eq(where, i32x4.const(-1));
    const isNumber = f32x4.eq(best, best);
    f.set(more, v128.or(first, v128.and(isNumber, v128.not(f32x4.le(value, best)))));
    f.set(best, v128.select(more, value, best));
    f.set(where, v128.select(more, i32x4.splat(place), where));
  });
}

/** Runs code for all channels: four at a time, then one. */
export function forStrips(f: FunctionBuilder, g: GeometryLocals, body: (strip: Strip) => void): void {
  const channel = f.local('i32');
  const whole = i32.and(g.channels, i32.const(-4));
  const address = (base: I32, place: I32): I32 =>
    i32.add(base, i32.shl(i32.add(i32.mul(place, g.channels), channel), i32.const(2)));
  f.loop(channel, { below: whole, step: 4 }, () =>
    body({
      channel,
      load: (base, place) => v128.load(address(base, place)),
      store: (base, place, value) => f.do(v128.store(address(base, place), value)),
    }),
  );
  f.loop(channel, { from: whole, below: g.channels }, () =>
    body({
      channel,
      load: (base, place) => v128.load32Zero(address(base, place)),
      store: (base, place, value) => f.do(v128.store32Lane(0, address(base, place), value)),
    }),
  );
}
