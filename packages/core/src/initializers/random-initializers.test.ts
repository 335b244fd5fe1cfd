import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { RandomStream } from '../random/random-stream.ts';
import type { Initializer, InitializerContext } from './initializer.ts';
import { orthogonal } from './orthogonal.ts';
import { randomNormal, truncatedNormal } from './random-normal.ts';
import { randomUniform } from './random-uniform.ts';
import { varianceScaling } from './variance-scaling.ts';

function contextOf(name: string, partition?: InitializerContext['partition']): InitializerContext {
  const random = RandomStream.fromSeed(1, name);
  return partition === undefined ? { name, random } : { name, random, partition };
}

function values(initializer: Initializer, shape: number[], context = contextOf('w')): Float32Array {
  const tensor = expectNoLeak(() => initializer(shape, 'float32', context));
  expect([tensor.shape, tensor.dtype]).toEqual([shape, 'float32']);
  const result = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return result;
}

function meanAndStddev(numbers: Float32Array): [number, number] {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  return [mean, Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length)];
}

const families: [string, (options: { seed?: number }) => Initializer][] = [
  ['randomNormal', randomNormal],
  ['truncatedNormal', truncatedNormal],
  ['randomUniform', randomUniform],
  ['varianceScaling', varianceScaling],
  ['orthogonal', orthogonal],
];

describe.each(families)('%s', (name, make) => {
  it('draws from the stream of the variable', () => {
    const initializer = make({});
    expect(values(initializer, [4, 3])).toEqual(values(initializer, [4, 3]));
    expect(values(initializer, [4, 3], contextOf('v'))).not.toEqual(values(initializer, [4, 3]));
  });

  it('depends on the seed alone where one is given', () => {
    expect(values(make({ seed: 5 }), [4, 3], contextOf('v'))).toEqual(values(make({ seed: 5 }), [4, 3]));
    expect(values(make({ seed: 6 }), [4, 3])).not.toEqual(values(make({ seed: 5 }), [4, 3]));
    const context = contextOf('w');
    values(make({ seed: 5 }), [4, 3], context);
    expect(context.random.position).toBe(0);
  });

  it('refuses other data types and bad seeds', () => {
    expect(() => make({})([2, 2], 'bool', contextOf('mlp/w'))).toThrow(TypeError);
    expect(() => make({})([2, 2], 'bool', contextOf('mlp/w'))).toThrow(
      new RegExp(`^initializers.${name} for "mlp/w": expected dtype float32.*, got bool`),
    );
    expect(() => make({ seed: 0.5 })).toThrow(`initializers.${name}: the seed must be a safe integer; got 0.5.`);
  });

  it('carries its name and configuration', () => {
    const initializer = make({ seed: 5 });
    expect(initializer.initializerName).toBe(name);
    expect(initializer.config).toMatchObject({ seed: 5 });
  });
});

describe.each(families.slice(0, 4))('%s of the slices of a partitioned variable', (_, make) => {
  it.each([
    [0, [2, 3, 4]],
    [1, [2, 3, 4]],
    [2, [2, 3, 4]],
  ])('gives the values of the whole with a seed, along axis %i', (axis, fullShape) => {
    const whole = tf.tensor(values(make({ seed: 5 }), fullShape), fullShape);
    for (let start = 0; start < (fullShape[axis] as number); start++) {
      const offset = fullShape.map((_size, i) => (i === axis ? start : 0));
      const shape = fullShape.with(axis, 1);
      const slice = values(make({ seed: 5 }), shape, contextOf(`w/part_${start}`, { fullShape, offset }));
      const expected = tf.slice(whole, offset, shape);
      expect(slice).toEqual(expected.dataSync());
      expected.dispose();
    }
    whole.dispose();
  });
});

describe('randomNormal', () => {
  it('has its mean and standard deviation', () => {
    const [mean, stddev] = meanAndStddev(values(randomNormal({ mean: 3, stddev: 0.5 }), [100, 100]));
    expect(mean).toBeCloseTo(3, 1);
    expect(stddev).toBeCloseTo(0.5, 1);
  });

  it('refuses moments that cannot be', () => {
    expect(() => randomNormal({ stddev: -1 })).toThrow(ValueError);
    expect(() => truncatedNormal({ mean: Number.NaN })).toThrow('got mean NaN, stddev 1');
  });
});

describe('truncatedNormal', () => {
  it('stays within two standard deviations', () => {
    const numbers = values(truncatedNormal({ stddev: 0.1 }), [100, 500]);
    const [mean, stddev] = meanAndStddev(numbers);
    expect(mean).toBeCloseTo(0, 2);
    expect(stddev).toBeCloseTo(0.08796, 3);
    expect(Math.max(...numbers)).toBeGreaterThan(0.199);
    expect(numbers.every((x) => Math.abs(x) <= Math.fround(0.2))).toBe(true);
  });
});

describe('randomUniform', () => {
  it('fills its range', () => {
    const numbers = values(randomUniform({ minval: -1, maxval: 3 }), [100, 100]);
    const [mean, stddev] = meanAndStddev(numbers);
    expect(mean).toBeCloseTo(1, 1);
    expect(stddev).toBeCloseTo(4 / Math.sqrt(12), 1);
    expect(numbers.every((x) => x >= -1 && x < 3)).toBe(true);
    expect(values(randomUniform(), [1000]).every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('draws integers for int32', () => {
    const tensor = randomUniform({ minval: -1, maxval: 2 })([50], 'int32', contextOf('w'));
    expect(tensor.dtype).toBe('int32');
    expect(new Set(tensor.dataSync())).toEqual(new Set([-1, 0, 1]));
    tensor.dispose();
  });

  it('refuses ranges that cannot be', () => {
    expect(() => randomUniform({ minval: 1, maxval: 0 })).toThrow(ValueError);
    expect(() => randomUniform({ minval: Number.NaN })).toThrow(ValueError);
    expect(() => randomUniform()([2], 'int32', contextOf('w'))).toThrow('int32 needs integers minval < maxval');
    expect(() => randomUniform({ maxval: 2.5 })([2], 'int32', contextOf('w'))).toThrow(ValueError);
  });
});
