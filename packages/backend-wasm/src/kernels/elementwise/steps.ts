import {
  type FunctionBuilder,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { forVectors, type Load, type MapLanes, type Store, type VectorLoop } from './map.ts';

/** A function in two steps: what the first makes of x is kept for the second. */
export interface TwoSteps {
  readonly first: MapLanes;
  readonly second: (f: FunctionBuilder, x: Local<'v128'>, kept: Local<'v128'>) => V128;
}

/** As `emitMap`, but input and output are different places. */
export function emitTwoStepMap(module: ModuleBuilder, name: string, { first, second }: TwoSteps): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const [x, kept, outside] = [f.local('v128'), f.local('v128'), f.local('v128')];
    forVectorsInSteps(f, { count, pointers: [input, output], vectors: 2 }, [
      (load, store) => {
        f.set(x, load(input));
        store(output, first(f, x, outside));
      },
      (load, store) => {
        f.set(x, load(input));
        f.set(kept, load(output));
        store(output, second(f, x, kept));
      },
    ]);
    return v128.anyTrue(outside);
  });
}

/** How many elements go through a step before the next one gets them: few enough to stay in the nearest cache. */
export const elementsOfStep = 128;

/** What a loop in steps goes through. */
export interface StepLoop extends VectorLoop {
  /** Places for `elementsOfStep` elements that a step leaves for the next one. */
  readonly scratch?: readonly Local<'i32'>[];
}

/**
 * As `forVectors` for long functions: takes some hundred elements through each step before the next one. A processor looks
 * only so many instructions ahead; where each of a long function waits for the one before, it finds too few that do not.
 */
export function forVectorsInSteps(
  f: FunctionBuilder,
  { count, pointers, vectors, scratch = [] }: StepLoop,
  steps: readonly ((load: Load, store: Store) => void)[],
): void {
  const [done, length] = [f.local('i32'), f.local('i32')];
  const all = f.local('i32', count);
  const places = new Map<I32, Local<'i32'>>([...pointers, ...scratch].map((pointer) => [pointer, f.local('i32')]));
  const placeOf = (pointer: I32): I32 => places.get(pointer) ?? pointer;
  f.loop(done, { below: all, step: elementsOfStep }, () => {
    const left = i32.sub(all, done);
    f.set(length, i32.select(i32.ltS(left, i32.const(elementsOfStep)), left, i32.const(elementsOfStep)));
    for (const step of steps) {
      for (const [pointer, place] of places) f.set(place, pointer);
      forVectors(f, { count: length, pointers: [...places.values()], vectors }, (load, store) =>
        step(
          (pointer) => load(placeOf(pointer)),
          (pointer, value) => store(placeOf(pointer), value),
        ),
      );
    }
    for (const pointer of pointers) f.increase(pointer, i32.shl(length, i32.const(2)));
  });
}
