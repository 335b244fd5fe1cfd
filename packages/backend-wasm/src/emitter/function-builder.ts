import { unsigned } from './bytes.ts';
import {
  type Expression,
  type I32,
  type Local,
  operation,
  type Statement,
  typeCodes,
  type ValueType,
} from './expression.ts';
import { i32 } from './scalar.ts';

/** How a loop counts: from, up to but without `below`, by `step` (default 1); numbers may be given for expressions. */
export interface LoopRange {
  /** Default: 0. */
  readonly from?: I32 | number;
  readonly below: I32 | number;
  readonly step?: I32 | number;
}

const emptyBlock = 0x40;

/** Writes the body of one function, statement by statement. */
export class FunctionBuilder {
  readonly #code: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  /** Code that runs at the start of the function. */
  readonly #prologue: number[] = [];
  readonly #constants = new Map<string, Local<ValueType>>();

  constructor(parameterCount: number) {
    this.#parameterCount = parameterCount;
  }

  /** A new variable, zero at the start of the function or set to `initial` here. */
  local<T extends ValueType>(type: T, initial?: Expression<T>): Local<T> {
    const index = this.#parameterCount + this.#locals.length;
    this.#locals.push(type);
    const made = localAt(type, index);
    if (initial !== undefined) this.set(made, initial);
    return made;
  }

  /**
   * A variable that has a value from the start of the function on: for constants in loops, which engines make anew at each turn
   * otherwise. The same expression gives the same variable.
   */
  constant<T extends ValueType>(value: Expression<T>): Local<T> {
    const key = value.code.join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known as Local<T>;
    const made = this.local(value.type);
    this.#prologue.push(...value.code, 0x21, ...unsigned(made.index));
    this.#constants.set(key, made);
    return made;
  }

  /** Gives a variable a new value. */
  set<T extends ValueType>(local: Local<T>, value: Expression<T>): void {
    this.#emit(value.code);
    this.#emit([0x21, ...unsigned(local.index)]);
  }

  /** Adds to an integer variable. */
  increase(local: Local<'i32'>, by: I32 | number): void {
    this.set(local, i32.add(local, asI32(by)));
  }

  /** Runs statements, such as stores. */
  do(...statements: readonly Statement[]): void {
    for (const statement of statements) this.#emit(statement.code);
  }

  /** Counts an integer variable through a range (compared as signed integers) and runs the body for each value. */
  loop(counter: Local<'i32'>, { from = 0, below, step = 1 }: LoopRange, body: () => void): void {
    this.set(counter, asI32(from));
    const goesOn = i32.ltS(counter, asI32(below));
    this.if(goesOn, () => {
      this.#emit([0x03, emptyBlock]);
      body();
      this.increase(counter, step);
      this.#emit([...goesOn.code, 0x0d, 0, 0x0b]);
    });
  }

  /** Runs the body as long as the condition holds. */
  while(condition: I32, body: () => void): void {
    this.if(condition, () => {
      this.#emit([0x03, emptyBlock]);
      body();
      this.#emit([...condition.code, 0x0d, 0, 0x0b]);
    });
  }

  /** Runs the one body or the other. */
  if(condition: I32, then: () => void, otherwise?: () => void): void {
    this.#emit([...condition.code, 0x04, emptyBlock]);
    then();
    if (otherwise !== undefined) {
      this.#emit([0x05]);
      otherwise();
    }
    this.#emit([0x0b]);
  }

  /** Leaves the function. */
  return(value?: Expression<ValueType>): void {
    if (value !== undefined) this.#emit(value.code);
    this.#emit([0x0f]);
  }

  /** The finished body as WebAssembly stores it: its length, its variables, its code. */
  finish(result: Expression<ValueType> | undefined): readonly number[] {
    if (result !== undefined) this.#emit(result.code);
    const locals = this.#locals.flatMap((type) => [1, typeCodes[type]]);
    const head = [...unsigned(this.#locals.length), ...locals];
    const length = head.length + this.#prologue.length + this.#code.length + 1;
    return [...unsigned(length), ...head, ...this.#prologue, ...this.#code, 0x0b];
  }

  #emit(code: readonly number[]): void {
    for (const byte of code) this.#code.push(byte);
  }
}

/** The variable of a function by its position: parameters come first. */
export function localAt<T extends ValueType>(type: T, index: number): Local<T> {
  return { type, index, code: operation(type, [], [0x20, ...unsigned(index)]).code };
}

function asI32(value: I32 | number): I32 {
  return typeof value === 'number' ? i32.const(value) : value;
}
