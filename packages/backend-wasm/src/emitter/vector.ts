import { float32, float64, int32, unsigned } from './bytes.ts';
import { type F32, type F64, type I32, noOperands, operation, type Statement, type V128 } from './expression.ts';
import { type Binary, binary, simd, type Unary, unary } from './tables.ts';

const bitwise = { and: 0x4e, andNot: 0x4f, or: 0x50, xor: 0x51 } as const;

interface WholeVector {
  /** 16 bytes from an address, which need not be aligned. */
  readonly load: (address: I32, offset?: number) => V128;
  readonly store: (address: I32, value: V128, offset?: number) => Statement;
  /** The same four bytes in all four lanes. */
  readonly load32Splat: (address: I32, offset?: number) => V128;
  /** Four bytes in the first lane, zeros in the others. */
  readonly load32Zero: (address: I32, offset?: number) => V128;
  /** Eight bytes in the lower half, zeros in the upper. */
  readonly load64Zero: (address: I32, offset?: number) => V128;
  /** Four bytes at an address, each zero-extended to a 16-bit lane after loading eight. */
  readonly load8x8: (address: I32, offset?: number) => V128;
  /** Writes one 32-bit lane. */
  readonly store32Lane: (lane: number, address: I32, value: V128, offset?: number) => Statement;
  /** Writes one 64-bit half. */
  readonly store64Lane: (lane: number, address: I32, value: V128, offset?: number) => Statement;
  readonly not: (value: V128) => V128;
  readonly anyTrue: (value: V128) => I32;
  /** Bits of `yes` where the mask has ones, bits of `no` elsewhere. */
  readonly select: (mask: V128, yes: V128, no: V128) => V128;
}

/** Instructions on whole vectors. */
export const v128: Binary<typeof bitwise, 'v128', 'v128'> & WholeVector = {
  ...binary<typeof bitwise, 'v128', 'v128'>(bitwise, simd, 'v128'),
  load: (address, offset = 0) => operation('v128', [address], [...simd(0x00), 2, ...unsigned(offset)]),
  store: (address, value, offset = 0) => operation('none', [address, value], [...simd(0x0b), 2, ...unsigned(offset)]),
  load32Splat: (address, offset = 0) => operation('v128', [address], [...simd(0x09), 2, ...unsigned(offset)]),
  load32Zero: (address, offset = 0) => operation('v128', [address], [...simd(0x5c), 2, ...unsigned(offset)]),
  load64Zero: (address, offset = 0) => operation('v128', [address], [...simd(0x5d), 2, ...unsigned(offset)]),
  load8x8: (address, offset = 0) => operation('v128', [address], [...simd(0x02), 0, ...unsigned(offset)]),
  store32Lane: (lane, address, value, offset = 0) =>
    operation('none', [address, value], [...simd(0x5a), 2, ...unsigned(offset), lane]),
  store64Lane: (lane, address, value, offset = 0) =>
    operation('none', [address, value], [...simd(0x5b), 2, ...unsigned(offset), lane]),
  not: (value) => operation('v128', [value], simd(0x4d)),
  anyTrue: (value) => operation('i32', [value], simd(0x53)),
  select: (mask, yes, no) => operation('v128', [yes, no, mask], simd(0x52)),
};

const f32x4Binary = {
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  min: 0xe8,
  max: 0xe9,
  pmin: 0xea,
  pmax: 0xeb,
  eq: 0x41,
  ne: 0x42,
  lt: 0x43,
  gt: 0x44,
  le: 0x45,
  ge: 0x46,
} as const;
const f32x4Unary = {
  abs: 0xe0,
  neg: 0xe1,
  sqrt: 0xe3,
  ceil: 0x67,
  floor: 0x68,
  trunc: 0x69,
  nearest: 0x6a,
  fromI32x4: 0xfa,
  /** The two doubles of a vector as the lower two floats, zeros above. */
  fromF64x2: 0x5e,
} as const;

interface F32x4Lanes {
  /** The same number in all lanes. */
  readonly const: (value: number) => V128;
  readonly splat: (value: F32) => V128;
  readonly lane: (lane: number, value: V128) => F32;
  readonly replaceLane: (lane: number, vector: V128, value: F32) => V128;
  /** a · b + c, rounded once or twice as the machine likes; only where relaxed SIMD validates. */
  readonly relaxedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
}

/** Instructions on four float32. `min` and `max` give NaN where one is NaN; `pmin(a, b)` is b < a ? b : a. */
export const f32x4: Binary<typeof f32x4Binary, 'v128', 'v128'> & Unary<typeof f32x4Unary, 'v128', 'v128'> & F32x4Lanes =
  {
    ...binary<typeof f32x4Binary, 'v128', 'v128'>(f32x4Binary, simd, 'v128'),
    ...unary<typeof f32x4Unary, 'v128', 'v128'>(f32x4Unary, simd, 'v128'),
    const: (value) => constant(float32(value)),
    splat: (value) => operation('v128', [value], simd(0x13)),
    lane: (lane, value) => operation('f32', [value], [...simd(0x1f), lane]),
    replaceLane: (lane, vector, value) => operation('v128', [vector, value], [...simd(0x20), lane]),
    relaxedMultiplyAdd: (a, b, c) => operation('v128', [a, b, c], simd(0x105)),
  };

const i32x4Binary = {
  add: 0xae,
  sub: 0xb1,
  mul: 0xb5,
  minS: 0xb6,
  minU: 0xb7,
  maxS: 0xb8,
  maxU: 0xb9,
  eq: 0x37,
  ne: 0x38,
  ltS: 0x39,
  leU: 0x3e,
  gtS: 0x3b,
  leS: 0x3d,
  geS: 0x3f,
} as const;
const i32x4Unary = {
  abs: 0xa0,
  neg: 0xa1,
  /** Floats cut to integers: NaN gives 0, what is too large the nearest integer there is. */
  fromF32x4: 0xf8,
  /** The two doubles of a vector cut to integers in the lower two lanes, zeros above. */
  fromF64x2: 0xfc,
  /** The lower four of eight 16-bit lanes, zero-extended. */
  fromLowU16: 0xa9,
  fromHighU16: 0xaa,
} as const;

interface I32x4Lanes {
  /** As `fromF32x4`, or the lowest integer for NaN and what is too large; only where relaxed SIMD validates. */
  readonly relaxedFromF32x4: (value: V128) => V128;
  /** The same number in all lanes. */
  readonly const: (value: number) => V128;
  /** A number for each lane. */
  readonly lanes: (a: number, b: number, c: number, d: number) => V128;
  readonly splat: (value: I32) => V128;
  readonly lane: (lane: number, value: V128) => I32;
  readonly shl: (value: V128, bits: I32) => V128;
  readonly shrS: (value: V128, bits: I32) => V128;
  readonly shrU: (value: V128, bits: I32) => V128;
  readonly allTrue: (value: V128) => I32;
  /** The sign bits of the four lanes as the lowest bits of an integer. */
  readonly bitmask: (value: V128) => I32;
}

/** Instructions on four int32; comparisons give lanes of ones or zeros, for floats too. */
export const i32x4: Binary<typeof i32x4Binary, 'v128', 'v128'> & Unary<typeof i32x4Unary, 'v128', 'v128'> & I32x4Lanes =
  {
    ...binary<typeof i32x4Binary, 'v128', 'v128'>(i32x4Binary, simd, 'v128'),
    ...unary<typeof i32x4Unary, 'v128', 'v128'>(i32x4Unary, simd, 'v128'),
    relaxedFromF32x4: (value) => operation('v128', [value], simd(0x101)),
    const: (value) => constant(int32(value)),
    lanes: (...values) => operation('v128', noOperands, [...simd(0x0c), ...values.flatMap(int32)]),
    splat: (value) => operation('v128', [value], simd(0x11)),
    lane: (lane, value) => operation('i32', [value], [...simd(0x1b), lane]),
    shl: (value, bits) => operation('v128', [value, bits], simd(0xab)),
    shrS: (value, bits) => operation('v128', [value, bits], simd(0xac)),
    shrU: (value, bits) => operation('v128', [value, bits], simd(0xad)),
    allTrue: (value) => operation('i32', [value], simd(0xa3)),
    bitmask: (value) => operation('i32', [value], simd(0xa4)),
  };

const f64x2Binary = {
  add: 0xf0,
  sub: 0xf1,
  mul: 0xf2,
  div: 0xf3,
  min: 0xf4,
  max: 0xf5,
  pmin: 0xf6,
  pmax: 0xf7,
  ne: 0x48,
  lt: 0x49,
  ge: 0x4c,
} as const;
const f64x2Unary = {
  abs: 0xec,
  neg: 0xed,
  sqrt: 0xef,
  /** The lower two of four floats. */
  fromLowF32x4: 0x5f,
  nearest: 0x94,
  floor: 0x75,
  trunc: 0x7a,
  /** The lower two of four integers. */
  fromLowI32x4: 0xfe,
} as const;

interface F64x2Lanes {
  /** As that of `f32x4`. */
  readonly relaxedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** The same number in both lanes. */
  readonly const: (value: number) => V128;
  readonly splat: (value: F64) => V128;
  readonly lane: (lane: number, value: V128) => F64;
}

/** Instructions on two float64. */
export const f64x2: Binary<typeof f64x2Binary, 'v128', 'v128'> & Unary<typeof f64x2Unary, 'v128', 'v128'> & F64x2Lanes =
  {
    ...binary<typeof f64x2Binary, 'v128', 'v128'>(f64x2Binary, simd, 'v128'),
    ...unary<typeof f64x2Unary, 'v128', 'v128'>(f64x2Unary, simd, 'v128'),
    const: (value) => operation('v128', noOperands, [...simd(0x0c), ...float64(value), ...float64(value)]),
    splat: (value) => operation('v128', [value], simd(0x14)),
    lane: (lane, value) => operation('f64', [value], [...simd(0x21), lane]),
    relaxedMultiplyAdd: (a, b, c) => operation('v128', [a, b, c], simd(0x107)),
  };

const i8x16Binary = { eq: 0x23, ne: 0x24, add: 0x6e, sub: 0x71, minU: 0x77, maxU: 0x79, swizzle: 0x0e } as const;

interface I8x16Lanes {
  readonly const: (value: number) => V128;
  /** Whether no byte is 0. */
  readonly allTrue: (value: V128) => I32;
  /** Sixteen bytes chosen from the 32 of both vectors by constant indices. */
  readonly shuffle: (a: V128, b: V128, indices: readonly number[]) => V128;
  /** 32-bit lanes chosen from the eight of both vectors by constant indices 0 to 7. */
  readonly shuffle32: (a: V128, b: V128, indices: readonly [number, number, number, number]) => V128;
  /** The lower eight bytes as 16-bit lanes, zero-extended. */
  readonly extendLow: (value: V128) => V128;
  /** The signed 16-bit lanes of both vectors as sixteen bytes, clipped to 0 … 255. */
  readonly narrow: (a: V128, b: V128) => V128;
  /** The same, clipped to -128 … 127. */
  readonly narrowS: (a: V128, b: V128) => V128;
  /** The signed 32-bit lanes of both vectors as eight 16-bit lanes, clipped. */
  readonly narrow32: (a: V128, b: V128) => V128;
}

/** Instructions on sixteen bytes, and the changes of width that booleans need. */
export const i8x16: Binary<typeof i8x16Binary, 'v128', 'v128'> & I8x16Lanes = {
  ...binary<typeof i8x16Binary, 'v128', 'v128'>(i8x16Binary, simd, 'v128'),
  const: (value) => constant([value & 0xff, value & 0xff, value & 0xff, value & 0xff]),
  allTrue: (value) => operation('i32', [value], simd(0x63)),
  shuffle: (a, b, indices) => operation('v128', [a, b], [...simd(0x0d), ...indices]),
  shuffle32: (a, b, indices) =>
    operation(
      'v128',
      [a, b],
      [...simd(0x0d), ...indices.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))],
    ),
  extendLow: (value) => operation('v128', [value], simd(0x89)),
  narrow: (a, b) => operation('v128', [a, b], simd(0x66)),
  narrowS: (a, b) => operation('v128', [a, b], simd(0x65)),
  narrow32: (a, b) => operation('v128', [a, b], simd(0x85)),
};

function constant(lane: readonly number[]): V128 {
  return operation('v128', noOperands, [...simd(0x0c), ...lane, ...lane, ...lane, ...lane]);
}
