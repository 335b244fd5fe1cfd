import { ByteBuffer } from './byte-buffer.ts';
import { unsigned } from './bytes.ts';
import {
  type Expression,
  type I32,
  type Local,
  noOperands,
  type Statement,
  typeCodes,
  type V128,
  type ValueType,
  writeCode,
} from './expression.ts';
import { i32 } from './scalar.ts';
import { f32x4, type f64x2 } from './vector.ts';

/** How a loop counts: from, up to but without `below`, by `step` (default 1); numbers may be given for expressions. */
export interface LoopRange {
  /** Default: 0. */
  readonly from?: I32 | number;
  readonly below: I32 | number;
  readonly step?: I32 | number;
}

const emptyBlock = 0x40;
const end = 0x0b;
const ifStart = [0x04, emptyBlock];
const loopStart = [0x03, emptyBlock];
/** Goes back to the start of the loop where a condition holds. */
const loopEnd = [0x0d, 0, end];

/** Writes the body of one function, statement by statement. */
export class FunctionBuilder {
  /** Whether the code may use relaxed SIMD. */
  readonly relaxed: boolean;
  readonly #code = new ByteBuffer(2048);
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  /** Code that runs at the start of the function. */
  readonly #prologue = new ByteBuffer(64);
  readonly #constants = new Map<string, Local<ValueType>>();

  constructor(parameterCount: number, relaxed: boolean) {
    this.#parameterCount = parameterCount;
    this.relaxed = relaxed;
  }

  /** a · b + c in float32 or float64, in one instruction where there is one: rounded once or twice. */
  multiplyAdd(a: V128, b: V128, c: V128, lanes: typeof f32x4 | typeof f64x2 = f32x4): V128 {
    return this.relaxed ? lanes.relaxedMultiplyAdd(a, b, c) : lanes.add(lanes.mul(a, b), c);
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
    const key = keyOf(value);
    const known = this.#constants.get(key);
    if (known !== undefined) return known as Local<T>;
    const made = this.local(value.type);
    writeSet(made, value, this.#prologue);
    this.#constants.set(key, made);
    return made;
  }

  /** A float32 in all lanes, as {@link constant}. */
  number(value: number): Local<'v128'> {
    return this.constant(f32x4.const(value));
  }

  /** Gives a variable a new value. */
  set<T extends ValueType>(local: Local<T>, value: Expression<T>): void {
    writeSet(local, value, this.#code);
  }

  /** Adds to an integer variable. */
  increase(local: Local<'i32'>, by: I32 | number): void {
    this.set(local, i32.add(local, asI32(by)));
  }

  /** Runs statements, such as stores. */
  do(...statements: readonly Statement[]): void {
    for (const statement of statements) writeCode(statement, this.#code);
  }

  /** Counts an integer variable through a range (compared as signed integers) and runs the body for each value. */
  loop(counter: Local<'i32'>, { from = 0, below, step = 1 }: LoopRange, body: () => void): void {
    this.set(counter, asI32(from));
    const goesOn = i32.ltS(counter, asI32(below));
    this.if(goesOn, () => {
      this.#code.append(loopStart);
      body();
      this.increase(counter, step);
      writeCode(goesOn, this.#code);
      this.#code.append(loopEnd);
    });
  }

  /** Runs the body as long as the condition holds. */
  while(condition: I32, body: () => void): void {
    this.if(condition, () => {
      this.#code.append(loopStart);
      body();
      writeCode(condition, this.#code);
      this.#code.append(loopEnd);
    });
  }

  /** Runs the body so many times, without a loop: it is written once and copied, with the same variables. */
  unrolled(times: number, body: () => void): void {
    const from = this.#code.length;
    body();
    this.#code.repeat(from, times - 1);
  }

  /** Runs the one body or the other. */
  if(condition: I32, then: () => void, otherwise?: () => void): void {
    writeCode(condition, this.#code);
    this.#code.append(ifStart);
    then();
    if (otherwise !== undefined) {
      this.#code.byte(0x05);
      otherwise();
    }
    this.#code.byte(end);
  }

  /** Leaves the function. */
  return(value?: Expression<ValueType>): void {
    if (value !== undefined) writeCode(value, this.#code);
    this.#code.byte(0x0f);
  }

  /** Writes the finished body as WebAssembly stores it: its length, its variables, its code. */
  finish(result: Expression<ValueType> | undefined, to: ByteBuffer): void {
    if (result !== undefined) writeCode(result, this.#code);
    this.#code.byte(end);
    const count = unsigned(this.#locals.length);
    to.append(unsigned(count.length + 2 * this.#locals.length + this.#prologue.length + this.#code.length));
    to.append(count);
    for (const type of this.#locals) {
      to.byte(1);
      to.byte(typeCodes[type]);
    }
    to.appendBuffer(this.#prologue);
    to.appendBuffer(this.#code);
  }
}

function writeSet<T extends ValueType>(local: Local<T>, value: Expression<T>, to: ByteBuffer): void {
  writeCode(value, to);
  to.byte(0x21);
  to.append(unsigned(local.index));
}

/** The code of an expression as text. */
function keyOf(value: Expression<ValueType>): string {
  return `${value.operands.map(keyOf).join()},${value.instruction.join()}`;
}

/** The instructions that read a variable, by its position. */
const readInstructions: (readonly number[])[] = [];

/** The variable of a function by its position: parameters come first. */
export function localAt<T extends ValueType>(type: T, index: number): Local<T> {
  readInstructions[index] ??= [0x20, ...unsigned(index)];
  return { type, operands: noOperands, instruction: readInstructions[index], index };
}

function asI32(value: I32 | number): I32 {
  return typeof value === 'number' ? i32.const(value) : value;
}
