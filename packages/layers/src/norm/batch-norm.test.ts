import {
  AbstractModule,
  customGetters,
  GraphKeys,
  getCollection,
  IncompatibleShapeError,
  initializers,
  KeyError,
  minimize,
  NotConnectedError,
  NotImplementedError,
  NotSupportedError,
  regularizationLosses,
  regularizers,
  resetDefaultGraph,
  runUpdates,
  SonnetError,
  ValueError,
  valueAndGrads,
  variableName,
  variableScope,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchNorm, type BatchNormOptions } from './batch-norm.ts';

const TRAINING = { isTraining: true };
const BY_AVERAGES = { isTraining: false, testLocalStats: false };
const { UPDATE_OPS } = GraphKeys;

beforeEach(() => {
  resetDefaultGraph();
});

/** Four values of two channels: means 3 and 0, variances 5 and 4. */
const batch = (): tf.Tensor2D =>
  tf.tensor2d([
    [0, 2],
    [2, -2],
    [4, 2],
    [6, -2],
  ]);

const close = (tensor: tf.Tensor, expected: number[]): void => {
  const values = [...tensor.dataSync()];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4);
};

const averages = (norm: BatchNorm): number[] => [...norm.movingMean.dataSync(), ...norm.movingVariance.dataSync()];

describe('BatchNorm', () => {
  it('normalizes by the statistics of the batch in training, and by default also otherwise', () => {
    const norm = new BatchNorm({ eps: 0 });
    const expected = [-3, 1, -1, -1, 1, 1, 3, -1].map((x, i) => (i % 2 === 0 ? x / Math.sqrt(5) : x));
    close(norm(batch(), TRAINING), expected);
    close(norm(batch(), { isTraining: false }), expected);
    close(norm(batch(), { isTraining: false, testLocalStats: true }), expected);
  });

  it('normalizes by the moving averages without local statistics', () => {
    const given = { moving_mean: initializers.constant(1), moving_variance: initializers.constant(4) };
    const norm = new BatchNorm({ eps: 0, initializers: given });
    close(norm(batch(), BY_AVERAGES), [-0.5, 0.5, 0.5, -1.5, 1.5, 0.5, 2.5, -1.5]);
    expect(averages(norm)).toEqual([1, 1, 4, 4]);
  });

  it('updates the moving averages in training, and only then', () => {
    const norm = new BatchNorm({ decayRate: 0.5 });
    norm(batch(), { isTraining: false });
    expect(averages(norm)).toEqual([0, 0, 1, 1]);
    norm(batch(), TRAINING);
    expect(averages(norm)).toEqual([1.5, 0, 3, 2.5]);
    norm(batch(), TRAINING);
    expect(averages(norm)).toEqual([2.25, 0, 4, 3.25]);
  });

  it('feeds the unbiased variance to the average when it is fused', () => {
    const norm = new BatchNorm({ decayRate: 0.5, fused: true });
    norm(tf.reshape(batch(), [1, 2, 2, 2]), TRAINING);
    close(norm.movingVariance, [(1 + (5 * 4) / 3) / 2, (1 + (4 * 4) / 3) / 2]);
    norm(tf.ones([1, 1, 1, 2]), TRAINING);
    expect(averages(norm).every(Number.isFinite)).toBe(true);
  });

  it('makes the variables that its options ask for, in their shapes', () => {
    const made = (options: BatchNormOptions, shape: number[]): unknown[] => {
      resetDefaultGraph();
      const norm = new BatchNorm(options);
      norm(tf.ones(shape), TRAINING);
      return norm.variables.map((variable) => [variableName(variable).slice(11), variable.shape, variable.trainable]);
    };
    const moments = (shape: number[]): unknown[] => [
      ['moving_mean', shape, false],
      ['moving_variance', shape, false],
    ];
    expect(made({}, [2, 3])).toEqual([['beta', [1, 3], true], ...moments([1, 3])]);
    expect(made({ offset: false, axis: [0] }, [2, 3, 4])).toEqual(moments([1, 3, 4]));
    expect(made({ scale: true, fused: true, offset: false, axis: [0, 2, 3] }, [2, 3, 4, 5])).toEqual([
      ['beta', [1, 3, 1, 1], false],
      ['gamma', [1, 3, 1, 1], true],
      ...moments([1, 3, 1, 1]),
    ]);
    expect(getCollection(GraphKeys.MOVING_AVERAGE_VARIABLES)).toHaveLength(2);
  });

  it('initializes and regularizes its variables', () => {
    const norm = new BatchNorm({
      scale: true,
      initializers: { gamma: initializers.constant(2), beta: initializers.constant(5) },
      regularizers: { gamma: regularizers.l1(1), beta: regularizers.l2(1) },
    });
    const outputs = norm(tf.ones([3, 1]), TRAINING);
    close(outputs, [5, 5, 5]);
    close(norm.gamma, [2]);
    close(norm.beta, [5]);
    expect(regularizationLosses().map(({ name }) => name)).toEqual([
      'batch_norm/beta/Regularizer/l2_regularizer',
      'batch_norm/gamma/Regularizer/l1_regularizer',
    ]);
    expect([norm.initializers, norm.regularizers, norm.partitioners].map((o) => Object.keys(o))).toEqual([
      ['gamma', 'beta'],
      ['gamma', 'beta'],
      [],
    ]);
  });

  it('decides at run time when it is told by tensors, without reading them', () => {
    const norm = new BatchNorm({ decayRate: 0.5, eps: 0 });
    const reference = new BatchNorm({ decayRate: 0.5, eps: 0 });
    const x = batch();
    for (const isTraining of [true, false]) {
      for (const testLocalStats of [true, false]) {
        const flags = [tf.scalar(isTraining), tf.scalar(testLocalStats)] as const;
        const expected = [...reference(x, { isTraining, testLocalStats }).dataSync()];
        // Mixed forms come to the same, and each updates the averages once.
        close(norm(x, { isTraining: flags[0], testLocalStats: flags[1] }), expected);
        close(norm(x, { isTraining: false, testLocalStats: flags[1] }), [
          ...reference(x, { isTraining: false, testLocalStats }).dataSync(),
        ]);
      }
    }
    expect(averages(norm)).toEqual(averages(reference));
    const isTraining = tf.tensor(1, [], 'bool');
    const reads = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    norm(x, { isTraining });
    expect(reads).not.toHaveBeenCalled();
  });

  it('has gradients, which do not flow into the moving averages', () => {
    const norm = new BatchNorm({ scale: true });
    const x = batch();
    const { grads } = valueAndGrads(() => tf.sum(tf.mul(norm(x, TRAINING), x)));
    expect(Object.keys(grads)).toEqual(['batch_norm/beta', 'batch_norm/gamma']);
    close(grads['batch_norm/beta'] as tf.Tensor, [12, 0]);
    expect(averages(norm)[0]).toBeCloseTo(0.003, 6);
  });

  it('leaks nothing, in tf.tidy or outside, whether its updates wait or not', () => {
    for (const updateOpsCollection of [null, UPDATE_OPS]) {
      const norm = new BatchNorm({ updateOpsCollection });
      const x = batch();
      const step = (): void => tf.dispose(norm(x, TRAINING));
      tf.tidy(step);
      for (let i = 0; i < 100; i++) expectNoLeak(step);
      const optimizer = tf.train.sgd(0.1);
      for (let i = 0; i < 100; i++) expectNoLeak(() => minimize(optimizer, () => tf.mean(norm(x, TRAINING))));
    }
  });
});

describe('BatchNorm with a collection of updates', () => {
  it('lets them wait until they are run', () => {
    const norm = new BatchNorm({ decayRate: 0.5, updateOpsCollection: UPDATE_OPS });
    tf.tidy(() => {
      norm(batch(), TRAINING);
    });
    expect(averages(norm)).toEqual([0, 0, 1, 1]);
    expect(getCollection(UPDATE_OPS)).toMatchObject([
      { name: 'batch_norm/moving_mean' },
      { name: 'batch_norm/moving_variance' },
    ]);
    expect(runUpdates(UPDATE_OPS, { keep: true })).toBe(2);
    expect(averages(norm)).toEqual([1.5, 0, 3, 2.5]);
    expect(runUpdates(UPDATE_OPS)).toBe(2);
    expect(averages(norm)).toEqual([2.25, 0, 4, 3.25]);
    expect(runUpdates(UPDATE_OPS)).toBe(0);
  });

  it('has none waiting when it was not training', () => {
    const norm = new BatchNorm({ updateOpsCollection: UPDATE_OPS });
    norm(batch(), { isTraining: false });
    expect(getCollection(UPDATE_OPS)).toEqual([]);
  });

  it('has two for each connection in a step, and those of the latest step only', () => {
    const norm = new BatchNorm({ decayRate: 0.5, updateOpsCollection: 'mine' });
    const loss = (): tf.Tensor => tf.add(tf.mean(norm(batch(), TRAINING)), tf.mean(norm(batch(), TRAINING)));
    for (let step = 0; step < 3; step++) minimize(tf.train.sgd(0.1), loss);
    expect(getCollection('mine')).toHaveLength(4);
    runUpdates('mine');
    expect(averages(norm)).toEqual([2.25, 0, 4, 3.25]);
  });
});

/** Fails after its inner module was connected. */
class Failing extends AbstractModule<[inputs: tf.Tensor, fail: boolean], tf.Tensor> {
  readonly norm: BatchNorm;

  constructor(norm: BatchNorm) {
    super({ name: 'failing' });
    this.norm = norm;
  }

  protected override build(inputs: tf.Tensor, fail: boolean): tf.Tensor {
    const outputs = this.norm(inputs, TRAINING);
    if (fail) throw new ValueError('It fails.');
    return outputs;
  }
}

describe('a connection of BatchNorm that fails', () => {
  it('leaves averages, waiting updates and memory as they were', () => {
    for (const updateOpsCollection of [null, UPDATE_OPS]) {
      const norm = new BatchNorm({ updateOpsCollection });
      const failing = new Failing(norm);
      const x = batch();
      failing(x, false);
      const before = [averages(norm), getCollection(UPDATE_OPS)];
      expectNoLeak(() => {
        expect(() => failing(x, true)).toThrow('It fails.');
      });
      expect([averages(norm), getCollection(UPDATE_OPS)]).toEqual(before);
    }
  });

  it('may be tried again with inputs of another shape', () => {
    const failing = new Failing(new BatchNorm());
    expect(() => failing(tf.ones([2, 5]), true)).toThrow('It fails.');
    expect(failing(tf.ones([2, 6]), false).shape).toEqual([2, 6]);
  });
});

describe('BatchNorm refuses', () => {
  it('calls that do not say whether they are training', () => {
    const norm = new BatchNorm();
    expect(() => norm(batch(), undefined as never)).toThrow(
      'BatchNorm "batch_norm": isTraining must be true, false or a bool scalar tensor; got undefined.',
    );
    expect(() => norm(batch(), { isTraining: 1 as never })).toThrow(TypeError);
    expect(() => norm(batch(), { isTraining: tf.tensor1d([1]) })).toThrow('got float32 [1].');
  });

  it('axes that do not fit', () => {
    const inputs = tf.ones([2, 2]);
    const call = (axis: number[]) => () => new BatchNorm({ axis, name: 'n' })(inputs, TRAINING);
    expect(call([0, 1, 2])).toThrow('axis [0, 1, 2] has more dimensions than the inputs [2, 2]: 3 > 2.');
    expect(call([2])).toThrow(IncompatibleShapeError);
    expect(call([-1])).toThrow(IncompatibleShapeError);
    for (const axis of [[], [0.5], [1, 1], 3]) expect(() => new BatchNorm({ axis: axis as never })).toThrow(ValueError);
  });

  it('what the fused kernel does not take', () => {
    expect(() => new BatchNorm({ fused: true })(tf.ones([2, 3]), TRAINING)).toThrow(NotImplementedError);
    const norm = new BatchNorm({ fused: true, axis: [0, 1] });
    expect(() => norm(tf.ones([2, 2, 2, 2]), TRAINING)).toThrow('must be [0, 1, 2] (NHWC) or [0, 2, 3] (NCHW)');
  });

  it('other inputs than at first', () => {
    const norm = new BatchNorm();
    norm(batch(), TRAINING);
    expect(() => norm(tf.ones([2, 3]), TRAINING)).toThrow('must have the shape [1, 2], as at its first connection');
    expect(() => norm(tf.ones([2, 2], 'int32'), TRAINING)).toThrow(NotSupportedError);
    expect(norm(tf.ones([7, 2]), TRAINING).shape).toEqual([7, 2]);
  });

  it('to update what is not a whole variable', () => {
    const norm = variableScope('net', { customGetter: customGetters.stopGradient }, () => new BatchNorm());
    expect(norm(batch(), { isTraining: false }).shape).toEqual([4, 2]);
    expect(() => norm(batch(), TRAINING)).toThrow('BatchNorm "net/batch_norm": updateVariable: only a variable');
  });

  it('wrong options', () => {
    const ones = initializers.ones();
    expect(() => new BatchNorm({ initializers: { w: ones } as object })).toThrow(KeyError);
    expect(() => new BatchNorm({ regularizers: { moving_mean: ones } as object })).toThrow(KeyError);
    expect(() => new BatchNorm({ initializers: { beta: 1 as never } })).toThrow(TypeError);
    expect(() => new BatchNorm({ eps: '1' as never })).toThrow(TypeError);
    expect(() => new BatchNorm({ updateOpsCollection: 1 as never })).toThrow(TypeError);
    expect(BatchNorm.getPossibleInitializerKeys()).toEqual(['gamma', 'beta', 'moving_mean', 'moving_variance']);
  });

  it('to give variables that do not exist', () => {
    const norm = new BatchNorm({ offset: false });
    expect(() => norm.movingMean).toThrow(NotConnectedError);
    expect(() => norm.movingVariance).toThrow(NotConnectedError);
    expect(() => norm.gamma).toThrow(NotConnectedError);
    norm(batch(), TRAINING);
    expect(() => norm.gamma).toThrow("batch normalization doesn't have a scale, so no gamma");
    expect(() => norm.beta).toThrow(SonnetError);
  });
});
