import {
  IncompatibleShapeError,
  NotConnectedError,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { causalMask } from './causal-mask.ts';
import { MultiheadAttention } from './multihead-attention.ts';
import { positionEncodings } from './position-encodings.ts';
import { AttentionState, CompressedMemoryState } from './states.ts';

type Matrix = number[][];
const sample = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + shape.length)),
    shape,
  );
const matrixOf = (tensor: tf.Tensor): Matrix => tf.squeeze(tensor).arraySync() as Matrix;
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) =>
    (b[0] as number[]).map((_, j) =>
      dot(
        row,
        b.map((other) => other[j] as number),
      ),
    ),
  );
}

function softmax(logits: readonly number[]): number[] {
  const greatest = Math.max(...logits);
  const exps = logits.map((x) => Math.exp(x - greatest));
  const sum = exps.reduce((total, x) => total + x, 0);
  return exps.map((x) => x / sum);
}

/** The columns of a head. */
function head(matrix: Matrix, h: number, size: number): Matrix {
  return matrix.map((row) => row.slice(h * size, (h + 1) * size));
}

/** Causal attention of one sequence as Transformer-XL defines it, one query and key at a time. */
function reference(
  module: MultiheadAttention,
  inputs: Matrix,
  memory: Matrix,
  keySize: number,
  numHeads: number,
): Matrix {
  const weights = Object.fromEntries(
    module.variables.map((variable) => [variableName(variable).replace(/^\w+\//, ''), variable]),
  ) as Record<string, tf.Variable>;
  const matrix = (name: string): Matrix => matrixOf(weights[name] as tf.Variable);
  const seen = [...memory, ...inputs];
  const [q, k, v] = [
    times(inputs, matrix('query/linear/w')),
    times(seen, matrix('key/linear/w')),
    times(seen, matrix('value/linear/w')),
  ];
  const encodings = matrixOf(positionEncodings(seen.length, (inputs[0] as number[]).length, 0));
  const byDistance = times([...encodings].reverse(), matrix('relative_keys/linear/w'));
  const read = inputs.map(() => [] as number[]);
  for (let h = 0; h < numHeads; h++) {
    const contentBias = matrix('r_w_bias')[h] as number[];
    const distanceBias = matrix('r_r_bias')[h] as number[];
    const [qs, ks, vs, rs] = [head(q, h, keySize), head(k, h, keySize), head(v, h, 4), head(byDistance, h, keySize)];
    qs.forEach((unscaled, i) => {
      const query = unscaled.map((x) => x / Math.sqrt(keySize));
      const position = memory.length + i;
      const logits = ks.slice(0, position + 1).map((key, j) => {
        const byContent = dot(
          query.map((x, d) => x + (contentBias[d] as number)),
          key,
        );
        return (
          byContent +
          dot(
            query.map((x, d) => x + (distanceBias[d] as number)),
            rs[position - j] as number[],
          )
        );
      });
      const attended = softmax(logits);
      for (let d = 0; d < 4; d++)
        (read[i] as number[]).push(
          dot(
            attended,
            vs.slice(0, position + 1).map((row) => row[d] as number),
          ),
        );
    });
  }
  const bias = (weights['linear/b'] as tf.Variable).arraySync() as number[];
  return times(read, matrix('linear/w')).map((row) => row.map((x, i) => x + (bias[i] as number)));
}

function expectClose(got: tf.Tensor, expected: Matrix): void {
  const flat = expected.flat();
  [...got.dataSync()].forEach((x, i) => {
    expect(Math.abs(x - (flat[i] as number))).toBeLessThan(1e-4);
  });
  expect(got.size).toBe(flat.length);
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('MultiheadAttention', () => {
  it.each([0, 3])('attends by content and distance, as defined: memory of %d', (memorySize) => {
    const [steps, size] = [4, 6];
    const module = new MultiheadAttention(4, 3, 2, { useRelativePositions: true });
    const inputs = sample(1, steps, size);
    const memory = sample(1, Math.max(memorySize, 1), size);
    const [outputs] = module(inputs, {
      state: memorySize === 0 ? null : memory,
      mask: causalMask(steps, memorySize, false),
      positionEncodings: [positionEncodings(steps + memorySize, size, 0)],
    });
    const expected = reference(module, matrixOf(inputs), memorySize === 0 ? [] : matrixOf(memory), 3, 2);
    expectClose(outputs, expected);
  });

  it('treats every sequence of a batch alone', () => {
    const module = new MultiheadAttention(4, 3, 2, { useRelativePositions: true });
    const inputs = sample(3, 4, 6);
    const options = { mask: causalMask(4, 0, false), positionEncodings: [positionEncodings(4, 6, 0)] };
    const [all] = module(inputs, options);
    tf.unstack(inputs).forEach((sequence, i) => {
      const [alone] = module(tf.expandDims(sequence), options);
      expectClose(tf.gather(all, [i]), matrixOf(alone));
    });
  });

  it('says what happened', () => {
    const module = new MultiheadAttention(5, 3, 2);
    const inputs = sample(2, 4, 6);
    const [outputs, state] = module(inputs, { state: sample(2, 1, 6) });
    expect(state).toBeInstanceOf(AttentionState);
    expect([...state].map((tensor) => (tensor as tf.Tensor).shape)).toEqual([
      [2, 2, 4, 3],
      [2, 2, 5, 3],
      [2, 2, 5, 5],
      [2, 2, 4, 5],
      [2, 2, 4, 5],
      [2, 4, 6],
      [2, 4, 6],
    ]);
    expect(state.embeddings).toBe(inputs);
    expect([...state.readWords.dataSync()]).toEqual([...outputs.dataSync()]);
    const sums = [...tf.sum(state.weights, 3).dataSync()];
    expect(Math.max(...sums.map((x) => Math.abs(x - 1)))).toBeLessThan(1e-6);
  });

  it('names its variables as Sonnet does', () => {
    const module = new MultiheadAttention(4, 3, 2, { useRelativePositions: true });
    const memory = new CompressedMemoryState(sample(1, 2, 6), sample(1, 3, 6), tf.zeros([1, 1]));
    const positions = [positionEncodings(5, 6, 0), positionEncodings(4, 6, 0)];
    const [, { weights }] = module(sample(1, 2, 6), { state: memory, positionEncodings: positions });
    expect(weights.shape).toEqual([1, 2, 2, 7]);
    expect(module.getVariables().map((variable) => [variableName(variable).slice(20), variable.shape])).toEqual([
      ['query/linear/w', [6, 6]],
      ['key/linear/w', [6, 6]],
      ['value/linear/w', [6, 8]],
      ['r_w_bias', [1, 2, 1, 3]],
      ['relative_keys_0/linear/w', [6, 6]],
      ['r_r_bias_0', [1, 2, 1, 3]],
      ['relative_keys/linear/w', [6, 6]],
      ['r_r_bias', [1, 2, 1, 3]],
      ['linear/w', [8, 6]],
      ['linear/b', [6]],
    ]);
  });

  it('lets other queries attend', () => {
    const [outputs, { weights }] = new MultiheadAttention(4, 3, 2)(sample(2, 5, 6), { queryInputs: sample(2, 3, 8) });
    expect(outputs.shape).toEqual([2, 3, 6]);
    expect(weights.shape).toEqual([2, 2, 3, 5]);
  });

  it('adds absolute positions to keys and queries, not to values', () => {
    const module = new MultiheadAttention(4, 3, 1);
    const inputs = sample(1, 3, 6);
    const encodings = positionEncodings(3, 6, 0);
    const [, plain] = module(inputs);
    const [, positioned] = module(inputs, { positionEncodings: [positionEncodings(5, 6, 0)] });
    const [, moved] = module(tf.add(inputs, encodings));
    expect([...positioned.logits.dataSync()]).toEqual([...moved.logits.dataSync()]);
    expect([...positioned.values.dataSync()]).toEqual([...plain.values.dataSync()]);
  });

  it('scales its queries, or not', () => {
    const [scaled, unscaled] = [new MultiheadAttention(4, 4, 1), new MultiheadAttention(4, 4, 1, { scaling: false })];
    const inputs = sample(1, 3, 6);
    scaled(inputs);
    unscaled(inputs);
    unscaled.variables.forEach((variable, i) => {
      variable.assign(scaled.variables[i] as tf.Variable);
    });
    const [, a] = scaled(inputs);
    const [, b] = unscaled(inputs);
    expectClose(tf.mul(a.queries, 2), matrixOf(b.queries));
  });

  it('drops attention weights in training', () => {
    const zeros = (options: object): number => {
      const [, { weights }] = new MultiheadAttention(4, 3, 2)(sample(4, 5, 6), options);
      return [...weights.dataSync()].filter((x) => x === 0).length;
    };
    expect(zeros({})).toBe(0);
    expect(zeros({ isTraining: false })).toBe(0);
    expect(zeros({ isTraining: true })).toBeGreaterThan(50);
    expect(zeros({ isTraining: true, dropoutKeepProb: 1 })).toBe(0);
  });

  it('leaks nothing over 100 calls', () => {
    const module = new MultiheadAttention(4, 3, 2, { useRelativePositions: true });
    const inputs = sample(2, 3, 6);
    const options = { positionEncodings: [positionEncodings(3, 6, 0)] };
    const call = (): void => {
      const [, state] = module(inputs, options);
      tf.dispose([...state].filter((tensor) => tensor !== inputs) as tf.Tensor[]);
    };
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  });
});

describe('readByContent of MultiheadAttention', () => {
  it('reads with the keys and values of the module', () => {
    const module = new MultiheadAttention(4, 3, 2, { scaling: false });
    const inputs = sample(1, 3, 6);
    const [, { queries, weights, values }] = module(inputs);
    expectClose(
      module.readByContent(queries, inputs),
      matrixOf(tf.matMul(weights, values)).flat() as unknown as Matrix,
    );
  });

  it('gives gradients to the memory, and none to the weights', () => {
    const module = new MultiheadAttention(4, 3, 2);
    const memory = tf.variable(sample(1, 3, 6), true, 'memory');
    const [, { queries }] = module(memory);
    const { grads } = valueAndGrads(() => tf.sum(tf.square(module.readByContent(queries, memory))) as tf.Scalar, {
      variables: [memory, ...module.variables],
    });
    expect(Object.keys(grads).filter((name) => grads[name] !== null)).toEqual(['memory']);
    memory.dispose();
  });

  it('needs the module to be connected', () => {
    expect(() => new MultiheadAttention(4, 3, 2).readByContent(sample(1, 2, 3, 3), sample(1, 3, 6))).toThrow(
      NotConnectedError,
    );
  });
});

describe('MultiheadAttention refuses', () => {
  it.each([
    [[0, 3, 2, {}], 'valueSize must be a positive integer; got 0'],
    [[4, -1, 2, {}], 'keySize must be a positive integer; got -1'],
    [[4, 3, 1.5, {}], 'numHeads must be a positive integer; got 1.5'],
    [[4, 3, 2, { initStd: 0 }], 'initStd must be positive; got 0'],
  ] as [[number, number, number, object], string][])('the arguments %j', (args, message) => {
    expect(() => new MultiheadAttention(...args)).toThrow(ValueError);
    expect(() => new MultiheadAttention(...args)).toThrow(`MultiheadAttention: ${message}`);
    expect(new MultiheadAttention(1, 1, 1).scopeName).toBe('multihead_attention');
  });

  it('inputs and queries of another rank', () => {
    const module = new MultiheadAttention(4, 3, 2);
    expect(() => module(sample(3, 6))).toThrow(IncompatibleShapeError);
    expect(() => module(sample(1, 3, 6), { queryInputs: sample(3, 6) })).toThrow('got 2 ([3, 6])');
  });

  it('position encodings that do not fit', () => {
    const options = { positionEncodings: [positionEncodings(3, 6, 0)] };
    const module = new MultiheadAttention(4, 3, 2, { useRelativePositions: true });
    expect(() => module(sample(1, 4, 6), options)).toThrow(IncompatibleShapeError);
    expect(() => module(sample(1, 4, 6), options)).toThrow('for 4 positions, those of memory and inputs; got 3');
  });

  it('several absolute position encodings', () => {
    const options = { positionEncodings: [positionEncodings(3, 6, 0), positionEncodings(3, 6, 0)] };
    expect(() => new MultiheadAttention(4, 3, 2)(sample(1, 3, 6), options)).toThrow('found 2 of them');
  });
});
