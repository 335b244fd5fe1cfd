import { type FunctionBuilder, i32, type Local, type ModuleBuilder, v128 } from '../../../emitter/index.ts';
import { addWindows, forGroups, forLines, groupWindows, integers, lineParameters, vectors } from './lines.ts';

/**
 * One channel times a filter in panels of eight channels, `panelBytes` apart, to `output`: [windows, pixel]. What is at `start`
 * is begun with, `startPanel` bytes from panel to panel.
 */
const parameters = {
  ...lineParameters,
  filter: 'i32',
  panels: 'i32',
  panelBytes: 'i32',
  output: 'i32',
  start: 'i32',
  startPanel: 'i32',
} as const;
type Parameters = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** Where four channels of a row of windows are: a panel has two such halves. */
interface Half {
  readonly offset: 0 | 16;
  readonly line: Local<'i32'>;
  readonly filter: Local<'i32'>;
  readonly start: Local<'i32'>;
  readonly output: Local<'i32'>;
}

type EmitHalf = (f: FunctionBuilder, parameters: Parameters, half: Half) => void;

/** Adds the function for filters of three rows and three columns. */
export function emitFromOneSquare(module: ModuleBuilder, name: string): void {
  emitHalves(module, name, convolveInRegisters);
}

/** Adds the function for filters of so many columns, and any rows. */
export function emitFromOne(module: ModuleBuilder, name: string, taps: number): void {
  emitHalves(module, name, (f, p, half) => convolveByRows(f, p, half, taps));
}

function emitHalves(module: ModuleBuilder, name: string, emitHalf: EmitHalf): void {
  module.function(name, parameters, (f, p) => {
    const [panel, filter, start, output] = integers(f, 4);
    forLines(f, p, (line) => {
      f.set(filter, p.filter);
      f.set(start, p.start);
      f.set(output, p.output);
      f.loop(panel, { below: p.panels }, () => {
        for (const offset of [0, 16] as const) {
          emitHalf(f, p, { offset, line, filter, start, output });
        }
        f.increase(filter, p.panelBytes);
        f.increase(start, p.startPanel);
        f.increase(output, 32);
      });
      f.increase(p.output, i32.mul(p.windows, p.pixelBytes));
    });
  });
}

/**
 * The nine weights stay in registers, and each column of the image is read once: it ends one window, goes on with the next and
 * begins the one behind that.
 */
function convolveInRegisters(f: FunctionBuilder, p: Parameters, half: Half): void {
  const { offset, line, filter, start, output } = half;
  const rows = integers(f, 3);
  const [to, end] = integers(f, 2);
  const [weights, values] = [vectors(f, 9), vectors(f, 3)];
  const [next, afterNext] = [f.local('v128'), f.local('v128')];
  const read = (column: number): void => {
    for (const [i, value] of values.entries()) f.set(value, v128.load32Splat(rows[i] as Local<'i32'>, 4 * column));
  };
  const plusTap = (tap: number, sum: Local<'v128'> | undefined) =>
    values.reduce(
      (total, value, row) => f.multiplyAdd(value, weights[3 * row + tap] as Local<'v128'>, total),
      sum ?? v128.load(start, offset),
    );
  for (const [i, weight] of weights.entries()) f.set(weight, v128.load(filter, 32 * i + offset));
  for (const [i, row] of rows.entries()) {
    f.set(row, i === 0 ? line : i32.add(rows[i - 1] as Local<'i32'>, p.tapRowBytes));
  }
  read(0);
  f.set(next, plusTap(0, undefined));
  read(1);
  f.set(next, plusTap(1, next));
  f.set(afterNext, plusTap(0, undefined));
  f.set(to, output);
  f.set(end, i32.add(line, i32.shl(p.windows, i32.const(2))));
  f.while(i32.ltU(rows[0], end), () => {
    read(2);
    f.do(v128.store(to, plusTap(2, next), offset));
    f.set(next, plusTap(1, afterNext));
    f.set(afterNext, plusTap(0, undefined));
    f.increase(to, p.pixelBytes);
    for (const row of rows) f.increase(row, 4);
  });
}

/** Some windows at a time, one row of the filter after the other. */
function convolveByRows(
  f: FunctionBuilder,
  p: Parameters,
  { offset, line, filter, start, output }: Half,
  taps: number,
): void {
  const [row, x, weightsAt, to] = integers(f, 4);
  const [sums, values] = [vectors(f, groupWindows), vectors(f, groupWindows + taps - 1)];
  const weights = vectors(f, taps);
  forGroups(f, p.windows, (first) => {
    f.set(x, i32.add(line, i32.shl(first, i32.const(2))));
    f.set(weightsAt, filter);
    for (const sum of sums) f.set(sum, v128.load(start, offset));
    f.loop(row, { below: p.tapRows }, () => {
      for (const [i, value] of values.entries()) f.set(value, v128.load32Splat(x, 4 * i));
      for (const [i, weight] of weights.entries()) f.set(weight, v128.load(weightsAt, 32 * i + offset));
      addWindows(f, sums, values, weights);
      f.increase(x, p.tapRowBytes);
      f.increase(weightsAt, 32 * taps);
    });
    f.set(to, i32.add(output, i32.mul(first, p.pixelBytes)));
    for (const sum of sums) {
      f.do(v128.store(to, sum, offset));
      f.increase(to, p.pixelBytes);
    }
  });
}
