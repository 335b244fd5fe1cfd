import { type FunctionBuilder, type I32, i32, i32x4, type Local, type V128, v128 } from '../../emitter/index.ts';

type Combine = (a: V128, b: V128) => V128;

/** How the extremum of floats is found among their bits as integers. */
export interface FloatBits {
  /** Of some bits those of the extremum, if it has the likely sign: plus of a maximum, minus of a minimum. */
  readonly best: Combine;
  /** Of some bits those of a NaN that has the other sign, if there is one. */
  readonly other: Combine;
  /** Which bit of `best` is to be flipped for the likely sign to be plus. */
  readonly flipBest: V128;
  /** Which bit of `other` is to be flipped for the other sign to be plus. */
  readonly flipOther: V128;
}

const [sign, none, infinity] = [i32x4.const(-(2 ** 31)), i32x4.const(0), i32x4.const(0x7f800000)];

/** Integers with sign are in the order of floats if one of them is positive; without sign those of negative floats are largest. */
export const bitsOfMaximum: FloatBits = { best: i32x4.maxS, other: i32x4.maxU, flipBest: none, flipOther: sign };
/** The least of negative floats is the largest of integers without sign. */
export const bitsOfMinimum: FloatBits = { best: i32x4.maxU, other: i32x4.maxS, flipBest: sign, flipOther: none };

/** Lanes with a sign bit where `best` is not certain: it has not the likely sign, or `other` is a NaN. */
export function uncertainLanes({ flipBest, flipOther }: FloatBits, best: V128, other: V128): V128 {
  return v128.or(v128.xor(best, flipBest), isNaNOf(other, flipOther));
}

function isNaNOf(bits: V128, sign: V128): V128 {
  return i32x4.gtS(v128.xor(bits, sign), infinity);
}

/**
 * The extremum of many floats by their bits, four beside each other: two instructions a vector, which more units of the machine
 * can do than those on floats. It is certain only if one float has the likely sign and none is a NaN with the other one.
 */
export class ExtremumOfBits {
  readonly #f: FunctionBuilder;
  readonly #bits: FloatBits;
  readonly #best: Local<'v128'>;
  readonly #other: Local<'v128'>;

  constructor(f: FunctionBuilder, bits: FloatBits) {
    this.#f = f;
    this.#bits = bits;
    this.#best = f.local('v128');
    this.#other = f.local('v128');
  }

  /** The bits of the extremum. */
  get best(): V128 {
    return this.#best;
  }

  /** Writes the code that begins with a vector. */
  begin(value: V128): void {
    this.#f.set(this.#best, value);
    this.#f.set(this.#other, this.#best);
  }

  /** Writes the code that takes vectors. */
  take(values: readonly V128[]): void {
    const { best, other } = this.#bits;
    const held = values.map((value) => this.#f.local('v128', value));
    const all = (combine: Combine): V128 => held.slice(1).reduce<V128>((a, b) => combine(a, b), held[0] as V128);
    this.#f.set(this.#best, best(this.#best, all(best)));
    this.#f.set(this.#other, other(this.#other, all(other)));
  }

  /** Whether the extremum of the four is that of all floats taken. One that has the likely sign is enough. */
  get isCertain(): I32 {
    const { flipBest, flipOther } = this.#bits;
    const isUnlikely = i32.eq(i32x4.bitmask(v128.xor(this.#best, flipBest)), i32.const(0b1111));
    return i32.eqz(i32.or(isUnlikely, v128.anyTrue(isNaNOf(this.#other, flipOther))));
  }
}
