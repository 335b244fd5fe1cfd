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

/** How a map is written. */
export interface MapOptions {
  /** The lanes that the function is not made for; the generated function returns whether there were any. */
  readonly outside?: Lanes;
  /** Whether the function takes a few instructions only. */
  readonly isShort?: boolean;
}

/**
 * Adds a function `name(input, output, count)` that computes every 32-bit element of the output from the same element of the
 * input. The two may be the same place.
 */
export function emitMap(
  module: ModuleBuilder,
  name: string,
  lanes: Lanes,
  { outside, isShort = false }: MapOptions = {},
): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const x = f.local('v128');
    const found = f.local('v128');
    const inSteps = isShort ? forSixteens : forFours;
    inSteps(f, count, (bytes, load, store) => {
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
  forVectors(f, count, step, 1);
}

/** As `forFours`, with four steps in each turn of the loop: for steps so short that the turn itself counts. */
export function forSixteens(f: FunctionBuilder, count: I32, step: Step): void {
  forVectors(f, count, step, 4);
}

function forVectors(f: FunctionBuilder, count: I32, step: Step, steps: 1 | 4): void {
  const i = f.local('i32', i32.const(0));
  const all = f.local('i32', count);
  const takeFour = (): void => step(16, v128.load, (address, value) => f.do(v128.store(address, value)));
  const loopBy = (elements: 1 | 4 | 16, body: () => void): void => {
    const below = f.local('i32', i32.and(all, i32.const(-elements)));
    f.loop(i, { from: i, below, step: elements }, body);
  };
  if (steps === 4) loopBy(16, () => f.unrolled(4, takeFour));
  loopBy(4, takeFour);
  loopBy(1, () => step(4, v128.load32Splat, (address, value) => f.do(v128.store32Lane(0, address, value))));
}
