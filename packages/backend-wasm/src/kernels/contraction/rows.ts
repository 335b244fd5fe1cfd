import { type FunctionBuilder, type I32, i32, type Local } from '../../emitter/index.ts';

/** Variables that point to rows that follow each other, `row` bytes apart. */
export function pointToRows(f: FunctionBuilder, count: number, first: I32, row: I32): readonly Local<'i32'>[] {
  const pointers: Local<'i32'>[] = [];
  for (let i = 0, at = first; i < count; i++) {
    const pointer = f.local('i32', at);
    pointers.push(pointer);
    at = i32.add(pointer, row);
  }
  return pointers;
}
