import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModuleBuilder } from '../../emitter/index.ts';
import { Heap } from '../../runtime/heap.ts';
import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import { relaxedSimdValidates } from '../../runtime/support.ts';
import { wasm } from '../../wasm.ts';
import { matMulFamily } from './mat-mul.ts';
import type { Tile } from './tile.ts';

const startedOn = tf.getBackend();
beforeAll(() => wasm().initialize());
afterAll(() => tf.setBackend(startedOn));

interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly seed: number;
}

const size = (most: number) => fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: most }));
const aCase: fc.Arbitrary<Case> = fc.record({
  rows: size(320),
  columns: size(70),
  depth: size(420),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e9 }),
});

/** Numbers in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
}

function operands({ rows, columns, depth, transposeA, transposeB, seed }: Case) {
  return {
    a: tf.tensor(numbers(rows * depth, seed), transposeA ? [depth, rows] : [rows, depth]),
    b: tf.tensor(numbers(depth * columns, seed + 1), transposeB ? [columns, depth] : [depth, columns]),
  };
}

/** Compares a product with one in float64; errors may grow as those of a sum of that many terms do. */
function expectProduct(actual: ArrayLike<number>, { rows, columns, depth, transposeA, transposeB, seed }: Case): void {
  const [a, b] = [numbers(rows * depth, seed), numbers(depth * columns, seed + 1)];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let [sum, magnitude] = [0, 0];
      for (let k = 0; k < depth; k++) {
        const left = a[transposeA ? k * rows + i : i * depth + k] as number;
        const term = left * (b[transposeB ? j * depth + k : k * columns + j] as number);
        sum += term;
        magnitude += Math.abs(term);
      }
      const error = Math.abs((actual[i * columns + j] as number) - sum);
      if (!(error <= 1e-6 * Math.sqrt(depth) * magnitude)) throw new Error(`[${i}, ${j}] is wrong by ${error}`);
    }
  }
}

function expectClose(actual: tf.Tensor, expected: ArrayLike<number>): void {
  for (const [i, value] of actual.dataSync().entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
}

describe('BatchMatMul', () => {
  it('multiplies matrices of all sizes, either transposed', () => {
    fc.assert(
      fc.property(aCase, (c) => {
        const { a, b } = operands(c);
        const product = tf.matMul(a, b, c.transposeA, c.transposeB);
        expect(product.shape).toEqual([c.rows, c.columns]);
        expectProduct(product.dataSync(), c);
        tf.dispose([a, b, product]);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [1, 1, 3000],
    [1, 2100, 9],
    [2100, 1, 9],
    [300, 21, 1],
    [600, 30, 800],
    [289, 12, 385],
  ])('multiplies [%i, ·] and [·, %i] of depth %i', (rows, columns, depth) => {
    for (const [transposeA, transposeB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const c = { rows, columns, depth, transposeA, transposeB, seed: 5 };
      const { a, b } = operands(c);
      const product = tf.matMul(a, b, transposeA, transposeB);
      expectProduct(product.dataSync(), c);
      tf.dispose([a, b, product]);
    }
  });

  it.each([
    [
      [3, 1],
      [3, 1],
    ],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [1, 1],
      [2, 3],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [[2, 3], [3]],
    [
      [2, 2, 2],
      [2, 1, 2],
    ],
  ])('broadcasts the stacks %j and %j', (aBatch, bBatch) => {
    for (const transposeA of [false, true]) {
      const a = tf.tensor(numbers(tf.util.sizeFromShape(aBatch) * 15, 3), [
        ...aBatch,
        ...(transposeA ? [5, 3] : [3, 5]),
      ]);
      const b = tf.tensor(numbers(tf.util.sizeFromShape(bBatch) * 20, 4), [...bBatch, 5, 4]);
      const product = tf.matMul(a, b, transposeA);
      const factors = tf.reshape(transposeA ? tf.transpose(a, [...aBatch.keys(), a.rank - 1, a.rank - 2]) : a, [
        ...aBatch,
        3,
        5,
        1,
      ]);
      const expected = tf.sum(tf.mul(factors, tf.reshape(b, [...bBatch, 1, 5, 4])), -2);
      expect(product.shape).toEqual(expected.shape);
      const wanted = expected.dataSync();
      expectClose(product, wanted);
      tf.dispose([a, b, product, factors, expected]);
    }
  });

  it('gives zeros where nothing is summed, and empty results', () => {
    expect(tf.matMul(tf.zeros([3, 0]), tf.zeros([0, 2])).dataSync()).toEqual(new Float32Array(6));
    expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 2])).shape).toEqual([0, 2]);
    expect(tf.matMul(tf.zeros([0, 2, 3]), tf.zeros([0, 3, 4])).shape).toEqual([0, 2, 4]);
  });

  it('lets NaN and infinity through, also against zeros', () => {
    for (const rows of [1, 3, 40]) {
      for (const columns of [1, 3, 11]) {
        const a = tf.fill([rows, 5], Number.POSITIVE_INFINITY);
        expect([...tf.matMul(a, tf.zeros([5, columns])).dataSync()].every(Number.isNaN)).toBe(true);
        const b = tf.fill([5, columns], Number.NaN);
        expect([...tf.matMul(tf.zeros([rows, 5]), b).dataSync()].every(Number.isNaN)).toBe(true);
        const infinite = tf.matMul(a, tf.ones([5, columns])).dataSync();
        expect([...infinite].every((value) => value === Number.POSITIVE_INFINITY)).toBe(true);
      }
    }
  });

  it('refuses sizes that do not fit, and integers as stock tfjs does', () => {
    expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([2, 3]))).toThrow('BatchMatMul: the inner sizes 3 and 2');
    expect(() => tf.matMul(tf.zeros([2, 2], 'int32'), tf.zeros([2, 2], 'int32'))).toThrow('float32');
  });
});

describe('_FusedMatMul', () => {
  const activations: Readonly<Record<string, (x: number) => number>> = {
    linear: (x) => x,
    relu: (x) => Math.max(x, 0),
    relu6: (x) => Math.min(Math.max(x, 0), 6),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    elu: (x) => (x >= 0 ? x : Math.expm1(x)),
    leakyrelu: (x) => (x < 0 ? 0.3 * x : x),
    prelu: (x) => (x < 0 ? 0.1 * x : x),
  };
  const slopeShapes = [[1], [11], [7, 11], [7, 1]];

  it.each(Object.keys(activations))('adds a bias of any shape and applies %s', (name) => {
    const c = { rows: 7, columns: 11, depth: 6, transposeA: false, transposeB: true, seed: 9 };
    const { a, b } = operands(c);
    const plain = tf.matMul(a, b, false, true);
    for (const biasShape of [undefined, [], [1], [11], [1, 11], [7, 11], [7, 1]]) {
      for (const slopeShape of name === 'prelu' ? slopeShapes : [undefined]) {
        const bias = biasShape && tf.tensor(numbers(tf.util.sizeFromShape(biasShape), 3), biasShape);
        const result = tf.fused.matMul({
          a,
          b,
          transposeB: true,
          activation: name as 'linear',
          leakyreluAlpha: 0.3,
          ...(bias && { bias }),
          ...(slopeShape && { preluActivationWeights: tf.fill(slopeShape, 0.1) }),
        });
        const before = (bias === undefined ? plain : tf.add(plain, bias)).dataSync();
        expectClose(
          result,
          before.map((x) => activations[name]?.(x) as number),
        );
      }
    }
  });

  it('starts with the bias where nothing is summed', () => {
    const result = tf.fused.matMul({ a: tf.zeros([2, 0]), b: tf.zeros([0, 3]), bias: tf.tensor1d([1, 2, 3]) });
    expect([...result.dataSync()]).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('leaks nothing when bias and slopes take kernels of their own', () => {
    const [a, b] = [tf.ones([7, 2]), tf.ones([2, 11])];
    const [bias, preluActivationWeights] = [tf.ones([7, 1]), tf.ones([7, 1])];
    const before = tf.backend().numDataIds();
    tf.fused.matMul({ a, b, bias, activation: 'prelu', preluActivationWeights }).dispose();
    expect(tf.backend().numDataIds()).toBe(before);
  });
});

describe('the tiles that can be chosen', () => {
  const engines = relaxedSimdValidates() ? [false, true] : [false];
  const cases = engines.flatMap((relaxed) => ([4, 6, 8] as const).map((rows): [boolean, Tile] => [relaxed, { rows }]));

  it.each(cases)('all multiply: relaxed %j, %j', (relaxed, tile) => {
    const kernel = matMulFamily.kernels(makeRuntime(relaxed, tile))[tf.BatchMatMul] as tf.KernelFunc;
    for (const rows of [2, 5, 6, 7, 9, 13, 31, 100]) {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, true],
      ] as const) {
        const c = { rows, columns: 21, depth: 10, transposeA, transposeB, seed: rows };
        const { a, b } = operands(c);
        const attrs = { transposeA, transposeB };
        const { dataId } = kernel({ inputs: { a, b }, backend: tf.backend(), attrs }) as tf.TensorInfo;
        expectProduct(tf.backend().readSync(dataId) as Float32Array, c);
        tf.backend().disposeData(dataId);
        tf.dispose([a, b]);
      }
    }
  });

  const unused = (name: string): never => {
    throw new Error(name);
  };

  function makeRuntime(relaxed: boolean, tile: Tile): Runtime {
    const heap = new Heap(tf.backend() as BackendWasm);
    const module = new ModuleBuilder(relaxed);
    matMulFamily.emit(module);
    matMulFamily.emitTiles?.(module, tile);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
      env: { memory: heap.memory },
    });
    return {
      heap,
      tile,
      generated: (name) => exports[name] as GeneratedFunction,
      stock: unused,
      run: unused,
    };
  }
});
