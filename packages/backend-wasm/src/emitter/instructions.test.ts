import { describe, expect, it } from 'vitest';
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  type I32,
  i8x16,
  i32,
  i32x4,
  ModuleBuilder,
  type V128,
  type ValueType,
  v128,
} from './index.ts';

const memory = new WebAssembly.Memory({ initial: 1 });
const floats = new Float32Array(memory.buffer);
const doubles = new Float64Array(memory.buffer);
const integers = new Int32Array(memory.buffer);
const bytes = new Uint8Array(memory.buffer);

/** A function of the module that the callback writes. */
function compile(write: (module: ModuleBuilder) => void): (...args: readonly number[]) => number {
  const module = new ModuleBuilder();
  write(module);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  return exports.run as (...args: readonly number[]) => number;
}

type Fn<T extends ValueType, R extends ValueType> = (a: Expression<T>, b: Expression<T>) => Expression<R>;

function scalar<T extends ValueType, R extends ValueType>(type: T, fn: Fn<T, R>) {
  return compile((module) => module.function('run', { a: type, b: type }, (_, { a, b }) => fn(a, b)));
}

/** Runs code on the vectors at 0 and 16; the result is at 32. */
function onVectors(make: (a: V128, b: V128) => V128): void {
  const at = (address: number): V128 => v128.load(i32.const(address));
  compile((module) => module.function('run', {}, (f) => f.do(v128.store(i32.const(32), make(at(0), at(16))))))();
}

/** Runs code that asks something about the vector at 0. */
function ask(make: (a: V128) => I32): number {
  return compile((module) => module.function('run', {}, () => make(v128.load(i32.const(0)))))();
}

type Table<T> = Readonly<Record<string, readonly [T, (a: number, b: number) => number | boolean]>>;

const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;
const integerPairs = pairsOf([7, 3, -7, 31, 5, 2 ** 31 - 1, -(2 ** 31)]);
const floatPairs = pairsOf([1.5, 2.5, -2.5, 3, -0, 0, infinity, -infinity, nan]);

function pairsOf(values: readonly number[]): [number, number][] {
  return values.flatMap((a) => values.map((b): [number, number] => [a, b]));
}

/** Rounds halves to the even neighbour. */
function nearest(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.abs(x) < 0.5 ? x * 0 : Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

// Unlike Math.min and Math.max they give one of the two where one is NaN.
function firstIfLess(a: number, b: number): number {
  if (a < b) return a;
  return b;
}

function secondIfLess(a: number, b: number): number {
  if (b < a) return b;
  return a;
}

function secondIfMore(a: number, b: number): number {
  if (a < b) return b;
  return a;
}

const largestInteger = 2 ** 31 - 1;

/** Cut to a 32-bit integer, as conversions do it that never trap. */
function saturate(x: number): number {
  return Math.max(-(2 ** 31), Math.min(largestInteger, Math.trunc(x || 0)));
}

const unsigned = (x: number): number => x >>> 0;

const i32Table: Table<Fn<'i32', 'i32'>> = {
  add: [i32.add, (a, b) => a + b],
  sub: [i32.sub, (a, b) => a - b],
  mul: [i32.mul, Math.imul],
  divS: [i32.divS, (a, b) => Math.trunc(a / b)],
  divU: [i32.divU, (a, b) => Math.trunc(unsigned(a) / unsigned(b))],
  remS: [i32.remS, (a, b) => a % b],
  remU: [i32.remU, (a, b) => unsigned(a) % unsigned(b)],
  and: [i32.and, (a, b) => a & b],
  or: [i32.or, (a, b) => a | b],
  xor: [i32.xor, (a, b) => a ^ b],
  shl: [i32.shl, (a, b) => a << b],
  shrS: [i32.shrS, (a, b) => a >> b],
  shrU: [i32.shrU, (a, b) => a >>> b],
  rotl: [i32.rotl, (a, b) => (a << b) | ((a >>> ((32 - (b & 31)) & 31)) & ((b & 31) === 0 ? 0 : -1))],
  eq: [i32.eq, (a, b) => a === b],
  ne: [i32.ne, (a, b) => a !== b],
  ltS: [i32.ltS, (a, b) => a < b],
  ltU: [i32.ltU, (a, b) => unsigned(a) < unsigned(b)],
  gtS: [i32.gtS, (a, b) => a > b],
  gtU: [i32.gtU, (a, b) => unsigned(a) > unsigned(b)],
  leS: [i32.leS, (a, b) => a <= b],
  leU: [i32.leU, (a, b) => unsigned(a) <= unsigned(b)],
  geS: [i32.geS, (a, b) => a >= b],
  geU: [i32.geU, (a, b) => unsigned(a) >= unsigned(b)],
  eqz: [(a) => i32.eqz(a), (a) => a === 0],
  ctz: [(a) => i32.ctz(a), (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a))],
  select: [(a, b) => i32.select(i32.ltS(a, b), a, b), Math.min],
};

const f32Table: Table<Fn<'f32', ValueType>> = {
  add: [f32.add, (a, b) => a + b],
  sub: [f32.sub, (a, b) => a - b],
  mul: [f32.mul, (a, b) => a * b],
  div: [f32.div, (a, b) => a / b],
  min: [f32.min, Math.min],
  max: [f32.max, Math.max],
  copysign: [f32.copysign, (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))],
  eq: [f32.eq, (a, b) => a === b],
  ne: [f32.ne, (a, b) => a !== b],
  lt: [f32.lt, (a, b) => a < b],
  gt: [f32.gt, (a, b) => a > b],
  le: [f32.le, (a, b) => a <= b],
  ge: [f32.ge, (a, b) => a >= b],
  abs: [(a) => f32.abs(a), Math.abs],
  neg: [(a) => f32.neg(a), (a) => -a],
  ceil: [(a) => f32.ceil(a), Math.ceil],
  floor: [(a) => f32.floor(a), Math.floor],
  trunc: [(a) => f32.trunc(a), Math.trunc],
  nearest: [(a) => f32.nearest(a), nearest],
  sqrt: [(a) => f32.sqrt(a), (a) => Math.fround(Math.sqrt(a))],
  select: [(a, b) => f32.select(f32.lt(a, b), a, b), firstIfLess],
  toBitsAndBack: [(a) => f32.reinterpret(i32.reinterpret(a)), (a) => a],
  toInteger: [(a) => i32.fromF32(a), saturate],
};

const f64Table: Table<Fn<'f64', ValueType>> = {
  add: [f64.add, (a, b) => a + b],
  sub: [f64.sub, (a, b) => a - b],
  mul: [f64.mul, (a, b) => a * b],
  div: [f64.div, (a, b) => a / b],
  min: [f64.min, Math.min],
  max: [f64.max, Math.max],
  copysign: [f64.copysign, (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))],
  eq: [f64.eq, (a, b) => a === b],
  ne: [f64.ne, (a, b) => a !== b],
  lt: [f64.lt, (a, b) => a < b],
  gt: [f64.gt, (a, b) => a > b],
  le: [f64.le, (a, b) => a <= b],
  ge: [f64.ge, (a, b) => a >= b],
  abs: [(a) => f64.abs(a), Math.abs],
  neg: [(a) => f64.neg(a), (a) => -a],
  ceil: [(a) => f64.ceil(a), Math.ceil],
  floor: [(a) => f64.floor(a), Math.floor],
  trunc: [(a) => f64.trunc(a), Math.trunc],
  nearest: [(a) => f64.nearest(a), nearest],
  sqrt: [(a) => f64.sqrt(a), Math.sqrt],
  select: [(a, b) => f64.select(f64.lt(a, b), a, b), firstIfLess],
  toFloat: [(a) => f32.fromF64(a), Math.fround],
  toInteger: [(a) => i32.fromF64(a), saturate],
  fromInteger: [(a) => f64.fromI32(i32.fromF64(a)), saturate],
};

/** NaN whatever its bits, and -0 as another number than 0; truth values as numbers. */
function same(actual: number, expected: number | boolean): void {
  expect(actual).toBe(Number(expected));
}

describe('scalar instructions', () => {
  it.each(Object.entries(i32Table))('i32.%s', (_, [fn, reference]) => {
    const run = scalar('i32', fn);
    for (const [a, b] of integerPairs) same(run(a, b), Number(reference(a, b)) | 0);
  });

  it.each(Object.entries(f32Table))('f32.%s', (_, [fn, reference]) => {
    const run = scalar('f32', fn);
    for (const [a, b] of floatPairs) {
      const expected = Number(reference(a, b));
      same(run(a, b), expected === largestInteger ? expected : Math.fround(expected));
    }
  });

  it.each(Object.entries(f64Table))('f64.%s', (_, [fn, reference]) => {
    const run = scalar('f64', fn);
    for (const [a, b] of floatPairs) same(run(a, b), reference(a, b));
  });
});

type VectorTable = Readonly<
  Record<string, readonly [(a: V128, b: V128) => V128, (a: number, b: number) => number | boolean]>
>;
const mask = (truth: boolean): number => (truth ? -1 : 0);

/** What the lanes of floats and of doubles have in common. */
function arithmeticOf(
  lanes: Omit<typeof f64x2, 'const' | 'splat' | 'lane' | 'fromLowF32x4' | 'fromLowI32x4'>,
): VectorTable {
  return {
    add: [lanes.add, (a, b) => a + b],
    sub: [lanes.sub, (a, b) => a - b],
    mul: [lanes.mul, (a, b) => a * b],
    div: [lanes.div, (a, b) => a / b],
    min: [lanes.min, Math.min],
    max: [lanes.max, Math.max],
    pmin: [lanes.pmin, secondIfLess],
    pmax: [lanes.pmax, secondIfMore],
    abs: [(a) => lanes.abs(a), Math.abs],
    neg: [(a) => lanes.neg(a), (a) => -a],
    sqrt: [(a) => lanes.sqrt(a), Math.sqrt],
    nearest: [(a) => lanes.nearest(a), nearest],
    floor: [(a) => lanes.floor(a), Math.floor],
    trunc: [(a) => lanes.trunc(a), Math.trunc],
  };
}

const f32x4Numbers: VectorTable = { ...arithmeticOf(f32x4), ceil: [(a) => f32x4.ceil(a), Math.ceil] };
const f32x4Masks: VectorTable = {
  eq: [f32x4.eq, (a, b) => a === b],
  ne: [f32x4.ne, (a, b) => a !== b],
  lt: [f32x4.lt, (a, b) => a < b],
  gt: [f32x4.gt, (a, b) => a > b],
  le: [f32x4.le, (a, b) => a <= b],
  ge: [f32x4.ge, (a, b) => a >= b],
};
const i32x4Table: VectorTable = {
  add: [i32x4.add, (a, b) => a + b],
  sub: [i32x4.sub, (a, b) => a - b],
  mul: [i32x4.mul, Math.imul],
  minS: [i32x4.minS, Math.min],
  minU: [i32x4.minU, (a, b) => Math.min(unsigned(a), unsigned(b))],
  maxS: [i32x4.maxS, Math.max],
  maxU: [i32x4.maxU, (a, b) => Math.max(unsigned(a), unsigned(b))],
  eq: [i32x4.eq, (a, b) => mask(a === b)],
  ne: [i32x4.ne, (a, b) => mask(a !== b)],
  ltS: [i32x4.ltS, (a, b) => mask(a < b)],
  leU: [i32x4.leU, (a, b) => mask(unsigned(a) <= unsigned(b))],
  gtS: [i32x4.gtS, (a, b) => mask(a > b)],
  leS: [i32x4.leS, (a, b) => mask(a <= b)],
  geS: [i32x4.geS, (a, b) => mask(a >= b)],
  abs: [(a) => i32x4.abs(a), Math.abs],
  neg: [(a) => i32x4.neg(a), (a) => -a],
  shl: [(a) => i32x4.shl(a, i32.const(3)), (a) => a << 3],
  shrS: [(a) => i32x4.shrS(a, i32.const(3)), (a) => a >> 3],
  shrU: [(a) => i32x4.shrU(a, i32.const(3)), (a) => a >>> 3],
  and: [v128.and, (a, b) => a & b],
  andNot: [v128.andNot, (a, b) => a & ~b],
  or: [v128.or, (a, b) => a | b],
  xor: [v128.xor, (a, b) => a ^ b],
  not: [(a) => v128.not(a), (a) => ~a],
};
const f64x2Table = arithmeticOf(f64x2);
const f64x2Masks: VectorTable = {
  ne: [f64x2.ne, (a, b) => a !== b],
  lt: [f64x2.lt, (a, b) => a < b],
  ge: [f64x2.ge, (a, b) => a >= b],
};
const i8x16Table: VectorTable = {
  eq: [i8x16.eq, (a, b) => (a === b ? 255 : 0)],
  ne: [i8x16.ne, (a, b) => (a === b ? 0 : 255)],
  add: [i8x16.add, (a, b) => (a + b) & 255],
  sub: [i8x16.sub, (a, b) => (a - b) & 255],
  minU: [i8x16.minU, Math.min],
  maxU: [i8x16.maxU, Math.max],
};

describe('vector instructions', () => {
  it.each(Object.entries({ ...f32x4Numbers, ...f32x4Masks }))('f32x4.%s', (name, [fn, reference]) => {
    for (const [a, b] of floatPairs) {
      floats.fill(a, 0, 4).fill(b, 4, 8);
      onVectors(fn);
      const expected = reference(a, b);
      if (name in f32x4Masks) expect([...integers.slice(8, 12)]).toEqual(new Array(4).fill(mask(expected as boolean)));
      else expect([...floats.slice(8, 12)]).toEqual(new Array(4).fill(Math.fround(expected as number)));
    }
  });

  it.each(Object.entries(i32x4Table))('i32x4 and v128: %s', (_, [fn, reference]) => {
    for (const [a, b] of integerPairs) {
      integers.fill(a, 0, 4).fill(b, 4, 8);
      onVectors(fn);
      expect([...integers.slice(8, 12)]).toEqual(new Array(4).fill(Number(reference(a, b)) | 0));
    }
  });

  it.each(Object.entries(f64x2Table))('f64x2.%s', (_, [fn, reference]) => {
    for (const [a, b] of floatPairs) {
      doubles.fill(a, 0, 2).fill(b, 2, 4);
      onVectors(fn);
      expect([...doubles.slice(4, 6)]).toEqual([reference(a, b), reference(a, b)]);
    }
  });

  it.each(Object.entries(f64x2Masks))('f64x2.%s', (_, [fn, reference]) => {
    for (const [a, b] of floatPairs) {
      doubles.fill(a, 0, 2).fill(b, 2, 4);
      onVectors(fn);
      expect([...integers.slice(8, 12)]).toEqual(new Array(4).fill(mask(reference(a, b) as boolean)));
    }
  });

  it.each(Object.entries(i8x16Table))('i8x16.%s', (_, [fn, reference]) => {
    for (const [a, b] of [
      [0, 255],
      [200, 100],
      [7, 7],
    ] as const) {
      bytes.fill(a, 0, 16).fill(b, 16, 32);
      onVectors(fn);
      expect([...bytes.slice(32, 48)]).toEqual(new Array(16).fill(reference(a, b)));
    }
  });

  it('spread, replace and extract lanes', () => {
    onVectors(() => f32x4.replaceLane(2, f32x4.splat(f32.const(1.5)), f32.const(9)));
    expect([...floats.slice(8, 12)]).toEqual([1.5, 1.5, 9, 1.5]);
    onVectors(() => f64x2.splat(f64.const(0.1)));
    expect([...doubles.slice(4, 6)]).toEqual([0.1, 0.1]);
    onVectors(() => i32x4.splat(i32.const(-3)));
    expect([...integers.slice(8, 12)]).toEqual([-3, -3, -3, -3]);
    expect(compile((m) => m.function('run', {}, () => f32x4.lane(1, f32x4.const(2.5))))()).toBe(2.5);
    expect(compile((m) => m.function('run', {}, () => f64x2.lane(1, f64x2.const(0.1))))()).toBe(0.1);
    expect(compile((m) => m.function('run', {}, () => i32x4.lane(3, i32x4.lanes(1, 2, 3, -4))))()).toBe(-4);
  });

  it('answer questions', () => {
    integers.set([-1, 0, 5, -9]);
    expect([ask(v128.anyTrue), ask(i32x4.allTrue), ask(i8x16.allTrue), ask(i32x4.bitmask)]).toEqual([1, 0, 0, 9]);
    integers.fill(0x01010101, 0, 4);
    expect([ask(v128.anyTrue), ask(i32x4.allTrue), ask(i8x16.allTrue), ask(i32x4.bitmask)]).toEqual([1, 1, 1, 0]);
    integers.fill(0, 0, 4);
    expect([ask(v128.anyTrue), ask(i32x4.allTrue), ask(i8x16.allTrue)]).toEqual([0, 0, 0]);
  });

  it('change widths', () => {
    integers.set([-5, 7, 100000, 3]);
    onVectors((a) => f32x4.fromI32x4(a));
    expect([...floats.slice(8, 12)]).toEqual([-5, 7, 100000, 3]);
    onVectors((a) => f64x2.fromLowI32x4(a));
    expect([...doubles.slice(4, 6)]).toEqual([-5, 7]);
    doubles.set([2.9, -1e300]);
    onVectors((a) => i32x4.fromF64x2(a));
    expect([...integers.slice(8, 12)]).toEqual([2, -(2 ** 31), 0, 0]);
    bytes.set(Array.from({ length: 16 }, (_, i) => 250 - i));
    onVectors((a) => i32x4.fromHighU16(i8x16.extendLow(a)));
    expect([...integers.slice(8, 12)]).toEqual([246, 245, 244, 243]);
    onVectors(() => i32x4.fromLowU16(v128.load8x8(i32.const(0))));
    expect([...integers.slice(8, 12)]).toEqual([250, 249, 248, 247]);
  });

  it('load and store doubles and eight bytes', () => {
    doubles.set([0.1, 0.2]);
    compile((m) => m.function('run', {}, (f) => f.do(f64.store(i32.const(32), f64.load(i32.const(8))))))();
    expect(doubles[4]).toBe(0.2);
    onVectors(() => v128.load64Zero(i32.const(8)));
    expect([...doubles.slice(4, 6)]).toEqual([0.2, 0]);
    onVectors(() => v128.load32Zero(i32.const(8)));
    expect(integers[9]).toBe(0);
  });

  it('pick bytes', () => {
    bytes.set(Array.from({ length: 32 }, (_, i) => 10 * (i % 16) + (i < 16 ? 0 : 1)));
    onVectors((a, b) => i8x16.shuffle(a, b, [0, 16, 1, 17, 2, 18, 3, 19, 15, 31, 14, 30, 13, 29, 12, 28]));
    expect([...bytes.slice(32, 48)]).toEqual([0, 1, 10, 11, 20, 21, 30, 31, 150, 151, 140, 141, 130, 131, 120, 121]);
    onVectors((a) => i8x16.swizzle(a, i8x16.const(3)));
    expect([...bytes.slice(32, 48)]).toEqual(new Array(16).fill(30));
  });

  it('of relaxed SIMD where the engine has it', () => {
    floats.fill(3, 0, 4).fill(-5.5, 4, 8);
    try {
      onVectors((a, b) => f32x4.relaxedMultiplyAdd(a, b, f32x4.const(1)));
    } catch (error) {
      expect(error).toBeInstanceOf(WebAssembly.CompileError);
      return;
    }
    expect([...floats.slice(8, 12)]).toEqual([-15.5, -15.5, -15.5, -15.5]);
    onVectors(() => f64x2.relaxedMultiplyAdd(f64x2.const(3), f64x2.const(-5.5), f64x2.const(1)));
    expect([...doubles.slice(4, 6)]).toEqual([-15.5, -15.5]);
    onVectors((_, b) => i32x4.relaxedFromF32x4(b));
    expect([...integers.slice(8, 12)]).toEqual([-5, -5, -5, -5]);
  });
});
