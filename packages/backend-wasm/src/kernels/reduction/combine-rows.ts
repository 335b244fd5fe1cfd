import { type FunctionBuilder, type I32, i32, type Local, type V128, v128 } from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';
import type { Reducer } from './reducers.ts';
import { RunningResults } from './running-results.ts';

/** A row of results, and where the rows begin that join it. */
export interface Rows {
  readonly from: I32;
  readonly to: I32;
  /** How many numbers a row has. */
  readonly inner: I32;
}

/** Writes the code that makes a row what a reducer gives for no rows. */
export function fillRow(f: FunctionBuilder, address: I32, count: I32, { identity }: Reducer): void {
  const to = f.local('i32', address);
  forFours(f, count, (bytes, _, store) => {
    store(to, identity);
    f.increase(to, bytes);
  });
}

/** Writes the code that combines one row with a row of results. */
export function combineRow(f: FunctionBuilder, { combine }: Reducer, { from, to, inner }: Rows): void {
  const [source, target] = [f.local('i32', from), f.local('i32', to)];
  forFours(f, inner, (bytes, load, store) => {
    store(target, combine(load(target), load(source)));
    f.increase(source, bytes);
    f.increase(target, bytes);
  });
}

/** Writes the code that combines eight neighbouring rows with a row of results, four vectors beside each other at once. */
export function combineEightRows(f: FunctionBuilder, reducer: Reducer, { from, to, inner }: Rows): void {
  const [source, target] = [f.local('i32', from), f.local('i32', to)];
  const rowBytes = f.local('i32', i32.shl(inner, i32.const(2)));
  const k = f.local('i32', i32.const(0));
  for (const width of [16, 4, 1] as const) {
    const strip = stripOf(f, reducer, width);
    f.loop(k, { from: k, below: i32.and(inner, i32.const(-width)), step: width }, () => {
      combineStrip(f, strip, { source, target, rowBytes });
      f.increase(source, 4 * width);
      f.increase(target, 4 * width);
    });
  }
}

/** Some neighbouring columns. */
interface Strip {
  readonly reducer: Reducer;
  readonly vectors: readonly number[];
  readonly running: RunningResults;
  readonly load: (address: I32, offset: number) => V128;
  readonly store: (address: I32, value: V128, offset: number) => void;
}

function stripOf(f: FunctionBuilder, reducer: Reducer, width: 16 | 4 | 1): Strip {
  const count = width === 16 ? 4 : 1;
  return {
    reducer,
    vectors: Array.from({ length: count }, (_, k) => k),
    running: new RunningResults(f, reducer, count),
    load: width === 1 ? v128.load32Splat : v128.load,
    store: (address, value, offset) =>
      f.do(width === 1 ? v128.store32Lane(0, address, value, offset) : v128.store(address, value, offset)),
  };
}

interface Places {
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly rowBytes: Local<'i32'>;
}

function combineStrip(f: FunctionBuilder, strip: Strip, { source, target, rowBytes }: Places): void {
  const { reducer, vectors, running, load, store } = strip;
  const [at, row] = [f.local('i32'), f.local('i32')];
  // A loop: the same code eight times over is slower, as it must be decoded again and again.
  const downRows = (take: () => void): void => {
    f.set(at, source);
    f.loop(row, { below: 8 }, () => {
      take();
      f.increase(at, rowBytes);
    });
  };
  running.clear();
  downRows(() => running.take((k) => load(at, 16 * k)));
  running.finish(
    (combine) => {
      for (const k of vectors) store(target, combine(load(target, 16 * k), running.result(k)), 16 * k);
    },
    () =>
      downRows(() => {
        for (const k of vectors) store(target, reducer.combine(load(target, 16 * k), load(at, 16 * k)), 16 * k);
      }),
  );
}
