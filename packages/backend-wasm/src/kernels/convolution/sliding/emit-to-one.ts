import {
  type FunctionBuilder,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../../emitter/index.ts';
import { totalsOfFour } from '../window-dots.ts';
import { addWindows, forGroups, groupWindows, integers, vectors } from './lines.ts';

/**
 * All channels times a filter of one to `output`: a number for each window. All begin with the number at `start`. The images are
 * read where they are: what lies beyond their borders is the pixel at `zeros`. The filter is [tapRows, channels / 4, taps, 4].
 */
const parameters = {
  x: 'i32',
  images: 'i32',
  rows: 'i32',
  columns: 'i32',
  pixelBytes: 'i32',
  /** The windows in a line, the lines of an image, and how far the first window begins before the image. */
  windows: 'i32',
  lines: 'i32',
  before: 'i32',
  linesBefore: 'i32',
  /** Distances in rows of the image: from line to line, and from row to row of the filter. */
  lineStep: 'i32',
  tapRowStep: 'i32',
  tapRows: 'i32',
  zeros: 'i32',
  filter: 'i32',
  output: 'i32',
  start: 'i32',
} as const;
type Parameters = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** Adds the function for filters of so many columns. */
export function emitToOne(module: ModuleBuilder, name: string, taps: number): void {
  module.function(name, parameters, (f, p) => {
    const [image, line, top] = integers(f, 3);
    const rowBytes = f.local('i32', i32.mul(p.columns, p.pixelBytes));
    const sums = vectors(f, groupWindows);
    f.loop(image, { below: p.images }, () => {
      f.set(top, i32.sub(i32.const(0), p.linesBefore));
      f.loop(line, { below: p.lines }, () => {
        forGroups(f, p.windows, (first) => {
          for (const sum of sums) f.set(sum, f32x4.const(0));
          addTapRows(f, p, { taps, sums, top, rowBytes, column: i32.sub(first, p.before) });
          const totals = f32x4.add(v128.load32Splat(p.start), totalsOfFour(f, sums));
          f.do(v128.store(i32.add(p.output, i32.shl(first, i32.const(2))), totals));
        });
        f.increase(p.output, i32.shl(p.windows, i32.const(2)));
        f.increase(top, p.lineStep);
      });
      f.increase(p.x, i32.mul(p.rows, rowBytes));
    });
  });
}

/** Some windows: their sums, and where in the image the first of them begins. */
interface Group {
  readonly taps: number;
  readonly sums: readonly Local<'v128'>[];
  readonly top: Local<'i32'>;
  readonly column: I32;
  readonly rowBytes: Local<'i32'>;
}

function addTapRows(f: FunctionBuilder, p: Parameters, group: Group): void {
  const { taps, sums, top, rowBytes } = group;
  const [row, weightRow, weightsAt, end] = integers(f, 4);
  const [y, column] = [f.local('i32', top), f.local('i32', group.column)];
  const weightRowBytes = f.local('i32', i32.mul(p.pixelBytes, i32.const(taps)));
  const pixels = integers(f, sums.length + taps - 1);
  const [values, weights] = [vectors(f, pixels.length), vectors(f, taps)];
  const addVectors = (vector: 0 | 1): void => {
    for (const [i, value] of values.entries()) f.set(value, v128.load(pixels[i] as I32, 16 * vector));
    for (const [i, weight] of weights.entries()) f.set(weight, v128.load(weightsAt, 16 * (taps * vector + i)));
    addWindows(f, sums, values, weights);
  };
  // Of more columns a vector of channels already takes most registers.
  const isNarrow = taps <= 3;
  const step = isNarrow ? 32 : 16;
  f.set(weightRow, p.filter);
  f.loop(row, { below: p.tapRows }, () => {
    // As an unsigned number a row above the image lies below it.
    f.if(i32.ltU(y, p.rows), () => {
      const at = i32.add(p.x, i32.add(i32.mul(y, rowBytes), i32.mul(column, p.pixelBytes)));
      pointToPixels(f, p, pixels, column, f.local('i32', at));
      f.set(weightsAt, weightRow);
      f.set(end, i32.add(weightRow, weightRowBytes));
      f.while(i32.ltU(weightsAt, end), () => {
        addVectors(0);
        if (isNarrow) f.if(i32.ltU(i32.add(weightsAt, i32.const(16 * taps)), end), () => addVectors(1));
        for (const pixel of pixels) f.increase(pixel, step);
        f.increase(weightsAt, step * taps);
      });
    });
    f.increase(y, p.tapRowStep);
    f.increase(weightRow, weightRowBytes);
  });
}

/** Points to pixels from a column on, of which some may lie beyond the borders. */
function pointToPixels(
  f: FunctionBuilder,
  { columns, pixelBytes, zeros }: Parameters,
  pixels: readonly Local<'i32'>[],
  column: Local<'i32'>,
  at: Local<'i32'>,
): void {
  const begins = i32.geS(column, i32.const(0));
  const ends = i32.leS(i32.add(column, i32.const(pixels.length)), columns);
  f.if(
    i32.and(begins, ends),
    () => pointTo(f, pixels, at, pixelBytes),
    () => {
      for (const [i, pixel] of pixels.entries()) {
        f.set(pixel, i32.select(i32.ltU(i32.add(column, i32.const(i)), columns), at, zeros));
        f.increase(at, pixelBytes);
      }
    },
  );
}

function pointTo(f: FunctionBuilder, pointers: readonly Local<'i32'>[], first: Local<'i32'>, step: Local<'i32'>): void {
  let before: Local<'i32'> | undefined;
  for (const pointer of pointers) {
    f.set(pointer, before === undefined ? first : i32.add(before, step));
    before = pointer;
  }
}
