import { f32, i32, type ModuleBuilder, v128 } from '../../emitter/index.ts';

/** Names of the functions that {@link emitRepetition} adds. */
export const repetition = { repeat: 'depthwise/repeat', sum: 'depthwise/sum repeated' } as const;

/**
 * Adds the functions between channels and repeated channels, `times` of each next to each other:
 *
 * - `repeat(source, target, count, times)`: may write up to twelve bytes behind the last one.
 * - `sum(source, target, count, times)`: `count` sums.
 */
export function emitRepetition(module: ModuleBuilder): void {
  const parameters = { source: 'i32', target: 'i32', count: 'i32', times: 'i32' } as const;
  module.function(repetition.repeat, parameters, (f, { source, target, count, times }) => {
    const [i, at, end] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const value = f.local('v128');
    const bytes = f.local('i32', i32.shl(times, i32.const(2)));
    const forElements = (write: () => void): void => {
      f.loop(i, { below: count }, () => {
        f.set(value, v128.load32Splat(source));
        write();
        f.increase(target, bytes);
        f.increase(source, 4);
      });
    };
    // Up to eight need no loop of their own; what is written too much is overwritten by the next element.
    f.if(
      i32.leS(times, i32.const(8)),
      () =>
        f.if(
          i32.leS(times, i32.const(4)),
          () => forElements(() => f.do(v128.store(target, value))),
          () => forElements(() => f.do(v128.store(target, value), v128.store(target, value, 16))),
        ),
      () =>
        forElements(() => {
          f.set(at, target);
          f.set(end, i32.add(target, bytes));
          f.while(i32.ltU(at, end), () => {
            f.do(v128.store(at, value));
            f.increase(at, 16);
          });
        }),
    );
  });
  module.function(repetition.sum, parameters, (f, { source, target, count, times }) => {
    const [i, end] = [f.local('i32'), f.local('i32')];
    const sum = f.local('f32');
    f.loop(i, { below: count }, () => {
      f.set(sum, f32.const(0));
      f.set(end, i32.add(source, i32.shl(times, i32.const(2))));
      f.while(i32.ltU(source, end), () => {
        f.set(sum, f32.add(sum, f32.load(source)));
        f.increase(source, 4);
      });
      f.do(f32.store(target, sum));
      f.increase(target, 4);
    });
  });
}
