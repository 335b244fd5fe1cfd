import type { ByteBuffer } from './byte-buffer.ts';

/** What a WebAssembly value can be: a 32-bit integer, a float, a double, or a vector of 128 bits. */
export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** A piece of code that leaves one value of a type on the stack; `none`: a statement, which leaves nothing. */
export interface Expression<T extends ValueType | 'none'> {
  readonly type: T;
  /** What the instruction takes from the stack, in its order. */
  readonly operands: readonly Expression<ValueType>[];
  /** The bytes of the instruction. */
  readonly instruction: readonly number[];
}

/** Code for a 32-bit integer; addresses and truth values are such. */
export type I32 = Expression<'i32'>;
/** Code for a float32. */
export type F32 = Expression<'f32'>;
/** Code for a float64. */
export type F64 = Expression<'f64'>;
/** Code for a vector: four float32, four int32, two float64 or sixteen bytes. */
export type V128 = Expression<'v128'>;
/** Code that changes memory and leaves no value. */
export type Statement = Expression<'none'>;

/** A variable of a function: reading it is an expression. */
export interface Local<T extends ValueType> extends Expression<T> {
  readonly index: number;
}

/** WebAssembly's code of a type. */
export const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** What instructions have that take nothing from the stack. */
export const noOperands: readonly Expression<ValueType>[] = [];

/** An expression from its operands, in their order, and the instruction that takes them. */
export function operation<T extends ValueType | 'none'>(
  type: T,
  operands: readonly Expression<ValueType>[],
  instruction: readonly number[],
): Expression<T> {
  return { type, operands, instruction };
}

/** Writes the code of an expression. */
export function writeCode(code: Expression<ValueType | 'none'>, to: ByteBuffer): void {
  const { operands } = code;
  for (let i = 0; i < operands.length; i++) writeCode(operands[i] as Expression<ValueType>, to);
  to.append(code.instruction);
}
