import { type FunctionBuilder, f32x4, type I32, i32, type Local, type ModuleBuilder } from '../../emitter/index.ts';
import { forStrips } from './strips.ts';
import { clipper, loadWalk, type WalkLocals } from './walk.ts';

/** The name of the function that {@link emitFilterGradient} adds. */
export const filterGradient = 'depthwise/filter gradient';

interface Row {
  readonly input: Local<'i32'>;
  readonly slopes: Local<'i32'>;
  readonly gradient: Local<'i32'>;
}

/**
 * Adds a function that adds, to every tap of a filter, the products of what it met in the windows and of the gradients of the
 * results, every channel on its own. The sums of a row of windows are computed before they join the others.
 */
export function emitFilterGradient(module: ModuleBuilder): void {
  const parameters = { input: 'i32', slopes: 'i32', gradient: 'i32', walk: 'i32' } as const;
  module.function(filterGradient, parameters, (f, { input, slopes, gradient, walk: address }) => {
    const walk = loadWalk(f, address);
    const [image, row, tapRow, origin] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    const rows = clipper(f, walk.imageRows, walk.dilationRows, walk.tapRows);
    const at: Row = { input: f.local('i32'), slopes: f.local('i32'), gradient: f.local('i32') };
    f.loop(image, { below: walk.images }, () => {
      f.loop(row, { below: walk.rows }, () => {
        f.set(origin, i32.sub(i32.mul(row, walk.strideRows), walk.beforeRows));
        rows.clip(origin);
        f.loop(tapRow, { from: rows.taps.from, below: rows.taps.below }, () => {
          const inputRow = i32.add(origin, i32.mul(tapRow, walk.dilationRows));
          f.set(at.input, i32.add(i32.add(input, walk.inputOrigin), i32.mul(inputRow, walk.inputRow)));
          f.set(at.slopes, i32.add(slopes, i32.mul(row, walk.outputRow)));
          f.set(at.gradient, i32.add(gradient, i32.mul(tapRow, walk.filterRow)));
          emitBorders(f, walk, at);
          emitInside(f, walk, at);
        });
      });
      f.increase(input, walk.inputImage);
      f.increase(slopes, walk.outputImage);
    });
  });
}

/** The windows that reach over the sides of the image: window by window, tap by tap. */
function emitBorders(f: FunctionBuilder, walk: WalkLocals, row: Row): void {
  const [column, origin, tap] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const [input, slopes, gradient] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const columns = clipper(f, walk.imageColumns, walk.dilationColumns, walk.tapColumns);
  f.set(column, walk.columnsBegin);
  f.while(i32.ltS(column, walk.columnsEnd), () => {
    const inside = i32.and(i32.geS(column, walk.innerBegin), i32.ltS(column, walk.innerEnd));
    f.if(
      inside,
      () => f.set(column, walk.innerEnd),
      () => {
        f.set(origin, i32.sub(i32.mul(column, walk.strideColumns), walk.beforeColumns));
        columns.clip(origin);
        f.set(slopes, i32.add(row.slopes, i32.mul(column, walk.outputStep)));
        f.loop(tap, { from: columns.taps.from, below: columns.taps.below }, () => {
          const window = i32.add(row.input, i32.mul(column, walk.inputStep));
          f.set(input, i32.add(window, i32.mul(tap, walk.inputTap)));
          f.set(gradient, i32.add(row.gradient, i32.mul(tap, walk.filterTap)));
          forStrips(f, walk.channels, 8, (strip) => {
            for (let v = 0; v < strip.vectors; v++) {
              const load = (base: I32) => strip.load(i32.add(base, strip.offset), v);
              const sum = f.multiplyAdd(load(input), load(slopes), load(gradient));
              strip.store(i32.add(gradient, strip.offset), v, sum);
            }
          });
        });
        f.increase(column, 1);
      },
    );
  });
}

/** The windows that lie inside: two or three taps at a time, all windows of the row. */
function emitInside(f: FunctionBuilder, walk: WalkLocals, row: Row): void {
  const left = f.local('i32', walk.tapColumns);
  const begin: Row = { input: f.local('i32'), slopes: f.local('i32'), gradient: f.local('i32') };
  f.set(begin.input, i32.add(row.input, i32.mul(walk.innerBegin, walk.inputStep)));
  f.set(begin.slopes, i32.add(row.slopes, i32.mul(walk.innerBegin, walk.outputStep)));
  f.set(begin.gradient, row.gradient);
  const take = (taps: number): void => {
    forStrips(f, walk.channels, 8, (strip) => emitTaps(f, walk, strip, begin, taps));
    f.increase(begin.input, i32.mul(walk.inputTap, i32.const(taps)));
    f.increase(begin.gradient, i32.mul(walk.filterTap, i32.const(taps)));
    f.increase(left, -taps);
  };
  f.if(i32.ltS(walk.innerBegin, walk.innerEnd), () => {
    f.while(i32.gtS(left, i32.const(0)), () => {
      const three = i32.or(i32.eq(left, i32.const(3)), i32.gtS(left, i32.const(4)));
      f.if(
        three,
        () => take(3),
        () =>
          f.if(
            i32.eq(left, i32.const(1)),
            () => take(1),
            () => take(2),
          ),
      );
    });
  });
}

function emitTaps(
  f: FunctionBuilder,
  walk: WalkLocals,
  strip: Parameters<Parameters<typeof forStrips>[3]>[0],
  begin: Row,
  count: number,
): void {
  const all = Array.from({ length: count }, (_, i) => i);
  const vectors = Array.from({ length: strip.vectors }, (_, i) => i);
  const sums = all.map(() => vectors.map(() => f.local('v128', f32x4.const(0))));
  const pointers = all.map(() => f.local('i32'));
  const slopes = vectors.map(() => f.local('v128'));
  const at = f.local('i32', i32.add(begin.slopes, strip.offset));
  const column = f.local('i32');
  pointers.forEach((pointer, i) => {
    f.set(pointer, i === 0 ? i32.add(begin.input, strip.offset) : i32.add(pointers[i - 1] as I32, walk.inputTap));
  });
  f.loop(column, { from: walk.innerBegin, below: walk.innerEnd }, () => {
    for (const [v, slope] of slopes.entries()) f.set(slope, strip.load(at, v));
    for (const [i, pointer] of pointers.entries()) {
      for (const [v, slope] of slopes.entries()) {
        const sum = sums[i]?.[v] as Local<'v128'>;
        f.set(sum, f.multiplyAdd(strip.load(pointer, v), slope, sum));
      }
      f.increase(pointer, walk.inputStep);
    }
    f.increase(at, walk.outputStep);
  });
  f.set(at, i32.add(begin.gradient, strip.offset));
  for (const sum of sums) {
    for (const [v, part] of sum.entries()) strip.store(at, v, f32x4.add(strip.load(at, v), part));
    f.increase(at, walk.filterTap);
  }
}
