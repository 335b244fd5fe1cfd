import { unsigned } from './bytes.ts';
import { type Expression, operation, type ValueType } from './expression.ts';

/** Instructions by name, each with its number. */
export type Codes = Readonly<Record<string, number>>;

/** A function for each instruction of a table that takes one value. */
export type Unary<C extends Codes, In extends ValueType, Out extends ValueType> = {
  readonly [K in keyof C]: (value: Expression<In>) => Expression<Out>;
};

/** A function for each instruction of a table that takes two values. */
export type Binary<C extends Codes, In extends ValueType, Out extends ValueType> = {
  readonly [K in keyof C]: (a: Expression<In>, b: Expression<In>) => Expression<Out>;
};

const vectorInstructions: (readonly number[])[] = [];

/** The bytes of a vector instruction. */
export function simd(opcode: number): readonly number[] {
  vectorInstructions[opcode] ??= [0xfd, ...unsigned(opcode)];
  return vectorInstructions[opcode];
}

/** Makes the functions of a table of instructions with one operand. */
export function unary<C extends Codes, In extends ValueType, Out extends ValueType>(
  codes: C,
  encode: (opcode: number) => readonly number[],
  out: Out,
): Unary<C, In, Out> {
  return mapCodes(codes, (code) => {
    const instruction = encode(code);
    return (value: Expression<In>) => operation(out, [value], instruction);
  }) as Unary<C, In, Out>;
}

/** Makes the functions of a table of instructions with two operands. */
export function binary<C extends Codes, In extends ValueType, Out extends ValueType>(
  codes: C,
  encode: (opcode: number) => readonly number[],
  out: Out,
): Binary<C, In, Out> {
  return mapCodes(codes, (code) => {
    const instruction = encode(code);
    return (a: Expression<In>, b: Expression<In>) => operation(out, [a, b], instruction);
  }) as Binary<C, In, Out>;
}

function mapCodes(codes: Codes, make: (code: number) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, make(code)]));
}

/** The bytes of a scalar instruction. */
export function scalar(opcode: number): readonly number[] {
  return [opcode];
}
