import {
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
} from '../../emitter/index.ts';
import { continueAxis } from './continued.ts';
import { copyPixel, forPixelLanes, nearestWhole, paintPixel } from './pixels.ts';

const parameters = {
  image: 'i32',
  /** Eight coefficients for each image, so many bytes apart: 0 where all images share them. */
  coefficients: 'i32',
  coefficientsStep: 'i32',
  output: 'i32',
  batch: 'i32',
  height: 'i32',
  width: 'i32',
  channels: 'i32',
  rows: 'i32',
  columns: 'i32',
  mode: 'i32',
  value: 'f32',
  /** Room for a pixel, which gets the value: it is read where the image has none. */
  fill: 'i32',
} as const;

/** Where the pixel of a result is read: a position in the image, and the address of a pixel of it. */
interface Source {
  readonly x: Local<'f32'>;
  readonly y: Local<'f32'>;
  readonly pixel: (y: I32, x: I32) => I32;
  readonly bytes: I32;
}

/** Adds `transform/nearest` and `transform/bilinear`, which read each pixel of a result where a projective map sends it. */
export function emitTransform(module: ModuleBuilder): void {
  for (const [interpolation, read] of [
    ['nearest', readNearest],
    ['bilinear', readBlended],
  ] as const) {
    module.function(`transform/${interpolation}`, parameters, (f, p) => {
      const bytes = f.local('i32', i32.shl(p.channels, i32.const(2)));
      const [heightAsFloat, widthAsFloat] = [p.height, p.width].map((length) => f.local('f32', f32.fromI32(length)));
      paintPixel(f, p.fill, p.value, bytes);
      const [x, y] = [f.local('f32'), f.local('f32')];
      const pixel = (row: I32, column: I32): I32 => {
        const isInside = i32.and(i32.ltU(row, p.height), i32.ltU(column, p.width));
        const place = i32.mul(i32.add(i32.mul(row, p.width), column), bytes);
        return i32.select(isInside, i32.add(p.image, place), p.fill);
      };
      const image = f.local('i32');
      f.loop(image, { below: p.batch }, () => {
        forPositions(f, p, { x, y }, (isPlace) => {
          f.if(
            isPlace,
            () => {
              continueAxis(f, x, widthAsFloat as Local<'f32'>, p.mode);
              continueAxis(f, y, heightAsFloat as Local<'f32'>, p.mode);
              read(f, { x, y, pixel, bytes }, p.output);
            },
            () => copyPixel(f, p.fill, p.output, bytes),
          );
          f.increase(p.output, bytes);
        });
        f.increase(p.coefficients, p.coefficientsStep);
        f.increase(p.image, i32.mul(i32.mul(p.height, p.width), bytes));
      });
    });
  }
}

/** Runs code for every pixel of a result, which is told whether there is a place where the map sends it. */
function forPositions(
  f: FunctionBuilder,
  p: Readonly<Record<'coefficients' | 'rows' | 'columns', Local<'i32'>>>,
  { x, y }: { readonly x: Local<'f32'>; readonly y: Local<'f32'> },
  body: (isPlace: I32) => void,
): void {
  const [row, column, projection] = [f.local('i32'), f.local('i32'), f.local('f32')];
  const [rowAsFloat, columnAsFloat] = [f.local('f32'), f.local('f32')];
  const coefficients = Array.from({ length: 8 }, (_, i) => f.local('f32', f32.load(p.coefficients, 4 * i)));
  const along = (first: number, rest: Local<'f32'> | ReturnType<typeof f32.const>) => {
    const [byColumn, byRow] = coefficients.slice(first, first + 2) as [Local<'f32'>, Local<'f32'>];
    return f32.add(f32.add(f32.mul(byColumn, columnAsFloat), f32.mul(byRow, rowAsFloat)), rest);
  };
  f.loop(row, { below: p.rows }, () => {
    f.set(rowAsFloat, f32.fromI32(row));
    f.loop(column, { below: p.columns }, () => {
      f.set(columnAsFloat, f32.fromI32(column));
      f.set(projection, along(6, f32.const(1)));
      f.set(x, f32.div(along(0, coefficients[2] as Local<'f32'>), projection));
      f.set(y, f32.div(along(3, coefficients[5] as Local<'f32'>), projection));
      // What is taken from itself is zero unless it is infinite or NaN.
      body(f32.eq(f32.sub(x, x), f32.sub(y, y)));
    });
  });
}

function readNearest(f: FunctionBuilder, { x, y, pixel, bytes }: Source, output: I32): void {
  const from = f.local('i32');
  const [row, column] = [y, x].map((position) => f.local('i32', i32.fromF32(nearestWhole(position))));
  f.set(from, pixel(row as I32, column as I32));
  copyPixel(f, from, output, bytes);
}

function readBlended(f: FunctionBuilder, { x, y, pixel, bytes }: Source, output: I32): void {
  const axes = [y, x].map((position) => {
    const below = f.local('f32', f32.floor(position));
    const first = f.local('i32', i32.fromF32(below));
    const second = f.local('i32', i32.add(first, i32.const(1)));
    const share = f.local('f32', f32.sub(position, below));
    const weights = [f32.sub(f32.const(1), share), share].map((weight) => f.local('v128', f32x4.splat(weight)));
    return { pixels: [first, second], weights };
  });
  const [rows, columns] = axes as [(typeof axes)[number], (typeof axes)[number]];
  const corners = rows.pixels.map((row) => columns.pixels.map((column) => f.local('i32', pixel(row, column))));
  forPixelLanes(f, bytes, ({ load, store }) => {
    const blended = corners
      .map((row) => weightedSum(row.map(load), columns.weights))
      .map((line) => f.local('v128', line));
    store(output, weightedSum(blended, rows.weights));
  });
}

function weightedSum(
  values: readonly ReturnType<typeof f32x4.splat>[],
  weights: readonly Local<'v128'>[],
): ReturnType<typeof f32x4.splat> {
  return values
    .map((value, i) => f32x4.mul(weights[i] as Local<'v128'>, value))
    .reduce((sum, share) => f32x4.add(sum, share));
}
