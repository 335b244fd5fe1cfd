import {
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
} from '../../emitter/index.ts';
import { copyPixel, forPixelLanes, nearestWhole, paintPixel } from './pixels.ts';

const parameters = {
  images: 'i32',
  /** For each crop the upper, left, lower and right edge, in lengths of the image. */
  boxes: 'i32',
  /** For each crop the number of its image. */
  owners: 'i32',
  output: 'i32',
  count: 'i32',
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  rows: 'i32',
  columns: 'i32',
  value: 'f32',
  /** Room for a pixel, which gets the value: it is read where the image has none. */
  fill: 'i32',
  /** Room for an entry of the table for each column. */
  table: 'i32',
} as const;

/** Bytes of a column's entry: how far its two pixels are from the begin of a row, or -1, and the second one's weight. */
export const entryBytes = 12;
const [secondAt, weightAt] = [4, 8];

/** Adds `cropAndResize/nearest` and `cropAndResize/bilinear`, which read boxes of images at so many rows and columns. */
export function emitCropAndResize(module: ModuleBuilder): void {
  for (const method of ['nearest', 'bilinear'] as const) {
    module.function(`cropAndResize/${method}`, parameters, (f, p) => {
      const bytes = f.local('i32', i32.shl(p.channels, i32.const(2)));
      const rowBytes = f.local('i32', i32.mul(p.width, bytes));
      paintPixel(f, p.fill, p.value, bytes);
      const [box, image, row, column, entry] = Array.from({ length: 5 }, () => f.local('i32')) as Tuple5;
      const vertical = axis(f, method);
      const horizontal = axis(f, method);
      const readers = { nearest: copyOne, bilinear: blendFour };
      f.loop(box, { below: p.count }, () => {
        f.set(image, i32.add(p.images, i32.mul(i32.mul(i32.load(p.owners), p.height), rowBytes)));
        vertical.start({ from: 0, to: 8, box: p.boxes, steps: p.rows, length: p.height });
        horizontal.start({ from: 4, to: 12, box: p.boxes, steps: p.columns, length: p.width });
        tabulate(f, p, { horizontal, column, entry, bytes });
        f.loop(row, { below: p.rows }, () => {
          vertical.find(row);
          const lines = [vertical.first, vertical.second].map((line) =>
            f.local('i32', i32.add(image, i32.mul(line, rowBytes))),
          );
          f.set(entry, p.table);
          f.loop(column, { below: p.columns }, () => {
            f.if(
              i32.or(i32.eqz(vertical.isInside), i32.eq(i32.load(entry), i32.const(-1))),
              () => copyPixel(f, p.fill, p.output, bytes),
              () => readers[method](f, { lines, entry, share: vertical.share, bytes, output: p.output }),
            );
            f.increase(p.output, bytes);
            f.increase(entry, entryBytes);
          });
        });
        f.increase(p.boxes, 16);
        f.increase(p.owners, 4);
      });
    });
  }
}

type Tuple5 = [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
type Parameters = { readonly [K in Exclude<keyof typeof parameters, 'value'>]: Local<'i32'> };

/** How one side of a box lies on an axis of the image. */
interface Side {
  readonly box: I32;
  /** Where the two edges are in the box. */
  readonly from: number;
  readonly to: number;
  readonly steps: Local<'i32'>;
  readonly length: Local<'i32'>;
}

/** Code that walks along an axis of an image in the steps of a box. */
function axis(f: FunctionBuilder, method: 'nearest' | 'bilinear') {
  const [begin, scale, last, position] = Array.from({ length: 4 }, () => f.local('f32')) as [F32, F32, F32, F32];
  const [isInside, first, second, share] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('f32')];
  const lastPixel = f.local('i32');
  // The last position of an axis of millions of pixels is rounded, perhaps to one more than there are.
  const setPixel = (pixel: Local<'i32'>, at: ReturnType<typeof f32.floor>): void => {
    f.set(pixel, i32.fromF32(at));
    f.set(pixel, i32.select(i32.ltS(pixel, lastPixel), pixel, lastPixel));
  };
  return {
    isInside,
    first,
    second,
    share,
    /** Begins with a side of a box. */
    start({ box, from, to, steps, length }: Side): void {
      const [start, end] = [f.local('f32', f32.load(box, from)), f.local('f32', f32.load(box, to))];
      f.set(lastPixel, i32.sub(length, i32.const(1)));
      f.set(last, f32.fromI32(lastPixel));
      const middle = f32.mul(f32.const(0.5), f32.add(start, end));
      const hasSteps = i32.gtS(steps, i32.const(1));
      f.set(begin, f32.mul(f32.select(hasSteps, start, middle), last));
      const between = f32.fromI32(i32.sub(steps, i32.const(1)));
      const distance = f32.div(f32.mul(f32.sub(end, start), last), between);
      f.set(scale, f32.select(hasSteps, distance, f32.const(0)));
    },
    /** Finds the pixels that a step is read from, and the second one's weight. */
    find(step: I32): void {
      f.set(position, f32.add(begin, f32.mul(f32.fromI32(step), scale)));
      f.set(isInside, i32.and(f32.ge(position, f32.const(0)), f32.le(position, last)));
      setPixel(first, method === 'nearest' ? nearestWhole(position) : f32.floor(position));
      if (method === 'nearest') return;
      setPixel(second, f32.ceil(position));
      f.set(share, f32.sub(position, f32.floor(position)));
    },
  };
}

type F32 = Local<'f32'>;

/** Writes where the columns of a box are read, which is the same for all its rows. */
function tabulate(
  f: FunctionBuilder,
  p: Parameters,
  to: { horizontal: ReturnType<typeof axis>; column: Local<'i32'>; entry: Local<'i32'>; bytes: I32 },
): void {
  const { horizontal, column, entry, bytes } = to;
  f.set(entry, p.table);
  f.loop(column, { below: p.columns }, () => {
    horizontal.find(column);
    f.do(
      i32.store(entry, i32.select(horizontal.isInside, i32.mul(horizontal.first, bytes), i32.const(-1))),
      i32.store(entry, i32.mul(horizontal.second, bytes), secondAt),
      f32.store(entry, horizontal.share, weightAt),
    );
    f.increase(entry, entryBytes);
  });
}

/** The pixel of a crop: the rows of the image that it lies on, its column's entry, the second row's weight. */
interface Target {
  readonly lines: readonly Local<'i32'>[];
  readonly entry: I32;
  readonly share: Local<'f32'>;
  readonly bytes: I32;
  readonly output: I32;
}

function copyOne(f: FunctionBuilder, { lines, entry, bytes, output }: Target): void {
  const from = f.local('i32', i32.add(lines[0] as I32, i32.load(entry)));
  copyPixel(f, from, output, bytes);
}

function blendFour(f: FunctionBuilder, { lines, entry, share, bytes, output }: Target): void {
  const corners = lines.map((line) =>
    [0, secondAt].map((at) => f.local('i32', i32.add(line, i32.load(entry, at)))),
  ) as unknown as [[I32, I32], [I32, I32]];
  const across = f.local('v128', f32x4.splat(f32.load(entry, weightAt)));
  const down = f.local('v128', f32x4.splat(share));
  const between = (a: Local<'v128'>, b: ReturnType<typeof f32x4.splat>, weight: Local<'v128'>) =>
    f32x4.add(a, f32x4.mul(f32x4.sub(b, a), weight));
  const left = f.local('v128');
  const top = f.local('v128');
  forPixelLanes(f, bytes, ({ load, store }) => {
    const [[topLeft, topRight], [bottomLeft, bottomRight]] = corners;
    f.set(left, load(topLeft));
    f.set(top, between(left, load(topRight), across));
    f.set(left, load(bottomLeft));
    const bottom = between(left, load(bottomRight), across);
    store(output, between(top, bottom, down));
  });
}
