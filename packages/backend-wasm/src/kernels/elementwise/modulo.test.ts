import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../wasm.ts';

beforeAll(async () => {
  await useBackend(wasm());
});

/** What division leaves, with the sign of the divisor, by the exact remainder of JavaScript. */
function expectedModulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function check(pairs: readonly (readonly [number, number])[]): void {
  const [a, b] = [0, 1].map((k) => Float32Array.from(pairs, (pair) => pair[k] as number)) as [
    Float32Array,
    Float32Array,
  ];
  const results = tf.tidy(() => tf.mod(tf.tensor1d(a), tf.tensor1d(b)).dataSync());
  a.forEach((value, i) => {
    const expected = Math.fround(expectedModulo(value, b[i] as number));
    // Zeros of both signs are one result.
    expect((results[i] as number) + 0, `${value} mod ${b[i]}`).toBe(expected + 0);
  });
}

describe('mod', () => {
  it('is exact for quotients of all sizes', () => {
    check(
      Array.from({ length: 20000 }, (_, i) => {
        const digits = 1 + ((i * 40503) % 65536) / 65536;
        const exponent = ((i * 37) % 240) - 120;
        const others = 1 + ((i * 30011) % 8191) / 8192;
        const quotient = ((i * 11) % 150) - 3;
        return [
          (i % 2 === 0 ? 1 : -1) * digits * 2 ** exponent,
          (i % 3 === 0 ? -1 : 1) * others * 2 ** (exponent - quotient),
        ];
      }),
    );
  });

  it.each([0, 1, 2, 3])('knows zeros, infinities and NaN among %d usual numbers', (count) => {
    const special = [0, -0, 1, -1, 2, -3, 0.1, 5e-39, -1e38, 3e38, 1e-45, Infinity, -Infinity, Number.NaN, 7.5];
    for (const a of special) {
      for (const b of special) check([...new Array<[number, number]>(count).fill([5, 3]), [a, b]]);
    }
  });
});
