import { type FunctionBuilder, i32, type Local, type ModuleBuilder, v128 } from '../../../emitter/index.ts';
import { forLines, integers, lineParameters, vectors } from './lines.ts';

/** The gradient of the results, `slopes` [windows, pixel], and that of the filter, `output` [tapRows, taps, pixel]. */
const parameters = { ...lineParameters, slopes: 'i32', panels: 'i32', output: 'i32' } as const;

/** The columns of a filter that are taken at a time: the sums for more do not stay in registers. */
const mostTaps = 3;

/** Adds the function for filters of so many columns, which adds all windows times their slopes to the output. */
export function emitFilterGradient(module: ModuleBuilder, name: string, taps: number): void {
  module.function(name, parameters, (f, p) => {
    const [panel, row, x, output, outputPanel, slopes] = integers(f, 6);
    forLines(f, p, (line) => {
      f.set(x, line);
      f.set(output, p.output);
      f.loop(row, { below: p.tapRows }, () => {
        for (let tap = 0; tap < taps; tap += mostTaps) {
          const columns = Math.min(mostTaps, taps - tap);
          f.set(outputPanel, output);
          f.set(slopes, p.slopes);
          f.loop(panel, { below: p.panels }, () => {
            addLine(f, { ...p, x, slopes, output: outputPanel }, columns);
            f.increase(outputPanel, 32);
            f.increase(slopes, 32);
          });
          f.increase(x, 4 * columns);
          f.increase(output, i32.mul(p.pixelBytes, i32.const(columns)));
        }
        f.increase(x, i32.sub(p.tapRowBytes, i32.const(4 * taps)));
      });
      f.increase(p.slopes, i32.mul(p.windows, p.pixelBytes));
    });
  });
}

/** Eight channels of a row of windows. */
interface Line {
  readonly x: Local<'i32'>;
  readonly slopes: Local<'i32'>;
  readonly output: Local<'i32'>;
  readonly windows: Local<'i32'>;
  readonly pixelBytes: Local<'i32'>;
}

/** Adds a row of windows to some neighbouring columns of the filter's gradient. */
function addLine(f: FunctionBuilder, line: Line, taps: number): void {
  const { windows, pixelBytes } = line;
  const [x, slopesAt] = [f.local('i32', line.x), f.local('i32', line.slopes)];
  const [at, end] = integers(f, 2);
  const [sums, slopes, value] = [vectors(f, 2 * taps), vectors(f, 2), f.local('v128')];
  const eachSum = (run: (sum: Local<'v128'>, offset: number) => void): void => {
    f.set(at, line.output);
    for (const [i, sum] of sums.entries()) {
      if (i > 0 && i % 2 === 0) f.increase(at, pixelBytes);
      run(sum, 16 * (i % 2));
    }
  };
  eachSum((sum, offset) => f.set(sum, v128.load(at, offset)));
  f.set(end, i32.add(x, i32.shl(windows, i32.const(2))));
  // One window a turn: what is read for more would not stay in registers.
  f.while(i32.ltU(x, end), () => {
    for (const [i, slope] of slopes.entries()) f.set(slope, v128.load(slopesAt, 16 * i));
    for (const [i, sum] of sums.entries()) {
      if (i % 2 === 0) f.set(value, v128.load32Splat(x, 2 * i));
      f.set(sum, f.multiplyAdd(value, slopes[i % 2] as Local<'v128'>, sum));
    }
    f.increase(x, 4);
    f.increase(slopesAt, pixelBytes);
  });
  eachSum((sum, offset) => f.do(v128.store(at, sum, offset)));
}
