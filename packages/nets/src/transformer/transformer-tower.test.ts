import {
  Graph,
  IncompatibleShapeError,
  minimize,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { CompressedMemoryState } from './states.ts';
import { TransformerTower, type TransformerTowerOptions } from './transformer-tower.ts';

const TESTING = { isTraining: false };
const valuesOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const sample = (...shape: number[]): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + shape.length)),
    shape,
  );

function make(options: TransformerTowerOptions = {}, numLayers = 2): TransformerTower {
  return new TransformerTower(4, 2, numLayers, { mlpHiddenSizes: [6], ...options });
}

function expectClose(got: tf.Tensor, expected: tf.Tensor): void {
  expect(got.shape).toEqual(expected.shape);
  expect(Math.max(...valuesOf(tf.abs(tf.sub(got, expected))))).toBeLessThan(1e-4);
}

function names(tower: TransformerTower): string[] {
  return tower.getVariables().map((variable) => variableName(variable).slice('transformer_tower/'.length));
}

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('a TransformerTower', () => {
  it('gives outputs and the attention states of its layers', () => {
    const [outputs, states] = make()(sample(3, 5, 8), TESTING);
    expect(outputs.shape).toEqual([3, 5, 8]);
    expect(states.map(({ weights }) => weights.shape)).toEqual([
      [3, 2, 5, 5],
      [3, 2, 5, 5],
    ]);
  });

  it('names its variables by layer, in the order of their use', () => {
    const tower = make({}, 1);
    tower(sample(1, 2, 8), TESTING);
    expect(names(tower).map((name) => name.replace('layer_0/', ''))).toEqual([
      'residual_dropout_wrapper/layer_norm/gamma',
      'residual_dropout_wrapper/layer_norm/beta',
      'multihead_attention/query/linear/w',
      'multihead_attention/key/linear/w',
      'multihead_attention/value/linear/w',
      'multihead_attention/r_w_bias',
      'multihead_attention/relative_keys/linear/w',
      'multihead_attention/r_r_bias',
      'multihead_attention/linear/w',
      'multihead_attention/linear/b',
      'residual_dropout_wrapper_1/layer_norm/gamma',
      'residual_dropout_wrapper_1/layer_norm/beta',
      'mlp/linear_0/w',
      'mlp/linear_0/b',
      'mlp/linear_1/w',
      'mlp/linear_1/b',
    ]);
    expect(tower.nameScopes).toEqual(['transformer_tower']);
  });

  it('shares its variables between connections', () => {
    const tower = make({ outputSize: 3 });
    const inputs = sample(1, 2, 5);
    const [first] = tower(inputs, TESTING);
    const count = tower.variables.length;
    const [second] = tower(inputs, TESTING);
    expect(valuesOf(second)).toEqual(valuesOf(first));
    expect(tower.variables).toHaveLength(count);
    expect(tower(sample(2, 7, 5), TESTING)[0].shape).toEqual([2, 7, 3]);
  });

  it('lets no step see a later one', () => {
    const tower = make();
    const inputs = sample(1, 4, 8);
    const other = tf.concat([tf.slice(inputs, [0, 0, 0], [1, 2, 8]), tf.ones([1, 2, 8])], 1);
    const firstSteps = (x: tf.Tensor): tf.Tensor => tf.slice(tower(x, TESTING)[0], [0, 0, 0], [1, 2, 8]);
    expectClose(firstSteps(other), firstSteps(inputs));
  });

  it('lets steps see later ones when told so', () => {
    const tower = make({ causal: false });
    const [, [state]] = tower(sample(1, 4, 8), TESTING);
    expect(Math.min(...valuesOf((state as { weights: tf.Tensor }).weights))).toBeGreaterThan(0);
  });

  it('continues where the inputs in its memory end', () => {
    const tower = make({}, 3);
    const inputs = sample(2, 7, 8);
    const [before, after] = tf.split(inputs, [4, 3], 1) as [tf.Tensor, tf.Tensor];
    const [whole] = tower(inputs, TESTING);
    const [, states] = tower(before, TESTING);
    const [continued] = tower(after, { ...TESTING, state: states.map(({ embeddings }) => embeddings) });
    expectClose(continued, tf.slice(whole, [0, 4, 0], [2, 3, 8]));
  });

  it('takes memories of different sizes', () => {
    const state = [sample(1, 2, 8), sample(1, 5, 8)];
    const [, states] = make()(sample(1, 3, 8), { ...TESTING, state });
    expect(states.map(({ weights }) => weights.shape[3])).toEqual([5, 8]);
  });

  it('takes compressed memories', () => {
    const memory = new CompressedMemoryState(sample(1, 4, 8), sample(1, 2, 8), tf.zeros([1, 1]));
    const tower = make({}, 1);
    const [, states] = tower(sample(1, 3, 8), { ...TESTING, state: [memory] });
    expect(states[0]?.weights.shape).toEqual([1, 2, 3, 9]);
    expect(names(tower)).toContain('layer_0/multihead_attention/relative_keys_0/linear/w');
  });

  it('lets all steps look equally far when told so', () => {
    const tower = make({ sameAttentionLength: true }, 1);
    const [, states] = tower(sample(1, 3, 8), { ...TESTING, state: [sample(1, 2, 8)] });
    const weights = valuesOf(states[0]?.weights as tf.Tensor).slice(0, 15);
    expect(weights.map((x) => (x > 0 ? 1 : 0))).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
  });

  it('adds absolute positions when told so', () => {
    const tower = make({ useRelativePositions: false });
    tower(sample(1, 3, 8), TESTING);
    expect(names(tower).some((name) => name.includes('relative') || name.includes('_bias'))).toBe(false);
  });

  it.each([
    ['input', ['residual_dropout_wrapper/layer_norm/gamma', 'residual_dropout_wrapper_1/layer_norm/gamma']],
    ['output', ['residual_dropout_wrapper/layer_norm/gamma', 'residual_dropout_wrapper_1/layer_norm/gamma']],
    [
      'both',
      [
        'residual_dropout_wrapper/layer_norm/gamma',
        'residual_dropout_wrapper/layer_norm_1/gamma',
        'residual_dropout_wrapper_1/layer_norm/gamma',
        'residual_dropout_wrapper_1/layer_norm_1/gamma',
      ],
    ],
  ] as const)('normalizes what is said: %s', (layerNorm, expected) => {
    const tower = make({ layerNorm }, 1);
    const [outputs] = tower(sample(2, 3, 8), TESTING);
    tower(sample(2, 3, 8), TESTING);
    expect(names(tower).filter((name) => name.endsWith('gamma'))).toEqual(expected.map((name) => `layer_0/${name}`));
    const deviations = valuesOf(tf.abs(tf.mean(outputs, 2)));
    if (layerNorm === 'input') expect(Math.max(...deviations)).toBeGreaterThan(0.01);
    else expect(Math.max(...deviations)).toBeLessThan(1e-5);
  });

  it('shares one attention module between its layers when told so', () => {
    const tower = make({ sharedAttention: true }, 3);
    tower(sample(1, 3, 8), TESTING);
    expect(names(tower).filter((name) => name.includes('query'))).toEqual([
      'layer_0/multihead_attention/query/linear/w',
    ]);
    expect(names(tower).filter((name) => name.includes('mlp/linear_0/w'))).toHaveLength(3);
    expect(new Set(tower.attentionModules).size).toBe(1);
    expect(make().attentionModules).toEqual([]);
  });

  it('brings inputs of other sizes to its own, and outputs to the one that is wanted', () => {
    const tower = make({ outputSize: 3 });
    const [outputs] = tower(sample(1, 2, 5), TESTING);
    expect(outputs.shape).toEqual([1, 2, 3]);
    expect(names(tower)[0]).toBe('mlp/linear_0/w');
    expect(names(tower).at(-1)).toBe('linear/w');
  });

  it('appends a condition to every step', () => {
    const tower = make();
    const inputs = sample(2, 3, 5);
    const condition = sample(2, 4);
    const [outputs] = tower(inputs, { ...TESTING, condition });
    const tiled = tf.concat([inputs, tf.tile(tf.expandDims(condition, 1), [1, 3, 1])], 2);
    expectClose(tower(tiled, TESTING)[0], outputs);
  });

  it('lets the last layer attend to something else', () => {
    const tower = make({ causal: false });
    const keyInputs = sample(1, 3, 8);
    const [outputs, states] = tower(sample(1, 3, 8), { ...TESTING, finalLayerKeyInputs: keyInputs, state: null });
    expect(outputs.shape).toEqual([1, 3, 8]);
    expect(states[1]?.embeddings).toBe(keyInputs);
    const state = [sample(1, 2, 8)];
    expect(tower(sample(1, 3, 8), { ...TESTING, finalLayerKeyInputs: keyInputs, state })[1]).toHaveLength(2);
  });

  it('drops in training, which is the default, the same in every run', () => {
    const run = (options: object): number[][] =>
      new Graph({ seed: 5 }).asDefault(() => {
        const tower = make();
        return [valuesOf(tower(sample(1, 3, 8), options)[0]), valuesOf(tower(sample(1, 3, 8), options)[0])];
      });
    const [first, second] = run({});
    expect(first).not.toEqual(second);
    expect(run({ isTraining: true })).toEqual([first, second]);
    const [calm, still] = run(TESTING);
    expect(calm).toEqual(still);
    expect(run({ isTraining: tf.scalar(false) })).toEqual([calm, still]);
  });

  it('has gradients by all its variables', () => {
    const tower = make({ outputSize: 2, layerNorm: 'both' });
    const { grads } = valueAndGrads(() => tf.sum(tf.square(tower(sample(2, 3, 5), TESTING)[0])) as tf.Scalar);
    expect(Object.entries(grads).filter(([, grad]) => grad === null)).toEqual([]);
  });

  it('learns to repeat the step before', () => {
    const tower = make({ outputSize: 1, dropoutRate: 0 }, 1);
    const inputs = tf.sign(sample(4, 6, 1));
    const targets = tf.pad(tf.slice(inputs, [0, 0, 0], [4, 5, 1]), [
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
    const loss = (): tf.Scalar => tf.mean(tf.squaredDifference(tower(inputs)[0], targets)) as tf.Scalar;
    const optimizer = tf.train.adam(0.02);
    for (let step = 0; step < 120; step++) minimize(optimizer, loss);
    expect(valuesOf(loss())[0]).toBeLessThan(0.25);
  });

  it('works after a first connection that failed', () => {
    const tower = make();
    expect(() => tower(sample(1, 3, 8), { ...TESTING, state: [sample(1, 2, 8), sample(1, 2, 7)] })).toThrow();
    expect(tower.isConnected).toBe(false);
    tower(sample(1, 3, 8), TESTING);
    expect(names(tower)[0]).toBe('layer_0/residual_dropout_wrapper/layer_norm/gamma');
    expect(names(tower)).toHaveLength(32);
  });

  it('leaks nothing over 100 calls', () => {
    const tower = make({ outputSize: 3 });
    const inputs = sample(1, 3, 5);
    const call = (): void => {
      const [outputs, states] = tower(inputs);
      tf.dispose([outputs, ...states.flatMap((state) => [...state])]);
    };
    call();
    expectNoLeak(() => {
      for (let i = 0; i < 100; i++) call();
    });
  });
});

describe('a TransformerTower refuses', () => {
  it.each<[unknown[], string]>([
    [[0, 2, 2], 'valueSize must be a positive integer; got 0'],
    [[4, 1.5, 2], 'numHeads must be a positive integer; got 1.5'],
    [[4, 2, -1], 'numLayers must be a positive integer; got -1'],
    [[7, 1, 1], 'numHeads * valueSize must be even'],
    [[4, 2, 1, { keySize: 0 }], 'keySize must be a positive integer; got 0'],
    [[4, 2, 1, { outputSize: 0 }], 'outputSize must be a positive integer; got 0'],
    [[4, 2, 1, { dropoutRate: 1 }], 'dropoutRate must be at least 0 and below 1; got 1'],
    [[4, 2, 1, { layerNorm: 'none' }], "layerNorm must be 'input', 'output' or 'both'; got none"],
  ])('the arguments %j', (args, message) => {
    const make = (): TransformerTower =>
      new TransformerTower(...(args as ConstructorParameters<typeof TransformerTower>));
    expect(make).toThrow(ValueError);
    expect(make).toThrow(`TransformerTower: ${message}`);
    expect(new TransformerTower(2, 1, 1).scopeName).toBe('transformer_tower');
  });

  it('inputs of another rank', () => {
    expect(() => make()(sample(3, 8))).toThrow(IncompatibleShapeError);
    expect(() => make()(sample(3, 8))).toThrow('must have rank 3, [batch, steps, size]; got 2 ([3, 8])');
  });

  it('a state that has not one item a layer', () => {
    const tower = make();
    expect(() => tower(sample(1, 3, 8), { state: [sample(1, 2, 8)] })).toThrow(ValueError);
    expect(() => tower(sample(1, 3, 8), { state: [] })).toThrow('each of the 2 layers; got 0');
  });
});
