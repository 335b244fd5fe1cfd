const TERMS = 13;

/**
 * The natural logarithm of a positive number, to about one unit in the last place.
 *
 * Made of the four basic operations only, whose results the language fixes to the bit. `Math.log` may differ between
 * engines, and seeded numbers must not.
 */
export function portableLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  while (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  // log(m) = 2 artanh(s) with s = (m - 1) / (m + 1), and s² < 0.03.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 1 / (2 * TERMS + 1);
  for (let k = TERMS - 1; k >= 1; k--) sum = sum * square + 1 / (2 * k + 1);
  return exponent * Math.LN2 + (2 * s + 2 * s * square * sum);
}
