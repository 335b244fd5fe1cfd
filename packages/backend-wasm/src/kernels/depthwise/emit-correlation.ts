import { type FunctionBuilder, f32x4, type I32, i32, type Local, type ModuleBuilder } from '../../emitter/index.ts';
import { forStrips, type Strip } from './strips.ts';
import { type ClippedTaps, clipper, loadWalk, type WalkLocals } from './walk.ts';

/** The name of the function that {@link emitCorrelation} adds. */
export const correlation = 'depthwise/correlation';

/** How many windows are worked on at a time where they lie inside the image. */
const windowsAtATime = 4;

/**
 * Adds a function that multiplies windows with a filter, every channel on its own. A few windows of a row are worked on at a
 * time, so that a tap of the filter is loaded once for them. Results below `low` and above `high` become these.
 */
export function emitCorrelation(module: ModuleBuilder): void {
  const parameters = {
    input: 'i32',
    filter: 'i32',
    output: 'i32',
    start: 'i32',
    low: 'f32',
    high: 'f32',
    walk: 'i32',
  } as const;
  module.function(correlation, parameters, (f, { input, filter, output, start, low, high, walk: address }) => {
    const walk = loadWalk(f, address);
    const clamp = { low: f.local('v128', f32x4.splat(low)), high: f.local('v128', f32x4.splat(high)) };
    const [image, row, origin, column] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    const rows = clipper(f, walk.imageRows, walk.dilationRows, walk.tapRows);
    const at = { input: f.local('i32'), filter: f.local('i32'), output: f.local('i32'), start: f.local('i32') };
    const windows = (count: number) => emitWindows(f, walk, rows.taps, at, column, count, clamp);
    f.loop(image, { below: walk.images }, () => {
      f.loop(row, { below: walk.rows }, () => {
        f.set(origin, i32.sub(i32.mul(row, walk.strideRows), walk.beforeRows));
        rows.clip(origin);
        const first = i32.add(origin, i32.mul(rows.taps.from, walk.dilationRows));
        f.set(at.input, i32.add(i32.add(input, walk.inputOrigin), i32.mul(first, walk.inputRow)));
        f.set(at.filter, i32.add(filter, i32.mul(rows.taps.from, walk.filterRow)));
        f.set(at.output, i32.add(output, i32.mul(row, walk.outputRow)));
        f.set(at.start, i32.add(start, i32.mul(row, walk.startRow)));
        emitRow(f, walk, column, windows);
      });
      f.increase(input, walk.inputImage);
      f.increase(output, walk.outputImage);
      f.increase(start, walk.startImage);
    });
  });
}

/** All windows of a row: single ones at the borders, several at a time inside. */
function emitRow(
  f: FunctionBuilder,
  walk: WalkLocals,
  column: Local<'i32'>,
  windows: (count: number) => () => void,
): void {
  const [one, two, several] = [windows(1), windows(2), windows(windowsAtATime)];
  const limit = f.local('i32');
  const pass = f.local('i32', i32.const(0));
  f.set(column, walk.columnsBegin);
  f.set(limit, walk.innerBegin);
  // Twice, for the border before and for the one behind with what is left inside: the code of a single window is long.
  f.while(i32.leS(pass, i32.const(1)), () => {
    f.while(i32.ltS(column, limit), () => {
      one();
      f.increase(column, 1);
    });
    f.if(i32.eqz(pass), () => {
      const fits = (count: number): I32 => i32.leS(i32.add(column, i32.const(count)), walk.innerEnd);
      f.while(fits(2), () => {
        // Three that are left are fastest as four that overlap the last ones.
        const three = i32.eq(i32.sub(walk.innerEnd, column), i32.const(windowsAtATime - 1));
        f.if(i32.and(three, i32.gtS(column, walk.innerBegin)), () => f.increase(column, -1));
        f.if(
          fits(windowsAtATime),
          () => {
            several();
            f.increase(column, windowsAtATime);
          },
          () => {
            two();
            f.increase(column, 2);
          },
        );
      });
    });
    f.set(limit, walk.columnsEnd);
    f.increase(pass, 1);
  });
}

interface Places {
  readonly input: Local<'i32'>;
  readonly filter: Local<'i32'>;
  readonly output: Local<'i32'>;
  readonly start: Local<'i32'>;
}

/** Code for `count` windows next to each other; a single one may reach over the sides of the image. */
function emitWindows(
  f: FunctionBuilder,
  walk: WalkLocals,
  rows: ClippedTaps,
  at: Places,
  column: Local<'i32'>,
  count: number,
  clamp: Clamp,
): () => void {
  const origin = f.local('i32');
  const columns = clipper(f, walk.imageColumns, walk.dilationColumns, walk.tapColumns);
  const places = { input: f.local('i32'), filter: f.local('i32'), output: f.local('i32'), start: f.local('i32') };
  return () => {
    f.set(places.input, i32.add(at.input, i32.mul(column, walk.inputStep)));
    f.set(places.filter, at.filter);
    f.set(places.output, i32.add(at.output, i32.mul(column, walk.outputStep)));
    f.set(places.start, i32.add(at.start, i32.mul(column, walk.startStep)));
    if (count === 1) {
      f.set(origin, i32.sub(i32.mul(column, walk.strideColumns), walk.beforeColumns));
      columns.clip(origin);
      f.increase(places.input, i32.mul(columns.taps.from, walk.inputTap));
      f.increase(places.filter, i32.mul(columns.taps.from, walk.filterTap));
    }
    const taps = count === 1 ? i32.sub(columns.taps.below, columns.taps.from) : walk.tapColumns;
    const tapColumns = f.local('i32');
    f.set(tapColumns, taps);
    forStrips(f, walk.channels, count === 1 ? 16 : 8, (strip) =>
      emitStrip(f, walk, strip, {
        ...places,
        tapRows: i32.sub(rows.below, rows.from),
        tapColumns,
        count,
        clamp,
      }),
    );
  };
}

interface Clamp {
  readonly low: Local<'v128'>;
  readonly high: Local<'v128'>;
}

interface Window extends Places {
  readonly tapRows: I32;
  readonly tapColumns: I32;
  readonly count: number;
  readonly clamp: Clamp;
}

function emitStrip(f: FunctionBuilder, walk: WalkLocals, strip: Strip, window: Window): void {
  const vectors = Array.from({ length: strip.vectors }, (_, i) => i);
  const sums = Array.from({ length: window.count }, () => vectors.map(() => f.local('v128')));
  const at = f.local('i32', i32.add(window.start, i32.mul(strip.offset, walk.startChannel)));
  for (const sum of sums) {
    for (const [v, part] of sum.entries()) f.set(part, strip.load(at, v));
    f.increase(at, walk.startStep);
  }
  const row = { input: f.local('i32'), filter: f.local('i32') };
  const forTapRows = (body: () => void): void => {
    const tapRow = f.local('i32');
    f.set(row.input, i32.add(window.input, strip.offset));
    f.set(row.filter, i32.add(window.filter, strip.offset));
    f.loop(tapRow, { below: window.tapRows }, () => {
      body();
      f.increase(row.input, i32.mul(walk.dilationRows, walk.inputRow));
      f.increase(row.filter, walk.filterRow);
    });
  };
  const anyTaps = (): void => forTapRows(() => emitTaps(f, walk, strip, row, window.tapColumns, sums));
  if (window.count === 1) anyTaps();
  else {
    const sharing = i32.and(i32.eq(walk.tapColumns, i32.const(3)), i32.eq(walk.inputStep, walk.inputTap));
    f.if(sharing, () => forTapRows(() => emitThreeTaps(f, walk, strip, row, sums)), anyTaps);
  }
  f.set(at, i32.add(window.output, strip.offset));
  for (const sum of sums) {
    for (const [v, part] of sum.entries()) {
      strip.store(at, v, f32x4.pmin(f32x4.pmax(part, window.clamp.low), window.clamp.high));
    }
    f.increase(at, walk.outputStep);
  }
}

interface TapRow {
  readonly input: Local<'i32'>;
  readonly filter: Local<'i32'>;
}

type Sums = readonly (readonly Local<'v128'>[])[];

/** Adds a row of taps, however many there are. */
function emitTaps(f: FunctionBuilder, walk: WalkLocals, strip: Strip, row: TapRow, tapColumns: I32, sums: Sums): void {
  const pointers = sums.map(() => f.local('i32'));
  const taps = Array.from({ length: strip.vectors }, () => f.local('v128'));
  const [filterAt, tap] = [f.local('i32', row.filter), f.local('i32')];
  for (const [i, pointer] of pointers.entries()) {
    f.set(pointer, i === 0 ? row.input : i32.add(pointers[i - 1] as I32, walk.inputStep));
  }
  f.loop(tap, { below: tapColumns }, () => {
    for (const [v, value] of taps.entries()) f.set(value, strip.load(filterAt, v));
    for (const [i, pointer] of pointers.entries()) {
      for (const [v, value] of taps.entries()) {
        const sum = sums[i]?.[v] as Local<'v128'>;
        f.set(sum, f.multiplyAdd(strip.load(pointer, v), value, sum));
      }
      f.increase(pointer, walk.inputTap);
    }
    f.increase(filterAt, walk.filterTap);
  });
}

/** Adds a row of three taps where windows are as far apart as taps: what is loaded serves up to three windows. */
function emitThreeTaps(f: FunctionBuilder, walk: WalkLocals, strip: Strip, row: TapRow, sums: Sums): void {
  const filters = [row.filter, f.local('i32'), f.local('i32')] as const;
  f.set(filters[1], i32.add(row.filter, walk.filterTap));
  f.set(filters[2], i32.add(filters[1], walk.filterTap));
  const taps = filters.map(() => f.local('v128'));
  const [at, value] = [f.local('i32'), f.local('v128')];
  for (let v = 0; v < strip.vectors; v++) {
    for (const [i, tap] of taps.entries()) f.set(tap, strip.load(filters[i] as I32, v));
    f.set(at, row.input);
    for (let pixel = 0; pixel < sums.length + 2; pixel++) {
      f.set(value, strip.load(at, v));
      for (const [i, tap] of taps.entries()) {
        const sum = sums[pixel - i]?.[v];
        if (sum !== undefined) f.set(sum, f.multiplyAdd(value, tap, sum));
      }
      f.increase(at, walk.inputStep);
    }
  }
}
