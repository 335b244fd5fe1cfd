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

/** The same, where the function marks in `outside` the lanes that it is not made for. */
export type MapLanes = (f: FunctionBuilder, x: Local<'v128'>, outside: Local<'v128'>) => V128;

/** How a map is written. */
export interface MapOptions {
  /** Whether the function takes a few instructions only. */
  readonly isShort?: boolean;
}

/**
 * Adds a function `name(input, output, count)` that computes every 32-bit element of the output from the same element of the
 * input, and returns whether there was one that it is not made for. The two may be the same place.
 */
export function emitMap(
  module: ModuleBuilder,
  name: string,
  lanes: MapLanes,
  { isShort = false }: MapOptions = {},
): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const [x, outside] = [f.local('v128'), f.local('v128')];
    forVectors(f, { count, pointers: [input, output], vectors: isShort ? 8 : 2 }, (load, store) => {
      f.set(x, load(input));
      store(output, lanes(f, x, outside));
    });
    return v128.anyTrue(outside);
  });
}

/** Reads four elements. */
export type Load = (address: I32) => V128;
/** Writes four elements. */
export type Store = (address: I32, value: V128) => void;

/** What a loop over elements of 32 bits goes through. */
export interface VectorLoop {
  /** The number of elements. */
  readonly count: I32;
  /** What goes along with the elements. */
  readonly pointers: readonly Local<'i32'>[];
  /** How many vectors a turn of the loop takes: more where a step is so short that the turn itself counts. */
  readonly vectors: 1 | 2 | 4 | 8;
}

/** What goes along with elements, and how many bytes of it belong to one of them. */
type Along = readonly (readonly [pointer: Local<'i32'>, bytes: number])[];

/** Gives what writes loops that go on after each other: each takes so many elements a turn, as long as there are so many left. */
export function inTurns(f: FunctionBuilder, count: I32, along: Along): (elements: number, body: () => void) => void {
  const i = f.local('i32', i32.const(0));
  const all = f.local('i32', count);
  return (elements, body) => {
    const below = f.local('i32', i32.and(all, i32.const(-elements)));
    f.loop(i, { from: i, below, step: elements }, () => {
      body();
      for (const [pointer, bytes] of along) f.increase(pointer, bytes * elements);
    });
  };
}

/**
 * Writes code that takes elements in steps of four, then the rest one by one, in the same code on vectors whose lanes are all
 * that element. A step reads and writes at the pointers, which are moved once in a turn.
 */
export function forVectors(
  f: FunctionBuilder,
  { count, pointers, vectors }: VectorLoop,
  step: (load: Load, store: Store) => void,
): void {
  const turns = inTurns(
    f,
    count,
    pointers.map((pointer) => [pointer, 4]),
  );
  const takeFour = (offset: number): void =>
    step(
      (address) => v128.load(address, offset),
      (address, value) => f.do(v128.store(address, value, offset)),
    );
  if (vectors > 1) {
    turns(4 * vectors, () => {
      for (let vector = 0; vector < vectors; vector++) takeFour(16 * vector);
    });
  }
  turns(4, () => takeFour(0));
  turns(1, () => step(v128.load32Splat, (address, value) => f.do(v128.store32Lane(0, address, value))));
}

/** How a step of `forFours` moves its elements. */
type Step = (bytes: number, load: Load, store: Store) => void;

/** As `forVectors` with one vector a turn, where the step itself moves what goes along with the elements. */
export function forFours(f: FunctionBuilder, count: I32, step: Step): void {
  const turns = inTurns(f, count, []);
  turns(4, () => step(16, v128.load, (address, value) => f.do(v128.store(address, value))));
  turns(1, () => step(4, v128.load32Splat, (address, value) => f.do(v128.store32Lane(0, address, value))));
}
