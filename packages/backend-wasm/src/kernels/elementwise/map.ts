import {
  type FunctionBuilder,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';

/** What happens to four elements: gets them in a variable and gives the four results. */
export type Lanes = (f: FunctionBuilder, x: Local<'v128'>) => V128;

/**
 * Adds a function `name(input, output, count)` that computes every 32-bit element of the output from the same element of the
 * input. The two may be the same place.
 *
 * @param outside The lanes that `lanes` is not made for; the function returns whether there were any.
 */
export function emitMap(module: ModuleBuilder, name: string, lanes: Lanes, outside?: Lanes): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const x = f.local('v128');
    const found = f.local('v128');
    forFours(f, count, (bytes, load, store) => {
      f.set(x, load(input));
      if (outside !== undefined) f.set(found, v128.or(found, outside(f, x)));
      store(output, lanes(f, x));
      f.increase(input, bytes);
      f.increase(output, bytes);
    });
    return v128.anyTrue(found);
  });
}

/** How a step of `forFours` moves its elements. */
type Step = (bytes: number, load: (address: I32) => V128, store: (address: I32, value: V128) => void) => void;

/**
 * Writes code that takes `count` elements of 32 bits in steps: fours first, then the rest one by one, in the same code on
 * vectors whose lanes are all that element.
 */
export function forFours(f: FunctionBuilder, count: I32, step: Step): void {
  const i = f.local('i32');
  const all = f.local('i32', count);
  const whole = f.local('i32', i32.and(all, i32.const(-4)));
  f.loop(i, { below: whole, step: 4 }, () => step(16, v128.load, (address, value) => f.do(v128.store(address, value))));
  f.loop(i, { from: whole, below: all }, () =>
    step(4, v128.load32Splat, (address, value) => f.do(v128.store32Lane(0, address, value))),
  );
}
