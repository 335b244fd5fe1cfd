import { resetDefaultGraph, ValueError, valueAndGrads, variableName } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConvCompressor, type ConvCompressorOptions } from './conv-compressor.ts';
import { MultiheadAttention } from './multihead-attention.ts';

const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const sample = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + shape.length)),
    shape,
  );

/** A layer's attention, and what it makes of some inputs. */
function attend(inputs: tf.Tensor) {
  const attentionModule = new MultiheadAttention(4, 4, 2);
  const [, attentionState] = attentionModule(inputs);
  return { attentionModule, attentionState };
}

const make = (options: ConvCompressorOptions = {}): ConvCompressor => new ConvCompressor(2, 4, 4, options);

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a ConvCompressor', () => {
  it('makes a memory shorter', () => {
    const memory = sample(2, 6, 8);
    const compressor = make();
    const [compressed, loss] = compressor(memory, { ...attend(memory), needsLoss: false });
    expect(compressed.shape).toEqual([2, 3, 8]);
    expect(loss).toBeNull();
    expect(compressor.getVariables().map((variable) => [variableName(variable), variable.shape])).toEqual([
      ['conv_compressor/conv_1d/w', [2, 8, 8]],
    ]);
  });

  it('may overlap', () => {
    const memory = sample(1, 6, 8);
    const [compressed] = make({ kernelSize: 2 })(memory, { ...attend(memory), needsLoss: false });
    expect(compressed.shape).toEqual([1, 2, 8]);
  });

  it('loses nothing by its loss when it keeps what attention reads', () => {
    // Two equal steps for each: their mean is as good as they are.
    const memory = tf.concat([tf.ones([1, 2, 8]), tf.neg(tf.ones([1, 2, 8]))], 1);
    const compressor = make();
    const options = { ...attend(memory), needsLoss: true };
    const before = valuesOf(compressor(memory, options)[1] as tf.Tensor)[0] as number;
    const mean = tf.mul(tf.stack([tf.eye(8), tf.eye(8)]), 0.5);
    (compressor.variables[0] as tf.Variable).assign(mean);
    const after = valuesOf(compressor(memory, options)[1] as tf.Tensor)[0] as number;
    expect(before).toBeGreaterThan(1e-3);
    expect(after).toBeLessThan(1e-10);
  });

  it.each(['mha', 'ae'] as const)('has a loss by which nothing else learns: %s', (loss) => {
    const memory = tf.variable(sample(1, 6, 8), true, 'memory');
    const options = { ...attend(memory), needsLoss: true };
    const compressor = make({ loss });
    compressor(memory, options);
    const variables = [memory, ...options.attentionModule.variables, ...compressor.getVariables()];
    const { grads } = valueAndGrads(() => compressor(memory, options)[1] as tf.Scalar, { variables });
    const learning = Object.keys(grads).filter((name) => grads[name] !== null);
    expect(learning).toEqual(compressor.getVariables().map(variableName).sort());
    memory.dispose();
  });

  it('has the variables of its loss from the first connection on', () => {
    const memory = sample(1, 4, 8);
    const options = attend(memory);
    const compressor = make({ loss: 'ae' });
    expect(compressor(memory, { ...options, needsLoss: false })[1]).toBeNull();
    expect(compressor(memory, { ...options, needsLoss: true })[1]?.shape).toEqual([]);
    expect(compressor.variables.map(variableName)).toContain('conv_compressor/conv_1d_transpose/w');
  });

  it('leaves out queries that never saw the end of a long memory', () => {
    const memory = sample(1, 6, 8);
    const { attentionModule, attentionState } = attend(memory);
    const changed = {
      ...attentionState,
      queries: tf.concat([tf.ones([1, 2, 2, 4]), tf.slice(attentionState.queries, [0, 0, 2, 0])], 2),
    };
    const compressor = make();
    const loss = (state: object): number[] =>
      valuesOf(
        compressor(memory, { attentionModule, attentionState: state as never, needsLoss: true })[1] as tf.Tensor,
      );
    expect(loss(changed)).toEqual(loss(attentionState));
  });

  it('leaks nothing over 100 calls', () => {
    const memory = sample(1, 4, 8);
    const options = { ...attend(memory), needsLoss: true };
    const compressor = make();
    const call = (): void => tf.dispose(compressor(memory, options) as tf.Tensor[]);
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  });

  it.each<[unknown[], string]>([
    [[0, 4, 4], 'compressionRate must be a positive integer; got 0'],
    [[2, 0, 4], 'compressedMemorySize must be a positive integer; got 0'],
    [[2, 4, 0], 'episodicMemorySize must be a positive integer; got 0'],
    [[2, 4, 4, { kernelSize: -1 }], 'kernelSize must be an integer of at least 0; got -1'],
    [[2, 4, 4, { loss: 'l2' }], "loss must be 'mha' or 'ae'; got l2"],
  ])('refuses the arguments %j', (args, message) => {
    const make = (): ConvCompressor => new ConvCompressor(...(args as ConstructorParameters<typeof ConvCompressor>));
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`ConvCompressor: ${message}`);
  });
});
