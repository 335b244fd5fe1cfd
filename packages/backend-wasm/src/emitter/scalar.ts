import { float32, float64, signed, unsigned } from './bytes.ts';
import { type F32, type F64, type I32, noOperands, operation, type Statement } from './expression.ts';
import { type Binary, binary, scalar, type Unary, unary } from './tables.ts';

const i32Binary = {
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
} as const;

interface I32Memory {
  readonly const: (value: number) => I32;
  readonly eqz: (value: I32) => I32;
  /** The position of the lowest bit that is set; 32 of 0. */
  readonly ctz: (value: I32) => I32;
  /** The four bytes at an address. */
  readonly load: (address: I32, offset?: number) => I32;
  /** One byte at an address, zero-extended. */
  readonly load8: (address: I32, offset?: number) => I32;
  readonly store: (address: I32, value: I32, offset?: number) => Statement;
  readonly store8: (address: I32, value: I32, offset?: number) => Statement;
  /** Copies bytes from one place to another, which may overlap. */
  readonly copyMemory: (target: I32, source: I32, bytes: I32) => Statement;
  /** Fills bytes with the lowest byte of a value. */
  readonly fillMemory: (target: I32, value: I32, bytes: I32) => Statement;
  /** A float cut to an integer: NaN gives 0, what is too large the nearest integer there is. */
  readonly fromF32: (value: F32) => I32;
  readonly fromF64: (value: F64) => I32;
  readonly reinterpret: (value: F32) => I32;
  readonly select: (condition: I32, yes: I32, no: I32) => I32;
}

/** Instructions on 32-bit integers; truth values are 0 and 1. The suffix says signed (S) or unsigned (U). */
export const i32: Binary<typeof i32Binary, 'i32', 'i32'> & I32Memory = {
  ...binary<typeof i32Binary, 'i32', 'i32'>(i32Binary, scalar, 'i32'),
  const: (value) => operation('i32', noOperands, [0x41, ...signed(value)]),
  eqz: (value) => operation('i32', [value], [0x45]),
  ctz: (value) => operation('i32', [value], [0x68]),
  load: (address, offset = 0) => operation('i32', [address], [0x28, 2, ...unsigned(offset)]),
  load8: (address, offset = 0) => operation('i32', [address], [0x2d, 0, ...unsigned(offset)]),
  store: (address, value, offset = 0) => operation('none', [address, value], [0x36, 2, ...unsigned(offset)]),
  store8: (address, value, offset = 0) => operation('none', [address, value], [0x3a, 0, ...unsigned(offset)]),
  copyMemory: (target, source, bytes) => operation('none', [target, source, bytes], [0xfc, 0x0a, 0, 0]),
  fillMemory: (target, value, bytes) => operation('none', [target, value, bytes], [0xfc, 0x0b, 0]),
  fromF32: (value) => operation('i32', [value], [0xfc, 0x00]),
  fromF64: (value) => operation('i32', [value], [0xfc, 0x02]),
  reinterpret: (value) => operation('i32', [value], [0xbc]),
  select: (condition, yes, no) => operation('i32', [yes, no, condition], [0x1b]),
};

const f32Binary = { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97, copysign: 0x98 } as const;
const f32Compare = { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 } as const;
const f32Unary = { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 } as const;

interface F32Memory {
  readonly const: (value: number) => F32;
  readonly load: (address: I32, offset?: number) => F32;
  readonly store: (address: I32, value: F32, offset?: number) => Statement;
  readonly fromI32: (value: I32) => F32;
  readonly fromF64: (value: F64) => F32;
  readonly reinterpret: (value: I32) => F32;
  readonly select: (condition: I32, yes: F32, no: F32) => F32;
}

/** Instructions on float32. */
export const f32: Binary<typeof f32Binary, 'f32', 'f32'> &
  Binary<typeof f32Compare, 'f32', 'i32'> &
  Unary<typeof f32Unary, 'f32', 'f32'> &
  F32Memory = {
  ...binary<typeof f32Binary, 'f32', 'f32'>(f32Binary, scalar, 'f32'),
  ...binary<typeof f32Compare, 'f32', 'i32'>(f32Compare, scalar, 'i32'),
  ...unary<typeof f32Unary, 'f32', 'f32'>(f32Unary, scalar, 'f32'),
  const: (value) => operation('f32', noOperands, [0x43, ...float32(value)]),
  load: (address, offset = 0) => operation('f32', [address], [0x2a, 2, ...unsigned(offset)]),
  store: (address, value, offset = 0) => operation('none', [address, value], [0x38, 2, ...unsigned(offset)]),
  fromI32: (value) => operation('f32', [value], [0xb2]),
  fromF64: (value) => operation('f32', [value], [0xb6]),
  reinterpret: (value) => operation('f32', [value], [0xbe]),
  select: (condition, yes, no) => operation('f32', [yes, no, condition], [0x1b]),
};

const f64Binary = { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 } as const;
const f64Compare = { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 } as const;
const f64Unary = { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f } as const;

interface F64Memory {
  readonly const: (value: number) => F64;
  readonly load: (address: I32, offset?: number) => F64;
  readonly store: (address: I32, value: F64, offset?: number) => Statement;
  readonly fromI32: (value: I32) => F64;
  readonly fromF32: (value: F32) => F64;
  readonly select: (condition: I32, yes: F64, no: F64) => F64;
}

/** Instructions on float64, for sums and functions that need the digits. */
export const f64: Binary<typeof f64Binary, 'f64', 'f64'> &
  Binary<typeof f64Compare, 'f64', 'i32'> &
  Unary<typeof f64Unary, 'f64', 'f64'> &
  F64Memory = {
  ...binary<typeof f64Binary, 'f64', 'f64'>(f64Binary, scalar, 'f64'),
  ...binary<typeof f64Compare, 'f64', 'i32'>(f64Compare, scalar, 'i32'),
  ...unary<typeof f64Unary, 'f64', 'f64'>(f64Unary, scalar, 'f64'),
  const: (value) => operation('f64', noOperands, [0x44, ...float64(value)]),
  load: (address, offset = 0) => operation('f64', [address], [0x2b, 3, ...unsigned(offset)]),
  store: (address, value, offset = 0) => operation('none', [address, value], [0x39, 3, ...unsigned(offset)]),
  fromI32: (value) => operation('f64', [value], [0xb7]),
  fromF32: (value) => operation('f64', [value], [0xbb]),
  select: (condition, yes, no) => operation('f64', [yes, no, condition], [0x1b]),
};
